//! Convolutions as explicit matrices, in `f64`: the slow and plain form that every fast layer is compared with.
//!
//! Slide the kernel over a zero-filled grid of the input's size. Each position, flattened, is a column;
//! the columns together are the matrix `M`, (input size) x (output size), and
//!
//! ```text
//! convolution              y = M^T x      gathers: each output reads the cells under one position
//! transposed convolution   z = M y        scatters: each input stamps the kernel, scaled, at one position
//! ```
//!
//! So the sizes of the transposed convolution are those of the convolution the other way round. Weights are
//! laid out as in PyTorch, arrays are (time, bins, channels). Inputs must be finite: the product multiplies
//! the zeros of `M` too, and a NaN would spread to every output.
#![allow(dead_code)] // every test binary and the example use a part of it

use ndarray::{Array1, Array2, Array3, Array4, ArrayView2, Axis, Slice, s};

/// How a kernel slides over a (time x frequency) grid; every pair is (time, frequency).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slide {
    /// Cells from one position to the next.
    pub stride: [usize; 2],
    /// Zeros around the grid, at both ends: a transposed convolution cuts them off its output.
    pub padding: [usize; 2],
    /// Cells from one weight to the next.
    pub dilation: [usize; 2],
}

impl Default for Slide {
    fn default() -> Self {
        Slide { stride: [1, 1], padding: [0, 0], dilation: [1, 1] }
    }
}

/// A kernel for every pair of channels, and a bias for every output channel.
#[derive(Clone, Debug)]
pub struct Weights {
    /// Convolution: (out, in / groups, time, frequency). Transposed: (in, out / groups, time, frequency).
    pub kernel: Array4<f64>,
    /// One value for each output channel, added once to every output cell.
    pub bias: Array1<f64>,
}

/// A layer that is causal but for `look_ahead` frames: stride 1 along time, and a label for its output.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Causal {
    /// Frames after `t` that the output labelled `t` may read: `0 ..= (kernel - 1) * dilation`.
    pub look_ahead: usize,
    /// Steps between the weights (time, frequency).
    pub dilation: [usize; 2],
    /// Stride along frequency.
    pub stride: usize,
    /// Padding along frequency.
    pub padding: usize,
    /// Bins given back at the far end; a transposed convolution only.
    pub output_padding: usize,
    /// Groups of channels that don't see each other.
    pub groups: usize,
}

impl Default for Causal {
    fn default() -> Self {
        Causal { look_ahead: 0, dilation: [1, 1], stride: 1, padding: 0, output_padding: 0, groups: 1 }
    }
}

impl Causal {
    /// The slide of the layer once time has been padded, or before it is cut, by hand.
    fn slide(&self) -> Slide {
        Slide { stride: [1, self.stride], padding: [0, self.padding], dilation: self.dilation }
    }

    /// `(K - 1) * D`, the surplus frames along time, once `look_ahead` is known to fit in it.
    fn surplus(&self, kernel: usize) -> Result<usize, String> {
        let surplus = kernel.saturating_sub(1) * self.dilation[0];
        if self.look_ahead > surplus {
            return Err(format!("look-ahead {} in a kernel that spans {surplus} frames", self.look_ahead));
        }
        Ok(surplus)
    }
}

/// Positions of the kernel along `axis`: `floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1`.
pub fn convolution_size(size: usize, kernel: usize, slide: &Slide, axis: usize) -> Result<usize, String> {
    let span = span(kernel, slide, axis)?;
    match (size + 2 * slide.padding[axis]).checked_sub(span) {
        Some(room) => Ok(room / slide.stride[axis] + 1),
        None => Err(format!("kernel spans {span} cells of axis {axis}, input has {size}")),
    }
}

/// Size of the transposed output along `axis`:
/// `(size - 1) stride - 2 padding + dilation (kernel - 1) + output_padding + 1`.
pub fn transposed_size(
    size: usize,
    kernel: usize,
    slide: &Slide,
    output_padding: usize,
    axis: usize,
) -> Result<usize, String> {
    let span = span(kernel, slide, axis)?;
    let limit = slide.stride[axis].max(slide.dilation[axis]);
    if output_padding >= limit {
        return Err(format!("output padding {output_padding} on axis {axis} must be below {limit}"));
    }
    if size == 0 {
        return Err(format!("axis {axis} of the input is empty"));
    }
    match ((size - 1) * slide.stride[axis] + span + output_padding).checked_sub(2 * slide.padding[axis]) {
        Some(cells) if cells > 0 => Ok(cells),
        _ => Err(format!("padding cuts away all of axis {axis}")),
    }
}

