//! What is opened: devices and models, as the arguments name them.

use super::args::LiveArgs;
use super::quiet::Quiet;
use super::virtual_mic::sink;
use crate::cli::interrupt::Interrupted;
use crate::engine::Mask;
use crate::io::live::{Hosts, LiveError, Running, Wish};
use crate::model::Model;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// How often a signal is looked for while devices are opened.
const TICK: Duration = Duration::from_millis(20);

/// Gives the sound systems that are there now.
pub type Find = Arc<dyn Fn() -> Result<Hosts, LiveError> + Send + Sync>;

/// The sound system of that name, or all of them.
pub fn find(host: Option<&str>) -> Find {
    match host.map(str::to_owned) {
        Some(name) => Arc::new(move || Hosts::named(&name)),
        None => Arc::new(|| Ok(Hosts::available())),
    }
}

/// The models that take turns, the one asked for first, and the one to begin with.
pub fn models(args: &LiveArgs) -> Result<Vec<Model>, Box<dyn Error>> {
    args.selection.turns(args.model.as_ref())
}

/// What is wanted of input and output.
pub fn wishes(args: &LiveArgs) -> [Wish; 2] {
    let wish = |device: &Option<String>| Wish {
        device: device.clone(),
        rate: args.rate,
        block: args.block,
        channel: args.channel(),
        mask: if args.link { Mask::Shared } else { Mask::Each },
    };
    let output = args.virtual_mic.as_deref().map(sink).or(args.output.clone());
    [wish(&args.input), wish(&output)]
}

/// Closes devices, which a driver or a sound server that hangs may never do: after `most` they are left behind.
pub fn close(running: Running, most: Duration) {
    let (closed, wait) = channel();
    let work = move || {
        drop(running);
        // Nobody may be waiting any more.
        let _ = closed.send(());
    };
    if std::thread::Builder::new().name("framewise closing".into()).spawn(work).is_ok() {
        let _ = wait.recv_timeout(most);
    }
}

/// Devices that are being opened on a thread of its own, which a driver or a sound server that hangs may keep for ever: then
/// it is left behind.
pub struct Opening {
    opened: Receiver<Result<Running, LiveError>>,
    quiet: Quiet,
}

impl Opening {
    pub fn begin(
        find: &Find,
        wishes: &[Wish; 2],
        models: &[Model],
        measured: bool,
    ) -> Result<Self, Box<dyn Error>> {
        let (done, opened) = channel();
        let (find, wishes, models) = (Arc::clone(find), wishes.clone(), models.to_vec());
        let quiet = Quiet::begin();
        let work = move || {
            // Nobody may be waiting any more: then what was opened is closed again.
            let open = |hosts| Running::open_on(&hosts, wishes.each_ref(), &models, measured);
            let _ = done.send(find().and_then(open));
        };
        std::thread::Builder::new().name("framewise opening".into()).spawn(work)?;
        Ok(Self { opened, quiet })
    }

    /// Waits so long for both devices; gives the opening back while it is under way. Should a device refuse, what the sound
    /// system printed about it becomes part of the error.
    pub fn wait(self, most: Duration) -> Result<Result<Running, Box<dyn Error>>, Self> {
        let opened = match self.opened.recv_timeout(most) {
            Err(RecvTimeoutError::Timeout) => return Err(self),
            Err(RecvTimeoutError::Disconnected) => return Ok(Err("opening the devices panicked".into())),
            Ok(opened) => opened,
        };
        let printed = self.quiet.end();
        Ok(opened.map_err(|error| match (&error, printed) {
            (LiveError::Device { .. } | LiveError::Unusable { .. }, Some(printed)) => {
                format!("{error} ({printed})").into()
            }
            _ => error.into(),
        }))
    }

    /// Waits for both devices, or for a signal to end.
    pub fn finish(mut self, stop: &AtomicBool) -> Result<Running, Box<dyn Error>> {
        loop {
            match self.wait(TICK) {
                Ok(opened) => return opened,
                Err(_) if stop.load(Relaxed) => {
                    return Err(Interrupted("before the devices were open").into());
                }
                Err(opening) => self = opening,
            }
        }
    }
}
