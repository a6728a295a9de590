//! The sound systems in which devices are looked for.

use super::direction::Direction;
use crate::io::live::error::LiveError;
use cpal::traits::HostTrait;
use cpal::{Device, Host, HostId};

/// Sound systems of a machine, the best first. Default devices are those of the first one that has them.
pub struct Hosts(Vec<Host>);

/// The name of a sound system, as ids of devices and `--host` have it.
fn name(id: HostId) -> String {
    id.to_string().to_lowercase()
}

/// Whether this sound system can be asked now. PipeWire is not asked before it runs: the library keeps its first answer for
/// as long as the program lives.
fn there(id: HostId) -> bool {
    name(id) != "pipewire" || pipewire_listens()
}

fn pipewire_listens() -> bool {
    let folders = ["PIPEWIRE_RUNTIME_DIR", "XDG_RUNTIME_DIR"].map(std::env::var_os);
    folders.into_iter().flatten().map(std::path::PathBuf::from).any(|folder| {
        // Inside a sandbox the socket is one folder further out.
        let near = [Some(folder.as_path()), folder.parent()];
        near.into_iter().flatten().any(|folder| folder.join("pipewire-0").exists())
    })
}

impl Hosts {
    /// All that this machine has now: servers that are spoken to directly, then the rest.
    pub fn available() -> Self {
        // The library lists them in that order.
        let there = cpal::ALL_HOSTS.iter().filter(|id| there(**id));
        Self(there.filter_map(|id| cpal::host_from_id(*id).ok()).collect())
    }

    /// The sound system of this name alone.
    ///
    /// # Errors
    /// If it was not built in, or does not run.
    pub fn named(asked: &str) -> Result<Self, LiveError> {
        let built = || cpal::ALL_HOSTS.iter().copied().filter(|id| name(*id) != "custom");
        let Some(id) = built().find(|id| name(*id) == asked.to_lowercase()) else {
            let available = built().map(name).collect::<Vec<_>>().join(", ");
            return Err(LiveError::NoSuchHost { asked: asked.to_owned(), available });
        };
        let host = if there(id) { cpal::host_from_id(id).ok() } else { None };
        host.map(Self::only).ok_or_else(|| LiveError::HostSilent { host: name(id) })
    }

    /// One host, which may be a program's own.
    pub fn only(host: Host) -> Self {
        Self(vec![host])
    }

    /// Their names, the best first.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(|host| name(host.id())).collect()
    }

    pub(super) fn each(&self) -> impl Iterator<Item = &Host> {
        self.0.iter()
    }

    /// The default device of the first host that has one.
    pub(super) fn default(&self, direction: Direction) -> Option<Device> {
        self.0.iter().find_map(|host| match direction {
            Direction::Input => host.default_input_device(),
            Direction::Output => host.default_output_device(),
        })
    }
}