/// Cells from the first weight to the last, both counted: `dilation (kernel - 1) + 1`.
fn span(kernel: usize, slide: &Slide, axis: usize) -> Result<usize, String> {
    if kernel == 0 || slide.stride[axis] == 0 || slide.dilation[axis] == 0 {
        return Err(format!("kernel, stride and dilation of axis {axis} must not be zero"));
    }
    Ok(slide.dilation[axis] * (kernel - 1) + 1)
}

/// The matrix `M` of a convolution over a grid: (input cells) x (output cells), used as `y = M^T x`.
pub fn convolution_matrix(
    grid: [usize; 2],
    kernel: ArrayView2<f64>,
    slide: &Slide,
) -> Result<Array2<f64>, String> {
    let positions = [
        convolution_size(grid[0], kernel.nrows(), slide, 0)?,
        convolution_size(grid[1], kernel.ncols(), slide, 1)?,
    ];
    Ok(columns(grid, positions, kernel, slide))
}

/// The matrix `M` of a transposed convolution: (output cells) x (input cells), used as `z = M y`.
///
/// It is the matrix of the convolution over a grid of the output's size. `output_padding` makes that
/// grid larger at the far end; the kernel that reaches there is no longer cut.
pub fn transposed_matrix(
    grid: [usize; 2],
    kernel: ArrayView2<f64>,
    slide: &Slide,
    output_padding: [usize; 2],
) -> Result<Array2<f64>, String> {
    let output = [
        transposed_size(grid[0], kernel.nrows(), slide, output_padding[0], 0)?,
        transposed_size(grid[1], kernel.ncols(), slide, output_padding[1], 1)?,
    ];
    Ok(columns(output, grid, kernel, slide))
}

/// One column for each position: the kernel laid on a zero grid, flattened. Weights on the padding are dropped.
fn columns(grid: [usize; 2], positions: [usize; 2], kernel: ArrayView2<f64>, slide: &Slide) -> Array2<f64> {
    let mut matrix = Array2::zeros((grid[0] * grid[1], positions[0] * positions[1]));
    let cell = |axis: usize, position: usize, weight: usize| {
        (position * slide.stride[axis] + weight * slide.dilation[axis])
            .checked_sub(slide.padding[axis])
            .filter(|&cell| cell < grid[axis])
    };
    for time in 0..positions[0] {
        for bin in 0..positions[1] {
            for ((row, column), &weight) in kernel.indexed_iter() {
                if let (Some(row), Some(column)) = (cell(0, time, row), cell(1, bin, column)) {
                    matrix[[row * grid[1] + column, time * positions[1] + bin]] = weight;
                }
            }
        }
    }
    matrix
}

/// A convolution of all channels: the products of all channel pairs of a group, summed, plus the bias.
pub fn convolution(
    input: &Array3<f64>,
    weights: &Weights,
    slide: &Slide,
    groups: usize,
) -> Result<Array3<f64>, String> {
    let (frames, bins, channels) = input.dim();
    let (outputs, inputs_of_group, kernel_time, kernel_bins) = weights.kernel.dim();
    check_channels([channels, inputs_of_group * groups], outputs, groups, weights)?;
    let size =
        (convolution_size(frames, kernel_time, slide, 0)?, convolution_size(bins, kernel_bins, slide, 1)?);
    let mut output = biased(size, &weights.bias);
    for to in 0..outputs {
        let group = to / (outputs / groups);
        for member in 0..inputs_of_group {
            let from = group * inputs_of_group + member;
            let matrix =
                convolution_matrix([frames, bins], weights.kernel.slice(s![to, member, .., ..]), slide)?;
            add(&mut output, to, matrix.t().dot(&flat(input, from)));
        }
    }
    Ok(output)
}

