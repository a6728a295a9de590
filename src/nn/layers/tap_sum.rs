//! What plain and transposed convolutions have in common once their taps are laid out: sums over a window of history.

use super::history::History;
use crate::nn::Workspace;
use crate::nn::kernels::{
    Affine, Depthwise, Epilogue, FramePart, FrameSums, Product, Segment, Strides, pad, padded,
};

/// One tap of a kernel, for one row of outputs.
#[derive(Clone, Copy, Debug)]
pub(super) struct KernelTap {
    /// Offset of the tap's channels from the start of the window, for the first output of the row.
    pub input: usize,
    /// Index along time into the kernel.
    pub time: usize,
    /// Index along frequency into the kernel.
    pub bin: usize,
}

/// Outputs at equal distances that share their taps: all bins of a plain convolution, or one phase of a transposed
/// one; for one group of channels.
#[derive(Debug)]
pub(super) struct OutputRow {
    pub taps: Vec<KernelTap>,
    pub strides: Strides,
    /// Offset of the first output.
    pub output: usize,
    pub group: usize,
}

/// The sums of a convolution layer over its history.
#[derive(Clone, Debug)]
pub(super) struct TapSum {
    history: History,
    parts: Vec<Part>,
    /// The same sums with a lane for each of several frames, where a lane for each channel is mostly padding.
    across: Option<FrameSums>,
}

/// One row of sums: where its output starts, and its first channel.
#[derive(Clone, Debug)]
struct Part {
    sum: Sum,
    output: usize,
    strides: Strides,
    channel: usize,
}

#[derive(Clone, Debug)]
enum Sum {
    Product(Product),
    Depthwise(Depthwise),
}

impl Sum {
    /// Channels of the sum, and what becomes of them.
    fn epilogue(&mut self) -> (usize, &mut Epilogue) {
        match self {
            Self::Product(product) => (product.columns(), product.epilogue_mut()),
            Self::Depthwise(depthwise) => (depthwise.channels(), depthwise.epilogue_mut()),
        }
    }
}

/// A convolution's weights by output channel, input channel of the group, and tap.
pub(super) type Weight<'a> = &'a dyn Fn(usize, usize, KernelTap) -> f32;

impl TapSum {
    /// Packs the weights of rows for groups of `channels` (in, out); `depthwise` rows hold all groups at once.
    pub fn new(
        history: History,
        rows: Vec<OutputRow>,
        channels: (usize, usize),
        weight: Weight<'_>,
        bias: &[f32],
    ) -> Self {
        let (inputs, outputs) = channels;
        // Sums that fill less than four fifths of their vectors.
        let narrow = 5 * outputs < 4 * padded(outputs);
        let mut across = Vec::new();
        let parts = rows.into_iter().map(|row| {
            let taps = row.taps;
            let first = row.group * outputs;
            let segments = merge(taps.iter().map(|tap| Segment { input: tap.input, depth: inputs }));
            let weight = |at: usize, column: usize| weight(first + column, at % inputs, taps[at / inputs]);
            let bias = &bias[first..first + outputs];
            let place = (row.strides, row.output);
            if narrow {
                across.push(FramePart::new(&segments, history.stride(), outputs, weight, bias, place));
            }
            let sum = Product::new(segments, outputs, weight, bias.to_vec());
            Part { sum: Sum::Product(sum), output: row.output, strides: row.strides, channel: first }
        });
        let parts = parts.collect();
        let sums = |parts| FrameSums { parts, size: history.stride(), past: history.length() - 1 };
        Self { history, parts, across: narrow.then(|| sums(across)) }
    }

    /// Packs rows in which every channel is a group of its own.
    pub fn depthwise(history: History, rows: Vec<OutputRow>, weight: Weight<'_>, bias: &[f32]) -> Self {
        let parts = rows.into_iter().map(|row| {
            let offsets = row.taps.iter().map(|tap| tap.input).collect();
            let sum = Depthwise::new(offsets, |k, channel| weight(channel, 0, row.taps[k]), bias.to_vec());
            Part { sum: Sum::Depthwise(sum), output: row.output, strides: row.strides, channel: 0 }
        });
        Self { history, parts: parts.collect(), across: None }
    }

