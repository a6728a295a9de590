//! The same sound as whole files: to the bit at the model's rate, and as near as the filters are at others.
#![cfg(feature = "wav")]

use super::common::signals::{noise, voice};
use super::in_blocks;
use framewise::engine::{HighBand, Mask, Processor};
use framewise::io::{CleanConfig, Cleaner};
use framewise::model::{Latency, Model};

fn clean(model: &Model, rate: u32, planes: &[Vec<f32>], config: CleanConfig) -> Vec<Vec<f32>> {
    let mut cleaner = Cleaner::new(model, rate, planes.len(), config);
    let mut output = vec![Vec::new(); planes.len()];
    cleaner.push(planes, &mut output);
    cleaner.finish(&mut output);
    output
}

#[test]
fn at_the_models_rate_a_file_and_a_host_have_the_same_samples() {
    let planes = [voice(1, 12_000), voice(2, 12_000), noise(3, 12_000, 0.2)];
    for latency in Latency::ALL {
        for (mask, post_filter) in [(Mask::Each, false), (Mask::Shared, false), (Mask::Shared, true)] {
            let config = CleanConfig::default().mask(mask).post_filter(post_filter);
            let file = clean(&Model::builtin(latency), 16_000, &planes, config);
            let builder = Processor::builder(16_000, 3).latency(latency).mask(mask).post_filter(post_filter);
            let mut processor = builder.build().expect("a processor");
            let delay = processor.delays().total();
            for (host, file) in in_blocks(&mut processor, &planes, &[333]).iter().zip(&file) {
                assert_eq!(host[delay..], file[..12_000 - delay], "{latency}, {mask:?}");
            }
        }
    }
}

/// A host's filters are short, for its delay: they pass up to 6.7 kHz where a file's pass up to 7.8, and what they leave goes
/// with the high band. The two differ where little of a voice is, and by what a network makes of that: 13 dB below the sound at
/// most.
#[test]
fn at_other_rates_a_host_is_near_a_file() {
    let mut found = Vec::new();
    for rate in [8_000, 24_000, 44_100, 48_000, 96_000] {
        let input = [voice(4, 2 * rate as usize)];
        for latency in Latency::ALL {
            for high_band in [HighBand::Follow, HighBand::Mute] {
                let config = CleanConfig::default().high_band(high_band);
                let file = clean(&Model::builtin(latency), rate, &input, config).remove(0);
                let mut processor = Processor::builder(rate, 1)
                    .latency(latency)
                    .high_band(high_band)
                    .build()
                    .expect("a processor");
                let delay = processor.delays().total();
                let host = in_blocks(&mut processor, &input, &[512]).remove(0);
                let energy = |samples: &mut dyn Iterator<Item = f32>| samples.map(|v| v * v).sum::<f32>();
                let difference = energy(&mut host[delay..].iter().zip(&file).map(|(a, b)| a - b));
                let ratio = difference / energy(&mut file.iter().copied());
                found.push((
                    ratio,
                    format!("{rate} Hz, {latency}, {high_band:?}: {:.1} dB", 10.0 * ratio.log10()),
                ));
            }
        }
    }
    assert!(found.iter().all(|(ratio, _)| *ratio < 0.05), "{found:#?}");
}

/// A file has no blocks that anyone waits for: but for what those cost, a processor of blocks of any size is as late.
#[test]
fn with_the_delay_left_in_a_file_and_a_host_have_the_same_samples_at_every_rate() {
    for rate in super::RATES {
        let length = rate as usize / 2 + 7;
        let planes = [voice(5, length), noise(6, length, 0.2)];
        for latency in Latency::ALL {
            for (high_band, mask, strength, post_filter) in [
                (HighBand::Follow, Mask::Each, None, false),
                (HighBand::Keep, Mask::Shared, Some(12.0), true),
                (HighBand::Mute, Mask::Each, Some(0.0), false),
            ] {
                let config = CleanConfig::default()
                    .raw_delay(true)
                    .high_band(high_band)
                    .mask(mask)
                    .strength(strength)
                    .post_filter(post_filter);
                let model = Model::builtin(latency);
                let whole = clean(&model, rate, &planes, config);
                let mut cleaner = Cleaner::new(&model, rate, 2, config);
                let mut pieces = vec![Vec::new(); 2];
                for start in (0..length).step_by(997) {
                    let end = (start + 997).min(length);
                    cleaner.push(&planes.each_ref().map(|plane| plane[start..end].to_vec()), &mut pieces);
                }
                assert_eq!(cleaner.finish(&mut pieces).scrubbed, 0);
                assert!(whole == pieces, "{rate} Hz: cut or whole");
                let mut processor = Processor::builder(rate, 2)
                    .model(model.clone())
                    .high_band(high_band)
                    .mask(mask)
                    .strength(strength.unwrap_or(f32::INFINITY))
                    .post_filter(post_filter)
                    .build()
                    .expect("a processor");
                let blocking = processor.delays().blocking;
                for (host, file) in in_blocks(&mut processor, &planes, &[512, 77]).iter().zip(&whole) {
                    assert_eq!(file.len(), length);
                    assert!(
                        host[blocking..] == file[..length - blocking],
                        "{rate} Hz, {latency}, {high_band:?}"
                    );
                }
            }
        }
    }
}
