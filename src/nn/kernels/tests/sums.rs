//! Products and depthwise sums against double precision.

use super::*;

/// Fails where a sum is further from the exact one than the roundings of its terms allow, or where a number outside
/// the rows was written.
fn check_rows(
    found: &[f32],
    rows: usize,
    columns: usize,
    stride: usize,
    exact: impl Fn(usize, usize) -> (f64, f64),
    what: &str,
) {
    for (at, &found) in found.iter().enumerate() {
        let (row, column) = (at / stride, at % stride);
        if row < rows && column < columns {
            let (sum, room) = exact(row, column);
            let error = (f64::from(found) - sum).abs();
            assert!(error <= room, "row {row}, column {column}: {found}, expected {sum}: {what}");
        } else {
            assert!(found == SENTINEL, "wrote {found} at {at}, outside the rows: {what}");
        }
    }
}

/// A sum of `terms` numbers rounds each partial sum, which is never above `size`, the sum of their magnitudes.
fn room(terms: usize, size: f64) -> f64 {
    (terms + 1) as f64 * f64::from(f32::EPSILON) / 2.0 * size
}

/// Every count of columns about the widths of vector and panel, and any up to three panels; every count of rows that a
/// pass can hold, and some more.
fn rows_and_columns(rng: &mut ChaCha8Rng, round: usize) -> (usize, usize) {
    // One of each way through the panels, with columns behind the first pass: past the end of the last row of weights.
    const ROWS: [usize; 12] = [1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 13];
    const COLUMNS: [usize; 12] = [8, 20, 70, 40, 129, 17, 100, 25, 136, 12, 130, 33];
    if cfg!(miri) {
        return (ROWS[round % 12], COLUMNS[round % 12]);
    }
    (rng.random_range(1..=40), if round < 40 { round + 1 } else { rng.random_range(1..=300) })
}

#[test]
fn products_equal_the_sums_in_double_precision_in_every_choice() {
    let mut rng = rng(1);
    for round in 0..rounds(250) {
        let (rows, columns) = rows_and_columns(&mut rng, round);
        let mut segments = Vec::new();
        let mut reach = 0;
        for _ in 0..rng.random_range(0..=4) {
            let (gap, depth) = (rng.random_range(0..4), rng.random_range(1..=13));
            segments.push(Segment { input: reach + gap, depth });
            reach += gap + depth;
        }
        // Rows of input may overlap, as the windows of a convolution do; rows of output may not.
        let input_stride = rng.random_range(0..=reach + 3);
        let output_stride = columns + rng.random_range(0..5) * rng.random_range(0..20);
        let strides = Strides { rows, input: input_stride, output: output_stride };
        let depth: usize = segments.iter().map(|segment| segment.depth).sum();
        let weights = random(&mut rng, depth * columns);
        let bias = random(&mut rng, columns);
        let input = random(&mut rng, (rows - 1) * input_stride + reach);
        let product = Product::new(
            segments.clone(),
            columns,
            |row, column| weights[row * columns + column],
            bias.clone(),
        );
        assert_eq!(product.multiply_adds(), depth * columns);
        let exact = |row: usize, column: usize| {
            let inputs = segments.iter().flat_map(|s| s.input..s.input + s.depth);
            let terms = inputs.enumerate().map(|(k, i)| {
                f64::from(input[row * input_stride + i]) * f64::from(weights[k * columns + column])
            });
            let bias = f64::from(bias[column]);
            let (sum, size) = terms.fold((bias, bias.abs()), |(sum, size), v| (sum + v, size + v.abs()));
            (sum, room(2 * depth, size))
        };
        for kernels in Kernels::available() {
            // Exactly as long as needed, or longer.
            let length = (rows - 1) * output_stride + columns + (round % 2) * 37;
            let mut output = vec![SENTINEL; length];
            product.run(kernels, &input, &mut output, strides);
            let what = format!("{} {strides:?} {columns} columns {segments:?}", kernels.name());
            check_rows(&output, rows, columns, output_stride, exact, &what);
        }
    }
}

#[test]
fn depthwise_sums_equal_those_in_double_precision_in_every_choice() {
    let mut rng = rng(2);
    for round in 0..rounds(250) {
        let (rows, channels) = rows_and_columns(&mut rng, round);
        let taps: Vec<usize> = (0..rng.random_range(0..=9)).map(|_| rng.random_range(0..200)).collect();
        let reach = taps.iter().max().map_or(0, |tap| tap + channels);
        let strides = Strides {
            rows,
            input: rng.random_range(0..=2 * channels),
            output: channels + rng.random_range(0..3) * channels + rng.random_range(0..9),
        };
        let weights = random(&mut rng, taps.len() * channels);
        let bias = random(&mut rng, channels);
        let input = random(&mut rng, (rows - 1) * strides.input + reach);
        let sums = Depthwise::new(taps.clone(), |k, c| weights[k * channels + c], bias.clone());
        assert_eq!(sums.multiply_adds(), taps.len() * channels);
        let exact = |row: usize, c: usize| {
            let terms = taps.iter().enumerate().map(|(k, tap)| {
                f64::from(input[row * strides.input + tap + c]) * f64::from(weights[k * channels + c])
            });
            let bias = f64::from(bias[c]);
            let (sum, size) = terms.fold((bias, bias.abs()), |(sum, size), v| (sum + v, size + v.abs()));
            (sum, room(2 * taps.len(), size))
        };
        for kernels in Kernels::available() {
            let mut output = vec![SENTINEL; (rows - 1) * strides.output + channels + (round % 2) * 37];
            sums.run(kernels, &input, &mut output, strides);
            let what = format!("{} {strides:?} {channels} channels {taps:?}", kernels.name());
            check_rows(&output, rows, channels, strides.output, exact, &what);
        }
    }
}

#[test]
fn a_product_of_no_rows_writes_nothing() {
    let product = Product::dense(3, 5, |_, _| 1.0, vec![0.0; 5]);
    let depthwise = Depthwise::new(vec![0, 1], |_, _| 1.0, vec![0.0; 5]);
    let strides = Strides { rows: 0, input: 3, output: 5 };
    for kernels in Kernels::available() {
        let mut output = [SENTINEL; 7];
        product.run(kernels, &[], &mut output, strides);
        depthwise.run(kernels, &[], &mut output, strides);
        assert_eq!(output, [SENTINEL; 7], "{}", kernels.name());
    }
}

/// As a transposed convolution has where its stride leaves outputs that no tap reaches.
#[test]
fn sums_of_no_terms_are_their_biases_and_need_no_input() {
    for columns in [5, 20, 140] {
        let bias: Vec<f32> = (0..columns).map(|column| column as f32).collect();
        let product = Product::new(Vec::new(), columns, |_, _| 1.0, bias.clone());
        let depthwise = Depthwise::new(Vec::new(), |_, _| 1.0, bias.clone());
        let strides = Strides { rows: 7, input: 0, output: columns };
        for kernels in Kernels::available() {
            let (mut sums, mut apart) = (vec![SENTINEL; 7 * columns], vec![SENTINEL; 7 * columns]);
            product.run(kernels, &[], &mut sums, strides);
            depthwise.run(kernels, &[], &mut apart, strides);
            assert_eq!(sums, bias.repeat(7), "{}", kernels.name());
            assert_eq!(apart, sums, "{}", kernels.name());
        }
    }
}
