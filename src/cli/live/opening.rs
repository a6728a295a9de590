//! What is opened: devices and models, as the arguments name them.

use super::args::LiveArgs;
use super::quiet::Quiet;
use crate::io::live::{Hosts, LiveError, Running, Wish};
use crate::model::{Latency, Model, ModelError};
use std::sync::mpsc::channel;
use std::time::Duration;

/// How long devices may take to close.
const PATIENCE: Duration = Duration::from_secs(2);

/// The models that take turns, the one asked for first, and the one to begin with.
pub fn models(args: &LiveArgs) -> Result<Vec<Model>, ModelError> {
    if let Some(file) = &args.model {
        return Ok(vec![args.choice.load(Some(file))?]);
    }
    let first = args.choice.latency.unwrap_or_default();
    let mut all = vec![first];
    all.extend(Latency::ALL.into_iter().filter(|latency| *latency != first));
    Ok(all.into_iter().map(Model::builtin).collect())
}

/// What is wanted of input and output.
pub fn wishes(args: &LiveArgs) -> [Wish; 2] {
    let wish = |device: &Option<String>| Wish { device: device.clone(), rate: args.rate, block: args.block };
    [wish(&args.input), wish(&args.output)]
}

/// Closes devices, which a driver or a sound server that hangs may never do: then they are left behind.
pub fn close(running: Running) {
    let (closed, wait) = channel();
    let work = move || {
        drop(running);
        // Nobody may be waiting any more.
        let _ = closed.send(());
    };
    if std::thread::Builder::new().name("framewise closing".into()).spawn(work).is_ok() {
        let _ = wait.recv_timeout(PATIENCE);
    }
}

/// Opens devices; should one refuse, what the sound system printed about it becomes part of the error.
pub fn open(
    hosts: &Hosts,
    wishes: [&Wish; 2],
    models: &[Model],
    measured: bool,
) -> Result<Running, Box<dyn std::error::Error>> {
    let quiet = Quiet::begin();
    let opened = Running::open_on(hosts, wishes, models, measured);
    let printed = quiet.end();
    opened.map_err(|error| match (&error, printed) {
        (LiveError::Device { .. }, Some(printed)) => format!("{error} ({printed})").into(),
        _ => error.into(),
    })
}
