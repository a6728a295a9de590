//! Sound that runs all day: blocks of any size, resets, changes of latency, and everything that can come out of a
//! microphone, for a few minutes always and for an hour with `--ignored`:
//!
//! `cargo test --test soak -- --ignored --nocapture`
//!
//! Nothing here fails by the clock. That the time of a frame stays flat is shown by its causes: nothing is allocated, the
//! work does not depend on the numbers, and no number is denormal. The long run prints the times that it saw.

mod common;

use common::allocator::calls;
use common::signals::{noise, voice};
use framewise::dsp::{Analysis, flush_denormals};
use framewise::engine::{Blocks, Channels, Mask, Processor};
use framewise::model::{Latency, Model};
use framewise::nn::Session;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const SECOND: usize = 16_000;
const HOP: usize = 160;

/// Sounds of a day, each with its seconds: six minutes that end in two of exact zeros.
const DAY: [(&str, usize); 9] = [
    ("voice", 120),
    ("voice with samples that are not finite", 20),
    ("denormals", 20),
    ("full-scale square wave", 20),
    ("full-scale noise", 20),
    ("constant offset", 10),
    ("far too loud", 10),
    ("voice 60 dB down", 20),
    ("silence", 120),
];

fn sound(name: &str, seed: u64, samples: usize) -> Vec<f32> {
    match name {
        "voice" => voice(seed, samples),
        "voice with samples that are not finite" => {
            let mut sound = voice(seed, samples);
            let bad = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY];
            sound.iter_mut().step_by(331).enumerate().for_each(|(n, sample)| *sample = bad[n % 3]);
            sound
        }
        "denormals" => noise(seed, samples, 1e-40),
        "full-scale square wave" => (0..samples).map(|n| if n / 40 % 2 == 0 { 1.0 } else { -1.0 }).collect(),
        "full-scale noise" => noise(seed, samples, 1.0),
        "constant offset" => vec![0.9; samples],
        "far too loud" => noise(seed, samples, 1e30),
        "voice 60 dB down" => voice(seed, samples).iter().map(|sample| sample * 1e-3).collect(),
        "silence" => vec![0.0; samples],
        _ => unreachable!("a sound of the list"),
    }
}

fn day(seed: u64) -> Vec<f32> {
    DAY.iter().flat_map(|&(name, seconds)| sound(name, seed, seconds * SECOND)).collect()
}

/// Block sizes as likely to lie between 1 and 10 as between 400 and 4000, and now and then none at all.
fn block(rng: &mut ChaCha8Rng) -> usize {
    if rng.random_bool(0.01) { 0 } else { rng.random_range(0.0..4096f64.ln()).exp() as usize }
}

/// A live stream of two channels beside the same sound in file mode.
struct Pair {
    stream: Processor,
    file: Channels,
    /// What file mode has given and the stream has not, by channel.
    ahead: [Vec<f32>; 2],
    /// Output samples of the stream that precede the first input sample.
    early: usize,
    output: [Vec<f32>; 2],
}

impl Pair {
    fn new(model: &Model, blocks: Blocks) -> Self {
        let stream = common::live(model, 2, blocks);
        Self {
            early: stream.delays().total(),
            stream,
            file: Channels::new(model, 2, Mask::Each),
            ahead: Default::default(),
            output: Default::default(),
        }
    }

    /// Takes a block; fails unless the stream gives what file mode gives, to the bit and one delay later, without
    /// allocating. Returns what came out, and how long the stream took.
    fn take(&mut self, input: [&[f32]; 2]) -> ([&[f32]; 2], Duration) {
        let length = input[0].len();
        self.output.iter_mut().for_each(|output| output.resize(length, f32::NAN));
        let (mut took, [left, right]) = (Duration::ZERO, &mut self.output);
        let allocations = calls(|| {
            let start = Instant::now();
            self.stream.process(&input, &mut [left, right]);
            took = start.elapsed();
        });
        assert_eq!(allocations, 0, "a block of {length}");
        self.file.push(&input, &mut self.ahead, |_, _| ());
        let early = self.early.min(length);
        self.early -= early;
        for (output, ahead) in self.output.iter().zip(&mut self.ahead) {
            let same = output[early..].iter().zip(ahead.drain(..length - early));
            same.for_each(|(live, file)| {
                assert_eq!(live.to_bits(), file.to_bits(), "{live} live, {file} in a file")
            });
            assert!(output.iter().all(|sample| sample.is_finite() && !sample.is_subnormal()));
        }
        (self.output.each_ref().map(Vec::as_slice), took)
    }
}

