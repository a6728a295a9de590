//! The delay that a host is told is the delay that it measures.

use crate::host::{Audio, Format, Host, run};
use crate::signals::voices;
use framewise_plugins::ports::{BYPASS, LOOK_AHEAD};

/// The shift at which two sounds agree best.
fn shift(input: &[f32], output: &[f32], most: usize) -> usize {
    let product = |late: usize| -> f64 {
        input.iter().zip(&output[late..]).step_by(5).map(|(x, y)| f64::from(x * y)).sum()
    };
    (0..most).max_by(|&a, &b| product(a).total_cmp(&product(b))).expect("shifts")
}

/// The delay of an impulse in each channel, through a plugin under bypass.
pub fn impulse(audio: &mut dyn Audio, channels: usize, rate: usize) -> f32 {
    let mut input = vec![vec![0.0; rate / 10]; channels];
    for (c, plane) in input.iter_mut().enumerate() {
        plane[100 + c] = 1.0;
    }
    let output = run(audio, &input, &[500, 7], false);
    let mut found = output.iter().enumerate().map(|(c, plane)| {
        let at = plane.iter().position(|&v| v != 0.0).expect("the impulse");
        at - 100 - c
    });
    let first = found.next().expect("a channel");
    assert!(found.all(|delay| delay == first), "channels part");
    first as f32
}

#[test]
fn an_impulse_comes_out_as_late_as_the_port_says() {
    for rate in [16_000, 44_100, 48_000, 96_000] {
        for channels in [1, 2] {
            for look_ahead in [0.0, 1.0] {
                for format in Format::all(channels) {
                    let mut host = Host::new(format, channels, rate);
                    host.set(BYPASS, 1.0);
                    host.set(LOOK_AHEAD, look_ahead);
                    // As hosts ask before any sound: a run of no samples.
                    host.run(&vec![Vec::new(); channels], &[0], false);
                    let told = host.latency();
                    let found = impulse(host.audio(), channels, rate as usize);
                    assert_eq!(found, told, "{} {rate} Hz", format.name());
                    assert_eq!(host.latency(), told);
                }
            }
        }
    }
}

#[test]
fn denoised_sound_comes_out_as_late_as_the_port_says() {
    for rate in [16_000, 44_100, 48_000, 96_000] {
        let input = voices(1, rate, rate as usize);
        for look_ahead in [0.0, 1.0] {
            for format in Format::all(1) {
                let mut host = Host::new(format, 1, rate);
                host.set(LOOK_AHEAD, look_ahead);
                let output = host.run(&input, &[512], false);
                let found = shift(&input[0][..rate as usize / 2], &output[0], rate as usize / 10);
                // Denoising may move what agrees best by a sample of the model, which is six of 96 kHz.
                let off = (found as f32 - host.latency()).abs();
                assert!(
                    off <= (rate as f32 / 16_000.0).ceil(),
                    "{} {rate} Hz: {found}, {}",
                    format.name(),
                    host.latency()
                );
            }
        }
    }
}

#[test]
fn a_switch_of_look_ahead_while_sound_runs_is_told_and_is_one_hop() {
    for rate in [44_100, 48_000, 96_000] {
        for format in Format::all(1) {
            let mut host = Host::new(format, 1, rate);
            let input = voices(1, rate, rate as usize);
            host.run(&input, &[256], false);
            let zero = host.latency();
            host.set(LOOK_AHEAD, 1.0);
            host.run(&input, &[256], false);
            assert_eq!(host.latency() - zero, rate as f32 / 100.0, "{} {rate} Hz", format.name());
            host.set(LOOK_AHEAD, 0.0);
            host.run(&input, &[256], false);
            assert_eq!(host.latency(), zero);
        }
    }
}