/// A transposed convolution of all channels.
pub fn transposed_convolution(
    input: &Array3<f64>,
    weights: &Weights,
    slide: &Slide,
    output_padding: [usize; 2],
    groups: usize,
) -> Result<Array3<f64>, String> {
    let (frames, bins, channels) = input.dim();
    let (inputs, outputs_of_group, kernel_time, kernel_bins) = weights.kernel.dim();
    check_channels([channels, inputs], outputs_of_group * groups, groups, weights)?;
    let size = (
        transposed_size(frames, kernel_time, slide, output_padding[0], 0)?,
        transposed_size(bins, kernel_bins, slide, output_padding[1], 1)?,
    );
    let mut output = biased(size, &weights.bias);
    for from in 0..inputs {
        let group = from / (inputs / groups);
        for member in 0..outputs_of_group {
            let to = group * outputs_of_group + member;
            let kernel = weights.kernel.slice(s![from, member, .., ..]);
            let matrix = transposed_matrix([frames, bins], kernel, slide, output_padding)?;
            add(&mut output, to, matrix.dot(&flat(input, from)));
        }
    }
    Ok(output)
}

/// The convolution of a streaming layer, whole clip at once, as many frames out as in.
///
/// ```text
/// y[t] = b + sum_k W[k] x[t + a - (K-1-k) D]      kernel K, dilation D, look-ahead a
/// ```
///
/// `(K-1) D - a` zero frames are padded in front and `a` behind.
pub fn convolve(input: &Array3<f64>, weights: &Weights, config: &Causal) -> Result<Array3<f64>, String> {
    if config.output_padding != 0 {
        return Err("a convolution has no output padding".to_string());
    }
    let (frames, bins, channels) = input.dim();
    let (outputs, _, kernel_time, kernel_bins) = weights.kernel.dim();
    let surplus = config.surplus(kernel_time)?;
    if frames == 0 {
        let bins = convolution_size(bins, kernel_bins, &config.slide(), 1)?;
        return Ok(Array3::zeros((0, bins, outputs)));
    }
    let front = surplus - config.look_ahead;
    let mut padded = Array3::zeros((frames + surplus, bins, channels));
    padded.slice_mut(s![front..front + frames, .., ..]).assign(input);
    convolution(&padded, weights, &config.slide(), config.groups)
}

/// The transposed convolution of a streaming layer, whole clip at once, as many frames out as in.
///
/// ```text
/// z[j] = b + sum_k W[k] x[j - k D]      kernel K, dilation D
/// y[t] = z[t + a]                       look-ahead a
/// ```
///
/// `a` frames are cut in front and `(K-1) D - a` behind.
pub fn convolve_transposed(
    input: &Array3<f64>,
    weights: &Weights,
    config: &Causal,
) -> Result<Array3<f64>, String> {
    let (frames, bins, _) = input.dim();
    let (_, outputs_of_group, kernel_time, kernel_bins) = weights.kernel.dim();
    config.surplus(kernel_time)?;
    if frames == 0 {
        let bins = transposed_size(bins, kernel_bins, &config.slide(), config.output_padding, 1)?;
        return Ok(Array3::zeros((0, bins, outputs_of_group * config.groups)));
    }
    let output_padding = [0, config.output_padding];
    let full = transposed_convolution(input, weights, &config.slide(), output_padding, config.groups)?;
    let kept = Slice::from(config.look_ahead..config.look_ahead + frames);
    Ok(full.slice_axis(Axis(0), kept).to_owned())
}

/// `inputs` holds the channels found in the input and those the weights are made for.
fn check_channels(
    inputs: [usize; 2],
    outputs: usize,
    groups: usize,
    weights: &Weights,
) -> Result<(), String> {
    let [found, expected] = inputs;
    if groups == 0 || !found.is_multiple_of(groups) || !outputs.is_multiple_of(groups) {
        return Err(format!("{groups} groups do not divide {found} inputs and {outputs} outputs"));
    }
    if found != expected {
        return Err(format!("weights are for {expected} input channels, input has {found}"));
    }
    if weights.bias.len() != outputs {
        return Err(format!("bias has {} values for {outputs} output channels", weights.bias.len()));
    }
    Ok(())
}

/// The cells of one channel, flattened in the order of the matrix rows.
fn flat(grid: &Array3<f64>, channel: usize) -> Array1<f64> {
    grid.index_axis(Axis(2), channel).iter().copied().collect()
}

/// An output of (time, bins) cells that holds nothing but the bias of each channel.
fn biased(size: (usize, usize), bias: &Array1<f64>) -> Array3<f64> {
    Array3::from_shape_fn((size.0, size.1, bias.len()), |(_, _, channel)| bias[channel])
}

fn add(output: &mut Array3<f64>, channel: usize, product: Array1<f64>) {
    for (cell, value) in output.index_axis_mut(Axis(2), channel).iter_mut().zip(product) {
        *cell += value;
    }
}
