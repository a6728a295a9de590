//! Open devices: the closures that a sound system calls, its faults, and what its drivers say.

use crate::common::allocator::calls;
use crate::common::signals::{identity, voice};
use crate::fake_host::{Hardware, Machine};
use cpal::SampleFormat;
use framewise::io::live::{Running, Wish, list};
use framewise::model::{Latency, Model};
use std::collections::VecDeque;
use std::time::Duration;

const FORMATS: [SampleFormat; 12] = [
    SampleFormat::I8,
    SampleFormat::I16,
    SampleFormat::I24,
    SampleFormat::I32,
    SampleFormat::I64,
    SampleFormat::U8,
    SampleFormat::U16,
    SampleFormat::U24,
    SampleFormat::U32,
    SampleFormat::U64,
    SampleFormat::F32,
    SampleFormat::F64,
];

fn pair(change: impl Fn(&mut Hardware)) -> Machine {
    let mut devices = vec![Hardware::new("mic", true), Hardware::new("spk", false)];
    devices.iter_mut().for_each(change);
    Machine::new(devices)
}

fn open(machine: &Machine, models: &[Model], measured: bool) -> Running {
    let wish = Wish::default();
    Running::open_on(&machine.hosts(), [&wish, &wish], models, measured).expect("devices that open")
}

#[test]
fn the_closures_allocate_nothing_in_any_format() {
    let models = Latency::ALL.map(Model::builtin);
    let sound = voice(3, 4 * 48_000);
    for format in FORMATS {
        let machine = pair(|device| (device.format, device.channels) = (format, 2));
        let running = open(&machine, &models, false);
        let mut heard = sound.iter().copied().cycle();
        let mut most = 0.0f32;
        for n in 0..200 {
            if n == 100 {
                running.handle.controls().set_model(1);
            }
            let counted =
                calls(|| machine.turn(|| heard.next().unwrap_or(0.0), |v| most = most.max(v.abs())));
            assert_eq!(counted, 0, "{format}, call {n}");
        }
        assert!(most > 0.01, "{format}: something comes out");
        let report = running.handle.report();
        assert_eq!((report.captured, report.played, report.model), (96_000, 96_000, 1), "{format}");
    }
}

#[test]
fn a_device_that_refuses_small_blocks_gets_larger_ones() {
    let machine = pair(|device| device.least_block = 3000);
    let running = open(&machine, &[identity(320, 160, 0)], false);
    assert_eq!((running.input.block, running.output.block), (Some(4096), Some(4096)));
}

#[test]
fn the_first_error_of_a_million_is_the_fault_and_lost_sound_is_none() {
    let machine = pair(|_| {});
    let mut running = open(&machine, &[identity(320, 160, 0)], false);
    (0..5).for_each(|_| machine.xrun("mic"));
    machine.turn(|| 0.1, |_| {});
    assert_eq!((running.xruns(), running.fault()), (5, None));
    machine.unplug("mic", 1_000_000);
    let fault = running.fault().expect("a fault");
    assert!(fault.contains("mic") && fault.lines().count() == 1, "{fault}");
    // What is left in the ring fades out; then there is silence.
    let mut last = Vec::new();
    (0..40).for_each(|_| machine.turn(|| 0.1, |v| last.push(v)));
    let steps = last.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
    assert!(steps < 0.01, "a step of {steps}");
    assert!(last[last.len() - 4800..].iter().all(|&v| v == 0.0));
}

#[test]
fn a_device_by_name_is_listed_and_found_and_another_is_refused_in_one_line() {
    let machine = pair(|_| {});
    let listed = list(&machine.hosts());
    let names: Vec<_> = listed.iter().map(|device| (device.name.as_str(), device.direction.word())).collect();
    assert_eq!(names, [("mic", "input"), ("spk", "output")]);
    let named = |name: &str| Wish::default().device(name);
    let models = [identity(320, 160, 0)];
    let open =
        |input, output| Running::open_on(&machine.hosts(), [&named(input), &named(output)], &models, false);
    assert!(open("MI", "spk").is_ok());
    for (input, output, said) in [
        ("drum", "spk", "no input device matches `drum`: there are custom:mic, custom:spk"),
        ("mic", "mic", "custom:mic cannot be used as output: "),
    ] {
        let Err(error) = open(input, output) else { panic!("{input} to {output} opened") };
        let error = error.to_string();
        assert!(error.starts_with(said) && error.lines().count() == 1, "{error}");
    }
}