    /// Lets the sums pass through a frozen batch norm: one scale and one shift an output channel.
    pub fn set_affine(&mut self, scale: &[f32], shift: &[f32]) {
        for part in &mut self.parts {
            let (channels, epilogue) = part.sum.epilogue();
            let range = part.channel..part.channel + channels;
            epilogue.affine = Some(Affine { scale: pad(&scale[range.clone()]), shift: pad(&shift[range]) });
        }
        self.share_epilogues();
    }

    /// Lets the sums pass through a leaky rectifier: one slope an output channel.
    pub fn set_slopes(&mut self, slopes: &[f32]) {
        for part in &mut self.parts {
            let (channels, epilogue) = part.sum.epilogue();
            epilogue.slopes = Some(pad(&slopes[part.channel..part.channel + channels]));
        }
        self.share_epilogues();
    }

    fn share_epilogues(&mut self) {
        let across = self.across.iter_mut().flat_map(|across| &mut across.parts);
        for (part, across) in self.parts.iter_mut().zip(across) {
            *across.epilogue_mut() = part.sum.epilogue().1.clone();
        }
    }

    pub fn state(&self) -> usize {
        self.history.floats()
    }

    pub fn multiply_adds(&self) -> usize {
        let row = |sum: &Sum| match sum {
            Sum::Product(product) => product.multiply_adds(),
            Sum::Depthwise(depthwise) => depthwise.multiply_adds(),
        };
        self.parts.iter().map(|part| part.strides.rows * row(&part.sum)).sum()
    }

    /// Floats of scratch for several steps that give so many numbers each.
    pub fn scratch(&self, outputs: usize, frames: usize) -> usize {
        let rows = (self.history.length() - 1 + frames) * self.history.stride();
        self.across.as_ref().map_or(0, |across| across.scratch(outputs).saturating_add(rows))
    }

    /// Takes several frames, one after the other, and computes as many outputs.
    pub fn steps(&self, frames: &[f32], count: usize, output: &mut [f32], mut work: Workspace<'_>) {
        let (size, outputs) = (frames.len() / count, output.len() / count);
        let Some(across) = &self.across else {
            let frames = frames.chunks_exact(size).zip(output.chunks_exact_mut(outputs));
            for (n, (frame, output)) in frames.enumerate() {
                self.step(frame, output, work.lend(n));
            }
            return;
        };
        let row = self.history.stride();
        let past = (self.history.length() - 1) * row;
        let (rows, scratch) = work.scratch.split_at_mut(past + count * row);
        self.history.unroll(work.state, work.step, frames, rows);
        work.kernels.frame_sums(across, outputs, rows, scratch, output);
    }

    /// Takes a frame into the history and computes the output for the newest window.
    pub fn step(&self, frame: &[f32], output: &mut [f32], work: Workspace<'_>) {
        let window = self.history.push(work.state, work.step, frame);
        for part in &self.parts {
            let output = &mut output[part.output..];
            match &part.sum {
                Sum::Product(product) => product.run(work.kernels, window, output, part.strides),
                Sum::Depthwise(depthwise) => depthwise.run(work.kernels, window, output, part.strides),
            }
        }
    }
}

/// Joins runs that touch, so that the kernel's inner loop is long. The order stays: it is PyTorch's own, kernel taps
/// outside and channels inside, and sums in another order would differ from it in the last digits.
fn merge(segments: impl Iterator<Item = Segment>) -> Vec<Segment> {
    let mut merged: Vec<Segment> = Vec::new();
    for segment in segments {
        match merged.last_mut() {
            Some(last) if last.input + last.depth == segment.input => last.depth += segment.depth,
            _ => merged.push(segment),
        }
    }
    merged
}
