//! `framewise live --measure`: the way round through a loopback, beside what the program says of it.

use super::args::LiveArgs;
use super::line::milliseconds;
use super::opening::{Find, Opening, close, wishes};
use crate::cli::interrupt::Interrupted;
use crate::cli::say;
use crate::io::live::{DelayParts, Report, Running, Trip};
use serde::Serialize;
use std::error::Error;
use std::fmt;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

const TICK: Duration = Duration::from_millis(20);
/// Chirps before the ones that count: clocks, averages and prefill settle meanwhile.
const SETTLING: usize = 3;
const TRIPS: usize = 5;
/// Chirps altogether; more are disturbed only where a machine is too busy to measure anything.
const MOST: usize = 40;
/// How long devices may take to close.
const CLOSING: Duration = Duration::from_secs(2);
/// Less of a chirp than this is none. A loudspeaker and a microphone in a room give 0.3 and more.
const HEARD: f64 = 0.2;
/// A first sound later than this does not come.
const PATIENCE: Duration = Duration::from_secs(20);

/// The result. Times in milliseconds.
#[derive(Debug, Serialize)]
struct Measured {
    round_trip_ms: f64,
    least_ms: f64,
    most_ms: f64,
    chirps: usize,
    disturbed: usize,
    correlation: f64,
    reported_ms: f64,
    difference_ms: f64,
    device_in_ms: f64,
    device_in_told: bool,
    ring_ms: f64,
    window_ms: f64,
    look_ahead_ms: f64,
    resampling_ms: f64,
    device_out_ms: f64,
    device_out_told: bool,
}

/// Sums of the parts over the time of a chirp.
#[derive(Default)]
struct Mean {
    sums: [f64; 3],
    count: f64,
}

impl Mean {
    fn add(&mut self, parts: &DelayParts) {
        let now = [parts.device_in.delay, parts.ring, parts.device_out.delay].map(milliseconds);
        self.sums.iter_mut().zip(now).for_each(|(sum, now)| *sum += now);
        self.count += 1.0;
    }
}

/// What must not change while a chirp is under way: sound was lost or added.
fn disturbances(report: &Report, running: &Running) -> u64 {
    report.underruns + report.drops + report.overruns + running.xruns()
}

pub fn run(find: &Find, args: &LiveArgs, stop: &AtomicBool) -> Result<(), Box<dyn Error>> {
    let model = args.selection.load(args.model.as_ref())?;
    let mut running = Opening::begin(find, &wishes(args), &[model], true)?.finish(stop)?;
    say::warn(format_args!("input {}", running.input));
    say::warn(format_args!("output {}", running.output));
    say::warn("chirps at -12 dB of full scale; connect the output to the input");
    let measured = measure(&mut running, stop);
    close(running, CLOSING);
    let measured = measured?;
    let mut out = std::io::stdout().lock();
    match args.json {
        true => writeln!(out, "{}", serde_json::to_string(&measured)?)?,
        false => write!(out, "{measured}")?,
    }
    Ok(())
}

fn measure(running: &mut Running, stop: &AtomicBool) -> Result<Measured, Box<dyn Error>> {
    let mut loopback = running.loopback.take().ok_or("the devices were not opened for a measurement")?;

    let (mut trips, mut mean, mut seen, mut disturbed): (Vec<Trip>, _, usize, usize) =
        (Vec::new(), Mean::default(), 0, 0);
    let (mut this, mut before, start) = (Mean::default(), None, Instant::now());
    let parts = loop {
        if stop.load(Relaxed) {
            return Err(Interrupted("before the measurement was complete").into());
        }
        if let Some(fault) = running.fault() {
            return Err(fault.into());
        }
        let report = running.handle.report();
        let parts = running.handle.parts(&report);
        this.add(&parts);
        if let Some(trip) = loopback.trip()? {
            let now = Some(disturbances(&report, running));
            let calm = before == now;
            before = now;
            seen += 1;
            let whole = std::mem::take(&mut this);
            if seen > SETTLING && calm {
                if trip.correlation < HEARD {
                    return Err(format!(
                        "no chirp came back (correlation {:.2}): is {} connected to {}?",
                        trip.correlation, running.output.device, running.input.device
                    )
                    .into());
                }
                mean.sums.iter_mut().zip(whole.sums).for_each(|(sum, more)| *sum += more);
                mean.count += whole.count;
                trips.push(trip);
            } else if seen > SETTLING {
                disturbed += 1;
            }
            if trips.len() == TRIPS {
                break parts;
            }
            if seen == MOST {
                return Err(format!("sound was lost or added during {disturbed} of {MOST} chirps").into());
            }
        } else if seen == 0 && start.elapsed() > PATIENCE {
            return Err("no sound came within 20 s".into());
        }
        std::thread::sleep(TICK);
    };
    Ok(Measured::new(&trips, &mean, &parts, disturbed))
}