#[test]
fn of_several_devices_that_match_the_closest_is_taken_and_otherwise_the_first_and_that_is_said() {
    let input = |name| Hardware::new(name, true);
    let machine = Machine::new(vec![
        Hardware::new("usb speaker", false),
        input("usb desk microphone"),
        input("usb headset"),
        input("usb"),
    ]);
    let open = |name: &str| {
        let named = Wish::default().device(name);
        Running::open_on(&machine.hosts(), [&named, &Wish::default()], &[identity(320, 160, 0)], false)
            .expect("devices that open")
            .input
    };
    for (asked, found, alike) in [
        ("custom:usb", "custom:usb", 1),
        ("USB", "custom:usb", 1),
        ("headset", "custom:usb headset", 1),
        ("desk", "custom:usb desk microphone", 1),
        ("usb ", "custom:usb desk microphone", 3),
    ] {
        let opened = open(asked);
        assert_eq!((opened.device.as_str(), opened.alike), (found, alike), "{asked}");
        assert_eq!(opened.to_string().contains("the first of 3 that match"), alike == 3, "{opened}");
    }
}

/// Runs with a wire of so many frames from the output to the input until the fourth chirp is over; returns its trip, and
/// the reported parts.
fn measured(machine: &Machine, model: &Model, length: usize) -> (f64, framewise::io::live::DelayParts) {
    let mut running = open(machine, std::slice::from_ref(model), true);
    let mut loopback = running.loopback.take().expect("a measurement");
    let mut wire = VecDeque::from(vec![0.0; length]);
    let mut trips = Vec::new();
    while trips.len() < 4 {
        let mut out = Vec::new();
        machine.turn(|| wire.pop_front().unwrap_or(0.0), |v| out.push(v));
        wire.extend(out);
        trips.extend(loopback.trip().expect("nothing lost"));
    }
    let trip = trips[3];
    assert!(trip.correlation > 0.99, "{trip:?}");
    assert_eq!(running.handle.report().underruns, 0);
    let parts = running.handle.parts(&running.handle.report());
    (trip.delay.as_secs_f64(), parts)
}

#[test]
fn the_measured_way_round_is_the_reported_one_and_the_cable() {
    let block = |machine_block: u32| move |device: &mut Hardware| device.least_block = machine_block;
    for (frames, least_block, rate) in [(0, 1, 48_000), (1, 1024, 48_000), (0, 160, 16_000), (1, 441, 44_100)]
    {
        let machine = pair(|device| {
            block(least_block)(device);
            device.rate = rate;
        });
        let model = identity(320, 160, frames);
        let blocks = open(&machine, std::slice::from_ref(&model), false).output.block.expect("a block");
        let wire = 3 * blocks as usize + 77;
        let (trip, parts) = measured(&machine, &model, wire);
        // Both devices call at the same time: the input with what was heard in the block before, the output for what is
        // played in the next. So a sample of the wire is a block older when it is handed over than the wire is long, and
        // the cable is that much shorter. A driver that says nothing is taken to hold one block of the output; here it holds
        // none.
        let cable = wire - blocks as usize;
        let reported = parts.total() - parts.device_out.delay;
        let expected = reported.as_secs_f64() + cable as f64 / f64::from(rate);
        assert!((trip - expected).abs() < 2e-3, "{trip} s, expected {expected} s of {parts:?}");
        let block = Duration::from_secs_f64(f64::from(blocks) / f64::from(rate));
        assert!(parts.device_out.delay.abs_diff(block) < Duration::from_micros(1), "{parts:?}");
        assert!(!parts.told());
    }
}

#[test]
fn what_drivers_say_is_part_of_the_total() {
    let ms = Duration::from_millis;
    let machine = pair(|device| device.held = if device.input { ms(7) } else { ms(25) });
    let running = open(&machine, &[identity(320, 160, 1)], false);
    (0..400).for_each(|_| machine.turn(|| 0.1, |_| {}));
    let parts = running.handle.parts(&running.handle.report());
    assert!(parts.told(), "{parts:?}");
    for (found, expected) in [(parts.device_in.delay, ms(7)), (parts.device_out.delay, ms(25))] {
        assert!(found.abs_diff(expected) < Duration::from_micros(10), "{found:?}");
    }
    assert_eq!((parts.window, parts.look_ahead), (ms(10), ms(10)));
    let sum = parts.ring + ms(20) + parts.resampling + parts.device_in.delay + parts.device_out.delay;
    assert_eq!(parts.total(), sum);
}
