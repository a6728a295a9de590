//! The oracle is checked before anything is checked against it: by numbers worked by hand, by the identities
//! that tie a convolution to its transpose, and by sums written a second time without any matrix.

#[path = "common/matrix.rs"]
mod matrix;
#[path = "common/reference.rs"]
mod reference;

use matrix::{
    Causal, Slide, Weights, convolution_matrix, convolution_size, convolve, convolve_transposed,
    transposed_convolution, transposed_matrix, transposed_size,
};
use ndarray::{Array1, Array2, Array3, Array4, arr1, arr2, s};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A one-dimensional signal as a grid of one channel, along time or along frequency.
fn along_time(values: &[f64]) -> Array3<f64> {
    Array3::from_shape_vec((values.len(), 1, 1), values.to_vec()).unwrap()
}

fn along_bins(values: &[f64]) -> Array3<f64> {
    Array3::from_shape_vec((1, values.len(), 1), values.to_vec()).unwrap()
}

/// A kernel of one channel pair, along time or along frequency.
fn kernel_in_time(values: &[f64], bias: f64) -> Weights {
    let kernel = Array4::from_shape_vec((1, 1, values.len(), 1), values.to_vec()).unwrap();
    let bias = arr1(&[bias]);
    Weights { kernel, bias }
}

fn kernel_in_bins(values: &[f64], bias: f64) -> Weights {
    let kernel = Array4::from_shape_vec((1, 1, 1, values.len()), values.to_vec()).unwrap();
    let bias = arr1(&[bias]);
    Weights { kernel, bias }
}

fn values(array: &Array3<f64>) -> Vec<f64> {
    array.iter().copied().collect()
}

fn random<D: ndarray::Dimension, S: ndarray::ShapeBuilder<Dim = D>>(
    shape: S,
    rng: &mut ChaCha8Rng,
) -> ndarray::Array<f64, D> {
    ndarray::Array::from_shape_simple_fn(shape, || rng.random_range(-1.0..1.0))
}

fn assert_close(found: &Array3<f64>, expected: &Array3<f64>, case: &str) {
    assert_eq!(found.dim(), expected.dim(), "{case}");
    for (place, value) in found.indexed_iter() {
        let difference = (value - expected[place]).abs();
        assert!(difference < 1e-12, "{case}: at {place:?} {value} instead of {}", expected[place]);
    }
}

// Numbers worked by hand.

#[test]
fn strided_transposed_convolution_cut_at_the_end_overlaps_in_pairs() {
    // Stamps of four ones, two cells apart: 1 1 (1+2)(1+2) (2+4)(2+4) (4+8)(4+8) 8 8, the surplus of two cut behind.
    for (bias, expected) in
        [(0.0, [1., 1., 3., 3., 6., 6., 12., 12.]), (10.0, [11., 11., 13., 13., 16., 16., 22., 22.])]
    {
        let slide = Slide { stride: [2, 1], ..Slide::default() };
        let weights = kernel_in_time(&[1.0; 4], bias);
        let full =
            transposed_convolution(&along_time(&[1., 2., 4., 8.]), &weights, &slide, [0, 0], 1).unwrap();
        assert_eq!(full.len(), 10);
        assert_eq!(values(&full)[..8], expected);
        assert_eq!(values(&full)[8..], [8.0 + bias, 8.0 + bias]);
    }
}

#[test]
fn output_padding_gives_back_what_padding_cut_at_the_far_end() {
    let weights = kernel_in_bins(&[3.0, 5.0, 7.0], 0.0);
    let config = Causal { stride: 2, padding: 1, output_padding: 1, ..Causal::default() };
    let output = convolve_transposed(&along_bins(&[1.0]), &weights, &config).unwrap();
    assert_eq!(values(&output), [5.0, 7.0]);

    let without = Causal { output_padding: 0, ..config };
    let output = convolve_transposed(&along_bins(&[1.0]), &weights, &without).unwrap();
    assert_eq!(values(&output), [5.0]);
}

#[test]
fn output_padding_beyond_the_kernel_holds_the_bias() {
    let weights = kernel_in_bins(&[3.0, 5.0, 7.0], 0.5);
    let config = Causal { stride: 2, output_padding: 1, ..Causal::default() };
    let output = convolve_transposed(&along_bins(&[1.0, 10.0]), &weights, &config).unwrap();
    assert_eq!(values(&output), [3.5, 5.5, 37.5, 50.5, 70.5, 0.5]);
}

