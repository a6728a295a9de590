//! Running allocates nothing, and nothing that a host hands over leaves a trace that is no number.

use crate::allocator::calls;
use crate::host::{self, Format, Host};
use crate::signals::{assert_same, voices};
use framewise_plugins::ports::{BYPASS, LOOK_AHEAD, POST_FILTER, STRENGTH};
use std::thread;

#[test]
fn the_counter_counts() {
    assert!(calls(|| drop(std::hint::black_box(vec![1u8; std::hint::black_box(100)]))) >= 2);
}

#[test]
fn running_and_starting_again_allocate_nothing_whatever_is_set() {
    for rate in [16_000, 44_100, 48_000] {
        for channels in [1, 2] {
            for format in Format::all(channels) {
                let mut host = Host::new(format, channels, rate);
                let (mut input, mut output) =
                    (voices(channels, rate, 2_000), vec![vec![0.0; 2_000]; channels]);
                let ins: Vec<_> = input.iter_mut().map(|plane| plane.as_mut_ptr()).collect();
                let outs: Vec<_> = output.iter_mut().map(|plane| plane.as_mut_ptr()).collect();
                for (strength, bypass, look_ahead) in [(100.0, 0.0, 0.0), (12.0, 0.0, 1.0), (0.0, 1.0, 1.0)] {
                    for (port, value) in [
                        (STRENGTH, strength),
                        (BYPASS, bypass),
                        (LOOK_AHEAD, look_ahead),
                        (POST_FILTER, look_ahead),
                    ] {
                        host.set(port, value);
                    }
                    let count = calls(|| {
                        // Long enough for a change of latency, which takes 34 hops.
                        for _ in 0..rate / 5_000 {
                            for block in [1, 0, 512, 2_000, 37] {
                                // SAFETY: the planes have at least as many samples.
                                unsafe { host.audio().run(&ins, &outs, block) };
                            }
                        }
                    });
                    assert_eq!(count, 0, "{} {rate} Hz, {channels} channels", format.name());
                }
                let count = calls(|| {
                    host.reset();
                    // SAFETY: as above.
                    unsafe { host.audio().run(&ins, &outs, 2_000) };
                });
                assert_eq!(count, 0, "{} {rate} Hz, {channels} channels", format.name());
                assert!(output.iter().flatten().any(|&v| v != 0.0));
            }
        }
    }
}

#[test]
fn samples_that_are_no_numbers_count_as_zero() {
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        for format in Format::all(1) {
            let mut broken = voices(1, 48_000, 9_600);
            let mut patched = broken.clone();
            (broken[0][2_000], patched[0][2_000]) = (bad, 0.0);
            let [found, expected] =
                [broken, patched].map(|input| Host::new(format, 1, 48_000).run(&input, &[256], false));
            assert_same(&found, &expected, format.name());
        }
    }
}

#[test]
fn a_tail_of_denormals_ends_in_silence() {
    for format in Format::all(1) {
        let mut host = Host::new(format, 1, 48_000);
        host.run(&voices(1, 48_000, 9_600), &[256], false);
        let output = host.run(&[vec![1e-40; 96_000]], &[256], false);
        assert!(output[0].iter().all(|v| v.is_finite()));
        let last = output[0][48_000..].iter().fold(0.0f32, |most, v| most.max(v.abs()));
        assert!(last < 1e-6, "{last}");
    }
}

#[test]
fn sixty_four_instances_at_once_give_what_each_gives_alone() {
    let input = voices(2, 48_000, 4_800);
    for format in Format::all(2) {
        let alone = Host::new(format, 2, 48_000).run(&input, &[480], false);
        let mut hosts: Vec<_> = (0..64).map(|_| Host::new(format, 2, 48_000)).collect();
        let mut hosts: Vec<_> = hosts.iter_mut().map(Host::audio).collect();
        thread::scope(|scope| {
            for some in hosts.chunks_mut(16) {
                let (input, alone) = (&input, &alone);
                scope.spawn(move || {
                    let mut output = vec![vec![vec![0.0; 4_800]; 2]; some.len()];
                    // Turn by turn, as in a host's graph.
                    for start in (0..4_800).step_by(480) {
                        for (host, output) in some.iter_mut().zip(&mut output) {
                            let block: Vec<_> =
                                input.iter().map(|p| p[start..start + 480].to_vec()).collect();
                            for (to, from) in output.iter_mut().zip(host::run(*host, &block, &[480], false)) {
                                to[start..start + 480].copy_from_slice(&from);
                            }
                        }
                    }
                    output.iter().for_each(|output| assert_same(output, alone, format.name()));
                });
            }
        });
    }
}
