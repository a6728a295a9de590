//! What a host may rely on, at 8 to 192 kHz, for 1 to 8 channels and any blocks.

#[path = "../common/mod.rs"]
mod common;

mod bad_input;
mod build;
mod delay;
mod files;
mod switch;

use framewise::engine::Processor;

/// Rates at which a hop is a whole number of samples, and two at which it is not.
const RATES: [u32; 11] =
    [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000];

/// Runs planes through in blocks of these sizes, over and over.
fn in_blocks(processor: &mut Processor, input: &[Vec<f32>], sizes: &[usize]) -> Vec<Vec<f32>> {
    let mut output = vec![vec![f32::NAN; input[0].len()]; input.len()];
    let (mut start, mut sizes) = (0, sizes.iter().cycle());
    while start < input[0].len() {
        let end = (start + sizes.next().expect("sizes repeat")).min(input[0].len());
        let block: Vec<&[f32]> = input.iter().map(|plane| &plane[start..end]).collect();
        let mut out: Vec<&mut [f32]> = output.iter_mut().map(|plane| &mut plane[start..end]).collect();
        processor.process(&block, &mut out);
        start = end;
    }
    output
}

fn mono(processor: &mut Processor, input: &[f32], sizes: &[usize]) -> Vec<f32> {
    in_blocks(processor, &[input.to_vec()], sizes).remove(0)
}

fn worst(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}