impl Measured {
    /// The median of the trips, and the parts averaged over the same time.
    fn new(trips: &[Trip], mean: &Mean, last: &DelayParts, disturbed: usize) -> Self {
        let mut delays: Vec<f64> = trips.iter().map(|trip| milliseconds(trip.delay)).collect();
        delays.sort_by(f64::total_cmp);
        let round_trip_ms = delays[delays.len() / 2];
        let [device_in_ms, ring_ms, device_out_ms] = mean.sums.map(|sum| sum / mean.count);
        let [window_ms, look_ahead_ms, resampling_ms] =
            [last.window, last.look_ahead, last.resampling].map(milliseconds);
        let reported_ms = device_in_ms + ring_ms + window_ms + look_ahead_ms + resampling_ms + device_out_ms;
        Self {
            round_trip_ms,
            least_ms: delays[0],
            most_ms: delays[delays.len() - 1],
            chirps: trips.len(),
            disturbed,
            correlation: trips.iter().map(|trip| trip.correlation).fold(1.0, f64::min),
            reported_ms,
            difference_ms: round_trip_ms - reported_ms,
            device_in_ms,
            device_in_told: last.device_in.told,
            ring_ms,
            window_ms,
            look_ahead_ms,
            resampling_ms,
            device_out_ms,
            device_out_told: last.device_out.told,
        }
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = |told: bool| if told { "" } else { "  the driver does not say: the least possible" };
        writeln!(
            f,
            "round trip   {:7.2} ms  median of {} chirps, {:.2} to {:.2}, correlation {:.3} and more",
            self.round_trip_ms, self.chirps, self.least_ms, self.most_ms, self.correlation
        )?;
        writeln!(f, "reported     {:7.2} ms  meanwhile, of which", self.reported_ms)?;
        writeln!(f, "  device in  {:7.2} ms{}", self.device_in_ms, told(self.device_in_told))?;
        writeln!(f, "  ring       {:7.2} ms", self.ring_ms)?;
        writeln!(f, "  window     {:7.2} ms", self.window_ms)?;
        writeln!(f, "  look-ahead {:7.2} ms", self.look_ahead_ms)?;
        writeln!(f, "  resampling {:7.2} ms", self.resampling_ms)?;
        writeln!(f, "  device out {:7.2} ms{}", self.device_out_ms, told(self.device_out_told))?;
        writeln!(
            f,
            "difference   {:+7.2} ms  converters, cable or air, and what drivers leave out",
            self.difference_ms
        )?;
        if self.disturbed > 0 {
            writeln!(f, "{} more chirps were left out: sound was lost or added meanwhile", self.disturbed)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Mean, Measured};
    use crate::io::live::{DelayParts, DeviceDelay, Trip};
    use std::time::Duration;

    #[test]
    fn the_difference_is_what_nobody_reported() {
        let ms = Duration::from_millis;
        let held = |delay| DeviceDelay { delay: ms(delay), told: true };
        let parts = DelayParts {
            device_in: held(1),
            ring: ms(30),
            window: ms(10),
            look_ahead: ms(10),
            resampling: ms(4),
            device_out: DeviceDelay { told: false, ..held(20) },
        };
        let mut mean = Mean::default();
        (0..3).for_each(|_| mean.add(&parts));
        let trips = [80, 78, 79].map(|delay| Trip { delay: ms(delay), correlation: 0.9 });
        let found = Measured::new(&trips, &mean, &parts, 0);
        assert_eq!(found.reported_ms, parts.total().as_secs_f64() * 1e3);
        assert_eq!((found.round_trip_ms, found.difference_ms), (79.0, 4.0));
        let text = found.to_string();
        assert!(
            text.contains("device out   20.00 ms  the driver does not say") && text.contains("+4.00 ms"),
            "{text}"
        );
    }
}
