//! The sound systems in which devices are looked for.

use super::devices::Direction;
use cpal::traits::HostTrait;
use cpal::{Device, Host};

/// Sound systems of a machine. Default devices are those of the first one.
pub struct Hosts(Vec<Host>);

impl Hosts {
    /// All that this machine has now, its own choice first.
    pub fn available() -> Self {
        let first = cpal::default_host();
        let others = cpal::available_hosts().into_iter().filter(|id| *id != first.id());
        let others: Vec<Host> = others.filter_map(|id| cpal::host_from_id(id).ok()).collect();
        Self(std::iter::once(first).chain(others).collect())
    }

    /// One host, which may be a program's own.
    pub fn only(host: Host) -> Self {
        Self(vec![host])
    }

    pub(super) fn each(&self) -> impl Iterator<Item = &Host> {
        self.0.iter()
    }

    pub(super) fn default(&self, direction: Direction) -> Option<Device> {
        let host = self.0.first()?;
        match direction {
            Direction::Input => host.default_input_device(),
            Direction::Output => host.default_output_device(),
        }
    }
}
