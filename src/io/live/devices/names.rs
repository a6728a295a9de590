//! How a device is called.

use cpal::Device;
use cpal::traits::DeviceTrait;

/// What names a device for good; its name where the system has nothing better.
pub(super) fn identity(device: &Device) -> String {
    device.id().map_or_else(|_| name(device), |id| id.to_string())
}

/// What people call a device.
pub(super) fn name(device: &Device) -> String {
    device.description().map_or_else(|_| "unnamed".to_owned(), |about| about.name().to_owned())
}
