//! The samples are those of the library, whatever the host's blocks and buffers. What the program makes of files is held
//! against real hosts by `.ci/plugins.sh`.

use crate::host::{Format, Host};
use crate::signals::{assert_same, distance, voices};
use framewise::engine::{Denoiser, Mask, Processor};
use framewise::model::{Latency, Model};
use framewise_plugins::ports::{BYPASS, LOOK_AHEAD, POST_FILTER, STRENGTH};

/// Block sizes of a host that changes them, zero among them.
const BLOCKS: [usize; 7] = [64, 1, 0, 1024, 333, 0, 4096];

fn processor(rate: u32, channels: usize, latency: Latency) -> Processor {
    let mask = if channels == 1 { Mask::Each } else { Mask::Shared };
    let builder = Processor::builder(rate, channels).latency(latency).mask(mask);
    builder.build().expect("a processor")
}

#[test]
fn every_format_rate_latency_and_block_gives_the_processors_samples_to_the_bit() {
    for rate in [8_000, 16_000, 44_100, 48_000, 96_000] {
        for channels in [1, 2] {
            let input = voices(channels, rate, rate as usize / 2);
            for latency in Latency::ALL {
                let mut expected = input.clone();
                processor(rate, channels, latency).process_in_place(&mut expected);
                for format in Format::all(channels) {
                    for in_place in [false, true] {
                        let mut host = Host::new(format, channels, rate);
                        host.set(LOOK_AHEAD, latency.frames() as f32);
                        let found = host.run(&input, &BLOCKS, in_place);
                        let what = format!("{} {rate} Hz {latency} {in_place}", format.name());
                        assert_same(&found, &expected, &what);
                    }
                }
            }
        }
    }
}

#[test]
fn at_the_models_rate_they_are_those_of_a_whole_clip() {
    let input = voices(1, 16_000, 16_000);
    for latency in Latency::ALL {
        let clip = Denoiser::new(&Model::builtin(latency)).process_clip(&input[0]);
        for format in Format::all(1) {
            let mut host = Host::new(format, 1, 16_000);
            host.set(LOOK_AHEAD, latency.frames() as f32);
            let found = host.run(&input, &BLOCKS, false);
            let late = host.latency() as usize;
            let clip = clip[..clip.len() - late].to_vec();
            assert_same(&[found[0][late..].to_vec()], &[clip], format.name());
        }
    }
}

#[test]
fn buffers_that_are_crossed_are_read_before_they_are_written() {
    let input = voices(2, 48_000, 3_000);
    for format in Format::all(2) {
        let expected = Host::new(format, 2, 48_000).run(&input, &[3_000], false);
        let mut host = Host::new(format, 2, 48_000);
        let mut crossed = input.clone();
        let [left, right] = [0, 1].map(|c: usize| crossed[c].as_mut_ptr());
        // SAFETY: the planes have as many samples.
        unsafe { host.audio().run(&[left, right], &[right, left], 3_000) };
        crossed.reverse();
        assert_same(&crossed, &expected, format.name());
    }
}

#[test]
fn settings_apply_at_once_at_the_start_and_later_without_a_click() {
    let input = voices(1, 48_000, 48_000);
    for format in Format::all(1) {
        for port in [STRENGTH, BYPASS] {
            let mut host = Host::new(format, 1, 48_000);
            let (none, all) = if port == STRENGTH { (0.0, 100.0) } else { (1.0, 0.0) };
            host.set(port, none);
            host.run(&input, &[0, 480], false);
            let late = host.latency() as usize;
            // Once more from the start: what comes out is what went in.
            host.reset();
            let output = host.run(&input, &[0, 480], false);
            let expected = input[0][..48_000 - late].to_vec();
            assert_same(&[output[0][late..].to_vec()], &[expected], format.name());
            // Then from the dry sound to the denoised one, all the way and never back.
            let mut denoised = Host::new(format, 1, 48_000);
            denoised.run(&input, &[480], false);
            let wet = denoised.run(&input, &[480], false).concat();
            let dry = [&input[0][48_000 - late..], &input[0][..48_000 - late]].concat();
            host.set(port, all);
            let output = host.run(&input, &[480], false).concat();
            let shares = (0..48_000).filter(|&n| (dry[n] - wet[n]).abs() > 0.01);
            let shares: Vec<_> = shares.map(|n| (n, (output[n] - wet[n]) / (dry[n] - wet[n]))).collect();
            let between = shares.iter().filter(|(_, share)| (0.01..0.99).contains(share)).count();
            assert!(between > 5, "{between} samples in the fade");
            assert!(shares.windows(2).all(|pair| pair[1].1 < pair[0].1 + 1e-4), "{}", format.name());
            assert!(shares.iter().all(|&(n, share)| n < 2_000 || share.abs() < 1e-4));
            assert!(shares.iter().any(|&(n, _)| n >= 2_000), "nothing to tell them apart by");
        }
    }
}

#[test]
fn the_post_filter_is_the_processors() {
    let input = voices(1, 48_000, 9_600);
    let mut expected = input.clone();
    Processor::builder(48_000, 1)
        .post_filter(true)
        .build()
        .expect("a processor")
        .process_in_place(&mut expected);
    for format in Format::all(1) {
        let mut host = Host::new(format, 1, 48_000);
        let without = host.run(&input, &[256], false);
        host.reset();
        host.set(POST_FILTER, 1.0);
        assert_same(&host.run(&input, &[256], false), &expected, format.name());
        assert!(distance(&without[0], &expected[0]) > 1e-3);
    }
}

#[test]
fn the_strongest_setting_sets_no_limit_and_numbers_that_are_none_count_as_the_default() {
    let input = voices(1, 48_000, 9_600);
    for format in Format::all(1) {
        let [expected, twenty] = [100.0, 20.0].map(|strength| {
            let mut host = Host::new(format, 1, 48_000);
            host.set(STRENGTH, strength);
            host.run(&input, &[256], false)
        });
        assert!(distance(&expected[0], &twenty[0]) > 1e-3);
        for strength in [f32::NAN, f32::INFINITY, 1e9] {
            let mut host = Host::new(format, 1, 48_000);
            host.set(STRENGTH, strength);
            host.set(BYPASS, f32::NAN);
            host.set(LOOK_AHEAD, f32::NAN);
            assert_same(&host.run(&input, &[256], false), &expected, &format!("{strength}"));
        }
    }
}
