//! What a session hears of itself: levels for a view, and a loop from its output to its input.

use super::Session;
use crate::io::live::{LoopWatch, Suspicion};
use std::time::{Duration, Instant};

/// How long the output is muted as a proof.
const GAP: Duration = Duration::from_millis(250);

/// The search for a loop.
pub(super) struct Hearing {
    watch: LoopWatch,
    /// Until when the output is muted.
    muted: Option<Instant>,
}

impl Hearing {
    pub fn new(rate: u32) -> Self {
        Self { watch: LoopWatch::new(rate), muted: None }
    }
}

impl Session {
    /// Takes in what there is to hear; a loop is a fault of the devices.
    pub(super) fn listen(&mut self) -> Option<String> {
        let (Some(running), Some(hearing)) = (&mut self.running, &mut self.hearing) else { return None };
        let switches = running.handle.switches();
        if hearing.muted.is_some_and(|until| Instant::now() >= until) {
            hearing.muted = None;
            switches.set_muted(false);
        }
        let mut pairs = [[0.0; 2]; 1024];
        loop {
            let count = running.monitor.read(&mut pairs);
            if count == 0 {
                return None;
            }
            if let Some(bands) = &mut self.bands {
                bands.take(&pairs[..count]);
            }
            match hearing.watch.take(&pairs[..count]) {
                Suspicion::None => {}
                Suspicion::Prove => {
                    switches.set_muted(true);
                    hearing.muted = Some(Instant::now() + GAP);
                }
                Suspicion::Loop(way) => {
                    let (input, output) = (&running.input.device, &running.output.device);
                    let ms = way.as_secs_f64() * 1e3;
                    return Some(format!(
                        "{input} hears what this program plays on {output}, {ms:.0} ms later: a loop"
                    ));
                }
            }
        }
    }
}