#[test]
fn ten_thousand_blocks_of_any_size_give_what_a_file_gives() {
    let days = [day(1), day(2)];
    for latency in Latency::ALL {
        let mut pair = Pair::new(&Model::builtin(latency), Blocks::Any);
        let delays = pair.stream.delays();
        let (mut rng, mut at, mut sizes) = (common::rng(0xb10c), 0, [0; 4]);
        for _ in 0..10_000 {
            let size = block(&mut rng);
            sizes[(size > 0) as usize + (size >= HOP) as usize + (size > 10 * HOP) as usize] += 1;
            at = if at + size > days[0].len() { 0 } else { at };
            pair.take([&days[0][at..at + size], &days[1][at..at + size]]);
            at += size;
            assert_eq!(pair.stream.delays(), delays);
        }
        assert!(sizes.iter().all(|&count| count > 50), "blocks of every kind: {sizes:?}");
    }
}

#[test]
fn constant_blocks_of_any_size_give_what_a_file_gives_at_their_own_delay() {
    let sounds = [voice(3, 40_000), voice(4, 40_000)];
    let mut rng = common::rng(0xc0);
    for n in 0..300 {
        let size = if n < 8 { [1, 2, 80, 159, 160, 161, 320, 441][n] } else { rng.random_range(1..=2000) };
        for latency in Latency::ALL {
            let mut pair = Pair::new(&Model::builtin(latency), Blocks::Constant(size));
            for at in (0..3 * size.max(HOP * 3)).step_by(size) {
                pair.take([&sounds[0][at..at + size], &sounds[1][at..at + size]]);
            }
        }
    }
}

/// One stream for each latency; a change goes over to the other from its start.
#[test]
fn a_thousand_resets_and_changes_of_latency_leave_no_trace() {
    let probe = voice(9, 7 * HOP);
    let mut streams = Latency::ALL.map(|latency| common::live(&Model::builtin(latency), 1, Blocks::Any));
    let hear = |stream: &mut Processor, block: &[f32]| {
        let mut output = vec![f32::NAN; block.len()];
        assert_eq!(calls(|| stream.process(&[block], &mut [&mut output])), 0);
        output
    };
    let expected: Vec<_> = streams.iter_mut().map(|new| hear(new, &probe)).collect();
    let delays = streams.each_ref().map(Processor::delays);
    let sounds: Vec<_> = DAY.iter().map(|(name, _)| sound(name, 5, SECOND)).collect();
    let (mut rng, mut active, mut changes) = (common::rng(0x5eed), 0, 0);
    for _ in 0..1000 {
        for _ in 0..rng.random_range(0..4) {
            let sound = &sounds[rng.random_range(0..sounds.len())];
            hear(&mut streams[active], &sound[..block(&mut rng)]);
        }
        if rng.random() {
            active = 1 - active;
            changes += 1;
        }
        assert_eq!(calls(|| streams[active].reset()), 0);
        assert_eq!(hear(&mut streams[active], &probe), expected[active]);
        assert_eq!(streams[active].delays(), delays[active]);
    }
    assert!(changes > 400, "{changes}");
}

/// What the wires of a model hold after each frame of a sound, seen from outside.
fn look_at_wires(model: &Model, sound: &[f32], mut look: impl FnMut(f32)) {
    let graph = model.graph();
    let names: Vec<_> = graph.summary().nodes.into_iter().map(|node| node.name).collect();
    let wires: Vec<_> = names.iter().map(|name| common::wire(graph, name)).collect();
    let (mut analysis, mut session) = (Analysis::new(model.stft()), Session::new(graph));
    let mut spectrum = vec![0.0; graph.input_shape().size()];
    let mut enhanced = vec![0.0; graph.output_shape().size()];
    for hop in sound.chunks_exact(HOP) {
        analysis.push(hop, &mut spectrum);
        session.step(&spectrum, &mut enhanced);
        for &wire in &wires {
            session.frame(wire).iter().for_each(|&value| look(value));
        }
    }
}

/// Wires hold what layers give and keep; the arithmetic on denormals is what makes silence slow.
#[test]
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn no_wire_holds_a_denormal_in_minutes_of_silence() {
    let mut sound = sound("voice", 6, 2 * SECOND);
    sound.extend(self::sound("denormals", 6, 2 * SECOND));
    sound.extend(self::sound("silence", 6, 120 * SECOND));
    for latency in Latency::ALL {
        let model = Model::builtin(latency);
        flush_denormals(|| {
            look_at_wires(&model, &sound, |value| {
                // By its bits: a comparison now takes a denormal for zero.
                assert!(value.is_finite() && !value.is_subnormal(), "{:#x}", value.to_bits());
            });
        });
    }
    let mut denormals = 0;
    look_at_wires(&Model::builtin(Latency::ZERO), &sound[..4 * SECOND], |value| {
        denormals += usize::from(value.is_subnormal());
    });
    assert!(denormals > 0, "with denormals on there are some: the test above can fail");
}

