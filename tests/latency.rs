//! The delay that is reported is the delay that is there.

mod common;

use common::kernels::builtin;
use common::live;
use common::signals::{identity, noise, voice};
use framewise::engine::{Blocks, Denoiser, Processor};
use framewise::model::Latency;
use framewise::nn::Session;

const WINDOW: usize = 320;
const HOP: usize = 160;

/// Runs one channel through a stream in blocks of these sizes, over and over.
fn in_blocks(stream: &mut Processor, input: &[f32], sizes: &[usize]) -> Vec<f32> {
    let mut output = vec![f32::NAN; input.len()];
    let mut start = 0;
    for &size in sizes.iter().cycle() {
        let end = (start + size).min(input.len());
        stream.process(&[&input[start..end]], &mut [&mut output[start..end]]);
        start = end;
        if start == input.len() {
            return output;
        }
    }
    unreachable!("the sizes repeat")
}

fn position_of_peak(signal: &[f32]) -> usize {
    (0..signal.len()).max_by(|&a, &b| signal[a].abs().total_cmp(&signal[b].abs())).expect("samples")
}

#[test]
fn an_impulse_comes_out_exactly_at_the_reported_delay() {
    for frames in [0, 1, 3] {
        let model = identity(WINDOW, HOP, frames);
        for block in [1, 7, HOP - 1, HOP, HOP + 1, 2 * HOP, 1000] {
            for blocks in [Blocks::Any, Blocks::Constant(block)] {
                let mut stream = live(&model, 1, blocks);
                let delay = stream.delays().total();
                // Whole blocks only, so that a constant size is kept.
                for at in [0, 1, 159, 160, 777] {
                    stream.reset();
                    let mut input = vec![0.0; (at + delay + 2 * WINDOW).next_multiple_of(block)];
                    input[at] = 1.0;
                    let output = in_blocks(&mut stream, &input, &[block]);
                    let found = position_of_peak(&output);
                    assert_eq!(found, at + delay, "{frames} frames, {blocks:?} of {block}, impulse at {at}");
                    assert!((output[found] - 1.0).abs() < 1e-5);
                    let rest = output.iter().enumerate().filter(|(n, _)| *n != found);
                    assert!(rest.map(|(_, v)| v.abs()).fold(0.0, f32::max) < 1e-5);
                }
            }
        }
    }
}

#[test]
fn the_parts_of_a_delay_follow_their_formulas() {
    for (window, hop, frames) in [(320, 160, 0), (320, 160, 1), (512, 256, 0), (320, 80, 2), (512, 128, 3)] {
        let model = identity(window, hop, frames);
        let hop_to_hop = Denoiser::new(&model).delays();
        assert_eq!(hop_to_hop.window, window - hop);
        assert_eq!(hop_to_hop.look_ahead, frames * hop);
        assert_eq!((hop_to_hop.blocking, hop_to_hop.resampling), (0, 0));
        let blocking = |blocks| live(&model, 1, blocks).delays().blocking;
        assert_eq!(blocking(Blocks::Any), hop - 1);
        assert_eq!(blocking(Blocks::Constant(hop)), 0);
        assert_eq!(blocking(Blocks::Constant(3 * hop)), 0);
        assert_eq!(blocking(Blocks::Constant(hop / 2)), hop / 2);
        assert_eq!(blocking(Blocks::Constant(hop + 1)), hop - 1);
    }
}

#[test]
fn any_block_sizes_give_the_same_samples() {
    let input = voice(3, 16_000);
    for latency in Latency::ALL {
        let model = builtin(latency);
        let mut stream = live(&model, 1, Blocks::Any);
        let expected = in_blocks(&mut stream, &input, &[HOP]);
        for sizes in
            [&[1][..], &[7], &[HOP - 1], &[HOP + 1], &[1000], &[16_000], &[1056, 480, 480, 3, 4096, 1]]
        {
            stream.reset();
            assert_eq!(in_blocks(&mut stream, &input, sizes), expected, "{sizes:?}");
        }
        let delay = stream.delays().total();
        let aligned = Denoiser::new(&model).process_clip(&input);
        assert_eq!(
            expected[delay..],
            aligned[..input.len() - delay],
            "a live stream gives what a clip gives"
        );
    }
}

#[test]
fn one_frame_of_latency_is_one_hop_more() {
    let [zero, one] = Latency::ALL.map(|latency| Denoiser::new(&builtin(latency)).delays().total());
    assert_eq!(one - zero, HOP);
}

#[test]
fn a_nan_in_a_frame_reaches_the_output_d_frames_earlier_and_nothing_before_it() {
    for latency in Latency::ALL {
        let model = builtin(latency);
        let ahead = latency.frames() as u64;
        let size = model.graph().input_shape().size();
        for at in [0u64, 1, 5] {
            let mut session = Session::new(model.graph());
            let mut output = vec![0.0; size];
            for n in 0..12u64 {
                let input = noise(n, size, 1.0);
                let input = if n == at { vec![f32::NAN; size] } else { input };
                if let Some(label) = session.step(&input, &mut output) {
                    let touched = output.iter().any(|v| v.is_nan());
                    assert_eq!(touched, label + ahead >= at, "{latency}: frame {label} with a NaN in {at}");
                }
            }
        }
    }
}

/// By samples: the first output that changes when input sample `n` changes is at most window and look-ahead before it,
/// and no sample depends on more future than that.
#[test]
fn the_horizon_of_a_sample_is_the_window_and_the_look_ahead() {
    let input = voice(5, 4_000);
    for latency in Latency::ALL {
        let mut denoiser = Denoiser::new(&builtin(latency));
        let expected = denoiser.process_clip(&input);
        for at in [1_600, 1_601, 1_759] {
            let mut changed = input.clone();
            changed[at] += 0.5;
            let output = denoiser.process_clip(&changed);
            let first = (0..output.len()).find(|&n| output[n] != expected[n]).expect("something changes");
            // The hop of the sample is the last of frame `t`; frame `t - d` begins `d` hops and a window less hop earlier.
            let earliest = at / HOP * HOP - (WINDOW - HOP) - latency.frames() * HOP;
            assert!(first >= earliest, "{latency}: sample {at} changes {first}, before {earliest}");
            assert!(
                first < earliest + 8,
                "{latency}: sample {at} changes nothing before {first}, the look-ahead is idle"
            );
        }
    }
}