#[test]
fn transposed_size_counts_the_dilation() {
    let slide = Slide { dilation: [1, 2], ..Slide::default() };
    assert_eq!(transposed_size(10, 3, &slide, 0, 1), Ok(14));
    assert_eq!(convolution_size(14, 3, &slide, 1), Ok(10));
}

#[test]
fn matrix_columns_are_the_flattened_positions() {
    let kernel = arr2(&[[1., 2.], [3., 4.]]);
    let matrix = convolution_matrix([2, 3], kernel.view(), &Slide::default()).unwrap();
    let expected = arr2(&[[1., 0.], [2., 1.], [0., 2.], [3., 0.], [4., 3.], [0., 4.]]);
    assert_eq!(matrix, expected);
    assert_eq!(transposed_matrix([1, 2], kernel.view(), &Slide::default(), [0, 0]).unwrap(), expected);
}

#[test]
fn bias_is_added_once_where_every_channel_and_stamp_overlaps() {
    let weights = Weights { kernel: Array4::ones((3, 1, 2, 2)), bias: arr1(&[0.25]) };
    let output = convolve_transposed(&Array3::ones((2, 2, 3)), &weights, &Causal::default()).unwrap();
    assert_eq!(values(&output), [3.25, 6.25, 3.25, 6.25, 12.25, 6.25]);
}

#[test]
fn square_weights_are_read_in_the_layout_of_their_kind() {
    // A single weight leads from channel 0 to channel 1.
    let input = Array3::from_shape_vec((1, 1, 2), vec![1.0, 10.0]).unwrap();
    let bias = arr1(&[0.0, 0.0]);
    let mut kernel = Array4::zeros((2, 2, 1, 1));
    kernel[[1, 0, 0, 0]] = 1.0;
    let weights = Weights { kernel, bias };
    assert_eq!(values(&convolve(&input, &weights, &Causal::default()).unwrap()), [0.0, 1.0]);
    assert_eq!(values(&convolve_transposed(&input, &weights, &Causal::default()).unwrap()), [10.0, 0.0]);
}

#[test]
fn impossible_sizes_and_shapes_are_errors() {
    let slide = Slide { stride: [1, 2], dilation: [1, 3], ..Slide::default() };
    assert!(convolution_size(6, 3, &slide, 1).is_err(), "the kernel spans seven");
    assert!(convolution_size(7, 0, &slide, 1).is_err());
    assert!(transposed_size(4, 3, &slide, 2, 1).is_ok(), "below the dilation");
    assert!(transposed_size(4, 3, &slide, 3, 1).is_err(), "max(stride, dilation)");
    assert!(transposed_size(0, 3, &slide, 0, 1).is_err());
    let cut = Slide { padding: [1, 1], ..Slide::default() };
    assert!(transposed_size(1, 2, &cut, 0, 1).is_err(), "nothing left");

    let input = along_time(&[1.0, 2.0]);
    let weights = kernel_in_time(&[1.0, 2.0, 3.0], 0.0);
    let refused = |config: Causal| {
        convolve(&input, &weights, &config).is_err()
            && convolve_transposed(&input, &weights, &config).is_err()
    };
    assert!(!refused(Causal { look_ahead: 2, ..Causal::default() }));
    assert!(refused(Causal { look_ahead: 3, ..Causal::default() }));
    assert!(refused(Causal { groups: 2, ..Causal::default() }));
    assert!(refused(Causal { groups: 0, ..Causal::default() }));
}

// The causal pair.