/// Callbacks of a running link; each change is a cross-fade between models that run side by side.
#[test]
#[cfg(feature = "live")]
fn a_thousand_changes_of_latency_in_a_running_link_keep_its_delay() {
    use framewise::io::live::{Link, LinkConfig, Moment, Side};
    let side = |block| Side::new(16_000, 1).longest_block(block);
    let config = LinkConfig::new(side(HOP), side(HOP));
    let Link { mut capture, mut playback, handle, .. } =
        Link::new(&config, &Latency::ALL.map(Model::builtin));
    let (sound, mut output) = (voice(8, 64_000), vec![0.0; HOP]);
    let (mut now, mut changed) = (Duration::from_secs(1), 0);
    for change in 0..1000 {
        handle.controls().set_model(change % 2);
        // A change is over after 34 hops.
        for n in 0..40 {
            let at = (change * 40 + n) * HOP % sound.len();
            capture.capture(&sound[at..at + HOP], Moment::new(now));
            playback.playback(&mut output, Moment::new(now));
            assert!(output.iter().all(|sample: &f32| sample.is_finite() && sample.abs() <= 1.0));
            now += Duration::from_millis(10);
        }
        changed += usize::from(handle.report().model == change % 2);
    }
    let report = handle.report();
    assert_eq!(changed, 1000);
    assert_eq!((report.underruns, report.overruns, report.drops, report.lost), (0, 0, 0, 0), "{report:?}");
    let off = report.ring.as_secs_f64() - report.target.as_secs_f64();
    assert!(off.abs() < 3e-3, "{off} s off: {report:?}");
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Ten days of six minutes. The state forgets a day in its silence: the same sound gives the same output in the last as in
/// the second.
#[test]
#[ignore = "an hour of sound at both latencies: minutes"]
fn an_hour_of_everything_gives_what_a_file_gives_and_drifts_nowhere() {
    const DAYS: usize = 10;
    let sounds = [day(1), day(2)];
    let length = sounds[0].len();
    assert_eq!(DAYS * length, 3600 * SECOND);
    for latency in Latency::ALL {
        let mut pair = Pair::new(&Model::builtin(latency), Blocks::Any);
        let delays = pair.stream.delays();
        let mut rng = common::rng(0xda7);
        // Output of the second day, its energy, and that of the difference of the last day's.
        let (mut second, mut energy, mut difference) = (Vec::with_capacity(length), 0.0f64, 0.0f64);
        let mut times: BTreeMap<_, [Vec<Duration>; 2]> = BTreeMap::new();
        let mut blocks = 0;
        for day in 0..DAYS {
            let mut start = 0;
            for (name, seconds) in DAY {
                for second_of in 0..seconds {
                    let end = start + SECOND;
                    let mut took = Duration::ZERO;
                    let mut at = start;
                    while at < end {
                        let size = block(&mut rng).min(end - at);
                        let (output, time) =
                            pair.take([&sounds[0][at..at + size], &sounds[1][at..at + size]]);
                        took += time;
                        for (n, &sample) in output[0].iter().enumerate() {
                            match day {
                                1 => {
                                    energy += f64::from(sample).powi(2);
                                    second.push(sample);
                                }
                                _ if day == DAYS - 1 => {
                                    difference += (f64::from(sample) - f64::from(second[at + n])).powi(2);
                                }
                                _ => {}
                            }
                        }
                        (at, blocks) = (at + size, blocks + 1);
                    }
                    start = end;
                    // The first second of a sound still holds the one before.
                    if second_of > 0 {
                        let half = usize::from(day >= DAYS / 2);
                        times.entry(name).or_default()[half].push(took / (2 * SECOND / HOP) as u32);
                    }
                }
            }
            assert_eq!(pair.stream.delays(), delays);
        }
        assert!(difference <= 1e-9 * energy, "the last day differs by {difference:e} of {energy:e}");
        println!("latency {latency}: {blocks} blocks, delay {delays}");
        println!(
            "  energy of the difference between the last day and the second: {:.1e}",
            difference / energy
        );
        println!("  time of a frame, median over seconds in the first and second half hour:");
        for (name, halves) in &mut times {
            let [first, second] = halves.each_mut().map(|times| median(times).as_secs_f64() * 1e6);
            println!("    {name:40} {first:6.2} us {second:6.2} us");
        }
    }
}
