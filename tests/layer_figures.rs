//! What layers say of themselves and refuse: work counted by its formula, tensors of other shapes refused by name.

use framewise::nn::{
    Add, Axes, BatchNorm, BinGru, BinLstm, ComplexMask, CompressedSpectrum, ConvConfig, FrameShape, Gru,
    Layer, LayerNorm, Linear, Lstm, MeanSquare, Multiply, NnError, PRelu, RecurrentWeights, TimeConv,
    TimeConvTranspose,
};
use ndarray::{Array1, Array2, Array4};

/// Multiply-adds of a frame of 5 bins and 4 channels, written out.
#[test]
fn work_is_counted_by_its_formula() {
    let (bins, channels) = (5, 4);
    let shape = FrameShape::new(bins, channels);
    let ones = |length: usize| Array1::<f32>::ones(length);
    let one = ones(channels);
    let conv = ConvConfig::new(shape, 6, Axes { time: 2, bins: 3 }).stride(2).padding(1);
    let grouped = conv.groups(2);
    let plain = |config: ConvConfig| {
        TimeConv::new(config, Array4::ones(config.weight_shape()).view(), ones(6).view()).unwrap()
    };
    let scattered = Array4::ones(conv.transposed_weight_shape());
    let transposed = TimeConvTranspose::new(conv, scattered.view(), ones(6).view()).unwrap();
    let per_frame = Array2::<f32>::ones((bins, channels));
    let linear = Array2::<f32>::ones((7, channels));
    let pair = [shape, shape];
    let complex = [FrameShape::new(bins, 2); 2];
    let norm = BatchNorm::from_affine(one.view(), one.view()).unwrap();
    let layers: [(&dyn Layer, &[FrameShape], usize); 13] = [
        (&norm, &pair[..1], bins * channels),
        (&LayerNorm::channels(one.view(), one.view(), 1e-5).unwrap(), &pair[..1], 3 * bins * channels),
        (
            &LayerNorm::frame(per_frame.view(), per_frame.view(), 1e-5).unwrap(),
            &pair[..1],
            3 * bins * channels,
        ),
        (&PRelu::new(one.view()).unwrap(), &pair[..1], bins * channels),
        (&MeanSquare, &pair[..1], bins * channels),
        (&Linear::new(linear.view(), ones(7).view()).unwrap(), &pair[..1], bins * channels * 7),
        (&Multiply, &pair, bins * channels),
        (&Add, &pair, 0),
        (&ComplexMask, &complex, 4 * bins),
        (&CompressedSpectrum::new(0.3), &complex[..1], 5 * bins),
        // Three bins out, each with all its taps: padding is multiplied as well.
        (&plain(conv), &pair[..1], 3 * (2 * 3) * channels * 6),
        (&plain(grouped), &pair[..1], 3 * (2 * 3) * channels * 6 / 2),
        // Each tap of each input bin lands on one of nine bins, but for the two that are cut.
        (&transposed, &pair[..1], 2 * (3 * bins - 2) * channels * 6),
    ];
    for (layer, inputs, expected) in layers {
        layer.output_shape(inputs).unwrap();
        assert_eq!(layer.multiply_adds(inputs), expected, "{}", layer.kind());
    }
}

/// Three or four gates of two units, each with a weight for every input and every unit, at each of five bins.
#[test]
fn work_of_recurrent_layers_is_counted_by_its_formula() {
    let (bins, hidden) = (5, 2);
    for inputs in [4, 2] {
        let gates = |gates: usize| {
            let rows = gates * hidden;
            (
                Array2::<f32>::ones((rows, inputs)),
                Array2::<f32>::ones((rows, hidden)),
                Array1::<f32>::ones(rows),
            )
        };
        let tensors = [gates(3), gates(4)];
        let [gru, lstm] = tensors.each_ref().map(|(ih, hh, bias)| RecurrentWeights {
            weight_ih: ih.view(),
            weight_hh: hh.view(),
            bias_ih: bias.view(),
            bias_hh: bias.view(),
        });
        let of = |gates: usize| bins * gates * hidden * (inputs + hidden);
        let one = [FrameShape::new(bins, inputs)];
        let two = [FrameShape::new(bins, 2 * inputs)];
        let layers: [(Box<dyn Layer>, &[FrameShape], usize); 7] = [
            (Box::new(Gru::new(gru).unwrap()), &one, of(3)),
            (Box::new(Lstm::new(lstm).unwrap()), &one, of(4)),
            (Box::new(Gru::grouped(&[gru, gru]).unwrap()), &two, 2 * of(3)),
            (Box::new(BinGru::upward(gru).unwrap()), &one, of(3)),
            (Box::new(BinGru::both(gru, gru).unwrap()), &one, 2 * of(3)),
            (Box::new(BinLstm::both(lstm, lstm).unwrap()), &one, 2 * of(4)),
            (Box::new(BinGru::grouped(&[[gru, gru], [gru, gru]]).unwrap()), &two, 4 * of(3)),
        ];
        for (layer, inputs, expected) in layers {
            layer.output_shape(inputs).unwrap();
            assert_eq!(layer.multiply_adds(inputs), expected, "{}", layer.kind());
        }
    }
}