#[test]
fn causal_convolution_pads_in_front_and_transposed_cuts_behind() {
    let input = along_time(&[1., 10., 100., 1000.]);
    let weights = kernel_in_time(&[1., 2., 3.], 0.5);
    let at = |look_ahead| Causal { look_ahead, ..Causal::default() };

    let plain = |look_ahead| values(&convolve(&input, &weights, &at(look_ahead)).unwrap());
    assert_eq!(plain(0), [3.5, 32.5, 321.5, 3210.5]);
    assert_eq!(plain(1), [32.5, 321.5, 3210.5, 2100.5]);
    assert_eq!(plain(2), [321.5, 3210.5, 2100.5, 1000.5]);

    let transposed = |look_ahead| values(&convolve_transposed(&input, &weights, &at(look_ahead)).unwrap());
    assert_eq!(transposed(0), [1.5, 12.5, 123.5, 1230.5]);
    assert_eq!(transposed(1), [12.5, 123.5, 1230.5, 2300.5]);
    assert_eq!(transposed(2), [123.5, 1230.5, 2300.5, 3000.5]);
}

#[test]
fn a_clip_of_no_frames_gives_no_frames() {
    let config = Causal { stride: 2, padding: 1, output_padding: 1, groups: 2, ..Causal::default() };
    let weights = Weights { kernel: Array4::ones((4, 2, 3, 3)), bias: Array1::ones(4) };
    let output = convolve_transposed(&Array3::zeros((0, 5, 4)), &weights, &config).unwrap();
    assert_eq!(output.dim(), (0, 10, 4));
    let plain = Causal { output_padding: 0, ..config };
    assert_eq!(convolve(&Array3::zeros((0, 5, 4)), &weights, &plain).unwrap().dim(), (0, 3, 4));
}

#[test]
fn transposed_equals_convolution_with_the_kernel_turned_round() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    for _ in 0..100 {
        let (frames, taps) = (rng.random_range(1..9), rng.random_range(1..5));
        let dilation = [rng.random_range(1..4), 1];
        let look_ahead = rng.random_range(0..=(taps - 1) * dilation[0]);
        let config = Causal { look_ahead, dilation, ..Causal::default() };
        let input = random((frames, 3, 1), &mut rng);
        let kernel = random((1, 1, taps, 1), &mut rng);
        let turned = kernel.slice(s![.., .., ..;-1, ..]).to_owned();
        let bias = random(1, &mut rng);
        let transposed =
            convolve_transposed(&input, &Weights { kernel, bias: bias.clone() }, &config).unwrap();
        let plain = convolve(&input, &Weights { kernel: turned, bias }, &config).unwrap();
        assert_close(&transposed, &plain, &format!("{config:?}"));
    }
}

// Random layers against the same sums without a matrix.

struct Layer {
    config: Causal,
    weights: Weights,
    input: Array3<f64>,
}

impl Layer {
    /// Draws until the sizes are possible; groups are one, some, or depthwise, with unequal channel counts.
    fn draw(transposed: bool, rng: &mut ChaCha8Rng) -> (Layer, usize) {
        loop {
            let groups = rng.random_range(1..4);
            let (inputs, outputs) = (groups * rng.random_range(1..4), groups * rng.random_range(1..4));
            let (taps, width) = (rng.random_range(1..4), rng.random_range(1..5));
            let dilation = [rng.random_range(1..4), rng.random_range(1..4)];
            let stride = rng.random_range(1..4);
            let slack = if transposed { stride.max(dilation[1]) } else { 1 };
            let config = Causal {
                look_ahead: rng.random_range(0..=(taps - 1) * dilation[0]),
                dilation,
                stride,
                padding: rng.random_range(0..4),
                output_padding: rng.random_range(0..slack),
                groups,
            };
            let (frames, bins) = (rng.random_range(1..7), rng.random_range(1..10));
            let slide = Slide { stride: [1, stride], padding: [0, config.padding], dilation };
            let (shape, size) = if transposed {
                let size = transposed_size(bins, width, &slide, config.output_padding, 1);
                ((inputs, outputs / groups, taps, width), size)
            } else {
                ((outputs, inputs / groups, taps, width), convolution_size(bins, width, &slide, 1))
            };
            let Ok(size) = size else { continue };
            let weights = Weights { kernel: random(shape, rng), bias: random(outputs, rng) };
            let input = random((frames, bins, inputs), rng);
            return (Layer { config, weights, input }, size);
        }
    }

    /// The value of the input, zero outside of the clip and of the bins.
    fn read(&self, frame: isize, bin: isize, channel: usize) -> f64 {
        let (frames, bins, _) = self.input.dim();
        if frame < 0 || bin < 0 || frame >= frames as isize || bin >= bins as isize {
            return 0.0;
        }
        self.input[[frame as usize, bin as usize, channel]]
    }

