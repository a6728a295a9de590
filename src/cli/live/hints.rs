//! What people can do something about, said once: a microphone that gives nothing, devices that lose sound.

use crate::io::live::{Report, Running};
use std::time::{Duration, Instant};

/// Zeros that last so many seconds are no quiet room.
const DEAD: f64 = 3.0;
/// Channels that cancel each other for so many seconds are not turned against each other by chance.
const CANCELLED: f64 = 1.0;
/// Losses within a window that are more than bad luck.
const LOSSES: u64 = 10;
const WINDOW: Duration = Duration::from_secs(10);
/// What was said, and what it takes to see more.
#[derive(Debug, Default)]
pub struct Hints {
    dead: bool,
    cancels: bool,
    lossy: bool,
    /// When the window began, and the losses until then.
    window: Option<(Instant, u64)>,
}

impl Hints {
    /// Looks at a report of open devices.
    pub fn look(&mut self, running: &Running, report: &Report, now: Instant) -> Vec<String> {
        let mut hints = Vec::new();
        let dead = report.zeros as f64 / f64::from(running.input.rate) > DEAD;
        if dead && !self.dead {
            hints.push(format!(
                "{}: exact silence for {DEAD} s: is the microphone muted, or are programs not permitted to use it?",
                running.input.device
            ));
        }
        self.dead = dead;

        let cancels = report.cancelled as f64 / f64::from(running.input.rate) > CANCELLED;
        if cancels && !self.cancels {
            hints.push(format!(
                "{}: its channels cancel each other when they are mixed: take one, as with --channel 1",
                running.input.device
            ));
        }
        self.cancels = cancels;

        let losses = running.xruns() + report.underruns;
        let (since, before) = *self.window.get_or_insert((now, losses));
        // A device that was opened again counts from zero.
        if now.saturating_duration_since(since) > WINDOW || losses < before {
            self.window = Some((now, losses));
        } else if losses - before >= LOSSES && !self.lossy {
            self.lossy = true;
            let block = running.output.block.unwrap_or(running.output.rate / 100).max(1);
            hints.push(format!(
                "sound was lost {} times in {} s: where the machine is busy, longer blocks help, as with --block {}{}",
                losses - before,
                WINDOW.as_secs(),
                (2 * block).next_power_of_two(),
                priority(&running.output.device)
            ));
        }
        hints
    }
}

/// What else helps: not where a device's threads never sleep, as behind ALSA's plugins.
fn priority(device: &str) -> &'static str {
    if cfg!(target_os = "linux") && device.starts_with("pipewire:") {
        ", and real-time priority, as by `chrt --fifo 10 framewise live`"
    } else {
        ""
    }
}