/// The name, expected and found shape of a refused tensor.
fn refused<T>(result: Result<T, NnError>) -> (String, Vec<usize>, Vec<usize>) {
    match result.map(|_| ()) {
        Err(NnError::TensorShape { tensor, expected, found }) => (tensor, expected, found),
        other => panic!("not refused for a shape: {other:?}"),
    }
}

#[test]
fn a_tensor_of_another_shape_is_refused_by_its_name() {
    let (four, five) = (Array1::<f32>::ones(4), Array1::<f32>::ones(5));
    let norm = |which: usize| {
        let [bias, mean, variance] =
            std::array::from_fn(|n| if n == which { five.view() } else { four.view() });
        BatchNorm::new(four.view(), bias, mean, variance, 1e-5)
    };
    let told = |name: &str| (name.to_owned(), vec![4], vec![5]);
    for (which, name) in ["bias", "running_mean", "running_var"].into_iter().enumerate() {
        assert_eq!(refused(norm(which)), told(name));
    }
    assert!(norm(3).is_ok());
    assert_eq!(refused(BatchNorm::from_affine(four.view(), five.view())), told("shift"));
    assert_eq!(refused(LayerNorm::channels(four.view(), five.view(), 1e-5)), told("bias"));
    let (frame, turned) = (Array2::<f32>::ones((3, 4)), Array2::<f32>::ones((4, 3)));
    assert_eq!(
        refused(LayerNorm::frame(frame.view(), turned.view(), 1e-5)),
        ("bias".to_owned(), vec![3, 4], vec![4, 3])
    );
    let config = ConvConfig::new(FrameShape::new(5, 4), 6, Axes { time: 2, bins: 3 });
    let (weight, bias) = (Array4::<f32>::ones((1, 2, 3, 4)), Array1::<f32>::ones(6));
    for (result, expected) in [
        (TimeConv::new(config, weight.view(), bias.view()).map(|_| ()), config.weight_shape().to_vec()),
        (
            TimeConvTranspose::new(config, weight.view(), bias.view()).map(|_| ()),
            config.transposed_weight_shape().to_vec(),
        ),
    ] {
        assert_eq!(refused(result), ("weight".to_owned(), expected, vec![1, 2, 3, 4]));
    }
}

/// What makes a sound configuration one that cannot be.
type Change<'a> = &'a dyn Fn(&mut ConvConfig);

#[test]
fn a_convolution_that_cannot_be_is_refused_by_the_parameter() {
    let good = ConvConfig::new(FrameShape::new(5, 4), 6, Axes { time: 2, bins: 3 });
    let weight = Array4::<f32>::ones(good.weight_shape());
    let bias = Array1::<f32>::ones(6);
    let with = |change: Change<'_>| {
        let mut config = good;
        change(&mut config);
        TimeConv::new(config, weight.view(), bias.view()).map(|_| ())
    };
    with(&|_| ()).unwrap();
    let wrong: [(Change<'_>, &str, usize); 7] = [
        (&|config| config.kernel.time = 0, "kernel along time", 0),
        (&|config| config.dilation.bins = 0, "dilation along frequency", 0),
        (&|config| config.stride = 0, "stride", 0),
        (&|config| config.groups = 0, "groups", 0),
        (&|config| config.groups = 3, "groups", 3),
        (&|config| config.padding = 5000, "padding", 5000),
        (&|config| config.look_ahead = 2, "look-ahead", 2),
    ];
    for (change, name, value) in wrong {
        match with(change) {
            Err(NnError::Parameter { parameter, found, .. }) => assert_eq!((parameter, found), (name, value)),
            other => panic!("{name} of {value}: {other:?}"),
        }
    }
}