    /// `y[t, f, o] = b + sum W[o, i, k, m] x[t + a - (K-1-k) D, f stride + m dilation - padding, i]`.
    fn convolved(&self, bins: usize) -> Array3<f64> {
        let Causal { look_ahead, dilation, stride, padding, groups, .. } = self.config;
        let (outputs, members, taps, width) = self.weights.kernel.dim();
        Array3::from_shape_fn((self.input.dim().0, bins, outputs), |(time, bin, to)| {
            let mut sum = self.weights.bias[to];
            for member in 0..members {
                let from = to / (outputs / groups) * members + member;
                for tap in 0..taps {
                    let frame = (time + look_ahead) as isize - ((taps - 1 - tap) * dilation[0]) as isize;
                    for cell in 0..width {
                        let place = (bin * stride + cell * dilation[1]) as isize - padding as isize;
                        sum += self.weights.kernel[[to, member, tap, cell]] * self.read(frame, place, from);
                    }
                }
            }
            sum
        })
    }

    /// `y[t, f, o] = b + sum W[i, o, k, m] x[t + a - k D, g, i]` over all `g, m` with `g stride + m dilation - padding = f`.
    fn transposed(&self, bins: usize) -> Array3<f64> {
        let Causal { look_ahead, dilation, stride, padding, groups, .. } = self.config;
        let (inputs, members, taps, width) = self.weights.kernel.dim();
        Array3::from_shape_fn((self.input.dim().0, bins, members * groups), |(time, bin, to)| {
            let mut sum = self.weights.bias[to];
            for from in (0..inputs).filter(|from| from / (inputs / groups) == to / members) {
                for tap in 0..taps {
                    let frame = (time + look_ahead) as isize - (tap * dilation[0]) as isize;
                    for cell in 0..width {
                        let scattered = (bin + padding) as isize - (cell * dilation[1]) as isize;
                        if scattered % stride as isize == 0 {
                            let value = self.read(frame, scattered / stride as isize, from);
                            sum += self.weights.kernel[[from, to % members, tap, cell]] * value;
                        }
                    }
                }
            }
            sum
        })
    }
}

#[test]
fn convolution_equals_direct_sums_for_random_layers() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for _ in 0..300 {
        let (layer, bins) = Layer::draw(false, &mut rng);
        let output = convolve(&layer.input, &layer.weights, &layer.config).unwrap();
        assert_close(&output, &layer.convolved(bins), &format!("{:?}", layer.config));
    }
}

#[test]
fn transposed_convolution_equals_direct_sums_for_random_layers() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    for _ in 0..300 {
        let (layer, bins) = Layer::draw(true, &mut rng);
        let output = convolve_transposed(&layer.input, &layer.weights, &layer.config).unwrap();
        assert_close(&output, &layer.transposed(bins), &format!("{:?}", layer.config));
    }
}

#[test]
fn a_changed_frame_reaches_outputs_from_n_minus_a_and_none_before() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for case in 0..100 {
        let transposed = case % 2 == 1;
        let (mut layer, _) = Layer::draw(transposed, &mut rng);
        let run = if transposed { convolve_transposed } else { convolve };
        let before = run(&layer.input, &layer.weights, &layer.config).unwrap();
        let changed = rng.random_range(0..layer.input.dim().0);
        layer.input.slice_mut(s![changed, .., ..]).fill(1e6);
        let after = run(&layer.input, &layer.weights, &layer.config).unwrap();
        let first = changed.saturating_sub(layer.config.look_ahead);
        assert_eq!(before.slice(s![..first, .., ..]), after.slice(s![..first, .., ..]), "{:?}", layer.config);
        if layer.config.padding == 0 && changed >= layer.config.look_ahead {
            assert_ne!(before.slice(s![first, .., ..]), after.slice(s![first, .., ..]), "{:?}", layer.config);
        }
    }
}

// A convolution and its transpose.

fn draw_slide(rng: &mut ChaCha8Rng) -> Slide {
    let mut pair = |low, high| [rng.random_range(low..high), rng.random_range(low..high)];
    Slide { stride: pair(1, 4), padding: pair(0, 3), dilation: pair(1, 4) }
}

#[test]
fn sizes_of_the_transposed_convolution_are_those_of_the_convolution_the_other_way_round() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut checked = 0;
    for _ in 0..500 {
        let slide = draw_slide(&mut rng);
        let (kernel, small) = (rng.random_range(1..5), rng.random_range(1..12));
        let Slide { stride: [stride, _], padding: [padding, _], dilation: [dilation, _] } = slide;
        if small * stride + dilation * (kernel - 1) < 2 * padding + stride {
            continue;
        }
        // Exactly `stride` sizes fall together under the floor, and output_padding names the one meant.
        let sizes: Vec<usize> =
            (1..80).filter(|&size| convolution_size(size, kernel, &slide, 0) == Ok(small)).collect();
        assert_eq!(sizes.len(), stride);
        for (output_padding, &size) in sizes.iter().enumerate() {
            assert_eq!(transposed_size(small, kernel, &slide, output_padding, 0), Ok(size), "{slide:?}");
        }
        checked += 1;
    }
    assert!(checked > 300);
}

#[test]
fn transposed_matrix_is_the_adjoint_of_the_convolution() {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let mut checked = 0;
    while checked < 200 {
        let slide = draw_slide(&mut rng);
        let grid = [rng.random_range(1..9), rng.random_range(1..9)];
        let kernel: Array2<f64> = random((rng.random_range(1..4), rng.random_range(1..4)), &mut rng);
        let axes = [(0, kernel.nrows()), (1, kernel.ncols())];
        let Ok(small) = axes
            .iter()
            .map(|&(axis, taps)| convolution_size(grid[axis], taps, &slide, axis))
            .collect::<Result<Vec<_>, _>>()
        else {
            continue;
        };
        let rest = |axis: usize, taps: usize| {
            (grid[axis] + 2 * slide.padding[axis] - slide.dilation[axis] * (taps - 1) - 1)
                % slide.stride[axis]
        };
        let output_padding = [rest(0, kernel.nrows()), rest(1, kernel.ncols())];
        let forward = convolution_matrix(grid, kernel.view(), &slide).unwrap();
        let backward =
            transposed_matrix([small[0], small[1]], kernel.view(), &slide, output_padding).unwrap();
        assert_eq!(forward, backward, "{slide:?}");

        let large: Array1<f64> = random(forward.nrows(), &mut rng);
        let inner: Array1<f64> = random(forward.ncols(), &mut rng);
        let difference = forward.t().dot(&large).dot(&inner) - large.dot(&backward.dot(&inner));
        assert!(difference.abs() < 1e-12, "<M^T x, y> = <x, M y>: {slide:?}");
        checked += 1;
    }
}

// The references of the other layers.

/// One unit, one feature; every weight zero but the biases, one for each gate.
fn biases_only(input_bias: &[f64], hidden_bias: &[f64]) -> reference::Recurrent {
    reference::Recurrent {
        input: Array2::zeros((input_bias.len(), 1)),
        hidden: Array2::zeros((input_bias.len(), 1)),
        input_bias: arr1(input_bias),
        hidden_bias: arr1(hidden_bias),
    }
}

fn assert_column(found: &Array2<f64>, expected: &[f64]) {
    assert_eq!(found.dim(), (expected.len(), 1));
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-9, "{found} instead of {expected}");
    }
}

const OPEN: f64 = 100.0;
const SHUT: f64 = -100.0;

#[test]
fn gru_resets_the_recurrent_product_with_its_bias() {
    let silence = Array2::zeros((2, 1));
    // Gates at rest are one half: n = tanh(1 + 2/2), h = n/2, then n/2 + n/4.
    let new = 2f64.tanh();
    let states = reference::gru(&silence, &biases_only(&[0., 0., 1.], &[0., 0., 2.]));
    assert_column(&states, &[new / 2.0, new * 0.75]);
    // r shut leaves the input's bias alone; z shut takes n at once, z open keeps the zero state.
    let states = reference::gru(&silence, &biases_only(&[SHUT, SHUT, 1.], &[0., 0., 2.]));
    assert_column(&states, &[1f64.tanh(); 2]);
    let states = reference::gru(&silence, &biases_only(&[0., OPEN, 1.], &[0., 0., 2.]));
    assert_column(&states, &[0.0; 2]);
}

#[test]
fn gru_feeds_its_state_back() {
    let mut weights = biases_only(&[OPEN, SHUT, 0.], &[0.; 3]);
    weights.input[[2, 0]] = 0.5;
    weights.hidden[[2, 0]] = -1.0;
    let first = 1f64.tanh();
    let states = reference::gru(&arr2(&[[2.0], [4.0]]), &weights);
    assert_column(&states, &[first, (2.0 - first).tanh()]);
}

#[test]
fn lstm_gates_stand_in_the_order_enter_keep_candidate_show() {
    let silence = Array2::zeros((3, 1));
    let one = 1f64.tanh();
    let run = |gates: [f64; 4]| reference::lstm(&silence, &biases_only(&gates, &[0.; 4]));
    // All open: the cell counts up.
    assert_column(&run([OPEN, OPEN, 1., OPEN]), &[one.tanh(), (2. * one).tanh(), (3. * one).tanh()]);
    assert_column(&run([OPEN, SHUT, 1., OPEN]), &[one.tanh(); 3]);
    assert_column(&run([SHUT, OPEN, 1., OPEN]), &[0.0; 3]);
    assert_column(&run([OPEN, OPEN, 1., SHUT]), &[0.0; 3]);
}

#[test]
fn backward_states_belong_to_the_step_they_stand_at() {
    let mut weights = biases_only(&[OPEN, OPEN, 0., OPEN], &[0.; 4]);
    weights.input[[2, 0]] = 1.0;
    let sequence = arr2(&[[1.0], [0.0], [0.0]]);
    let states = reference::bidirectional(reference::lstm, &sequence, &weights, &weights);
    let seen = 1f64.tanh().tanh();
    assert_column(&states.slice(s![.., ..1]).to_owned(), &[seen; 3]);
    assert_column(&states.slice(s![.., 1..]).to_owned(), &[seen, 0.0, 0.0]);
}

#[test]
fn norms_divide_by_the_root_of_variance_plus_epsilon() {
    // Mean 3, variance 5, and 5 + 4 is a square.
    let input = arr1(&[0.0, 2.0, 4.0, 6.0]);
    let normed =
        reference::layer_norm(input.view(), &arr1(&[3.0, 3.0, 3.0, 6.0]), &arr1(&[0.0, 0.0, 1.0, 0.0]), 4.0);
    assert_eq!(normed, arr1(&[-3.0, -1.0, 2.0, 6.0]));

    let norm = reference::BatchNorm {
        mean: arr1(&[1.0]),
        variance: arr1(&[12.0]),
        scale: arr1(&[8.0]),
        shift: arr1(&[0.5]),
        epsilon: 4.0,
    };
    assert_eq!(values(&reference::batch_norm(&along_time(&[1.0, 3.0]), &norm)), [0.5, 4.5]);
}

#[test]
fn pointwise_functions_have_their_textbook_values() {
    let half = 0.5f64;
    assert_eq!(reference::sigmoid(0.0), half);
    assert_eq!([reference::relu(-2.0), reference::relu(2.0)], [0.0, 2.0]);
    assert_eq!([reference::prelu(-2.0, 0.25), reference::prelu(2.0, 0.25)], [-0.5, 2.0]);
    assert_eq!(reference::elu(3.0, 2.0), 3.0);
    assert!((reference::elu(half.ln(), 2.0) + 1.0).abs() < 1e-12);
    // sigmoid(ln 3) = 3/4.
    assert!((reference::silu(3f64.ln()) - 0.75 * 3f64.ln()).abs() < 1e-12);
    assert_eq!(reference::complex_product((1.0, 2.0), (3.0, 4.0)), (-5.0, 10.0));
    let linear = reference::linear(arr1(&[1.0, 2.0]).view(), &arr2(&[[1.0, 10.0]]), &arr1(&[0.5]));
    assert_eq!(linear, arr1(&[21.5]));
}

#[test]
fn shuffled_channels_take_turns_among_the_groups() {
    let input = Array3::from_shape_fn((1, 1, 6), |(_, _, channel)| channel as f64);
    assert_eq!(values(&reference::channel_shuffle(&input, 2)), [0., 3., 1., 4., 2., 5.]);
}
