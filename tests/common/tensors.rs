//! Random weights of layers.

use super::reference;
use framewise::nn::{BatchNorm, Conv, ConvKind, NnError, RecurrentWeights};
use ndarray::{Array, Array1, Array2, Array4, Dimension, ShapeBuilder};
use rand::Rng;

/// Weight and bias of a convolution.
#[derive(Clone, Debug)]
pub struct Tensors {
    pub weight: Array4<f32>,
    pub bias: Array1<f32>,
}

/// What a convolution does to its sums: the scale and shift of a frozen batch norm, then the slopes of a rectifier.
#[derive(Clone, Debug, Default)]
pub struct After {
    pub norm: Option<(Array1<f32>, Array1<f32>)>,
    pub slopes: Option<Array1<f32>>,
}

impl After {
    pub(super) fn random(rng: &mut impl Rng, channels: usize) -> Self {
        let norm = rng.random_bool(0.3).then(|| (positive(rng, channels), biases(rng, channels)));
        let slopes = if rng.random() { 1 } else { channels };
        Self { norm, slopes: rng.random_bool(0.3).then(|| biases(rng, slopes)) }
    }

    pub(super) fn apply<K: ConvKind>(&self, mut conv: Conv<K>) -> Result<Conv<K>, NnError> {
        if let Some((scale, shift)) = &self.norm {
            conv = conv.then_batch_norm(&BatchNorm::from_affine(scale.view(), shift.view())?)?;
        }
        match &self.slopes {
            Some(slopes) => conv.then_prelu(slopes.view()),
            None => Ok(conv),
        }
    }

    pub(super) fn parameters(&self) -> usize {
        self.norm.as_ref().map_or(0, |(scale, shift)| scale.len() + shift.len())
            + self.slopes.as_ref().map_or(0, |slopes| slopes.len())
    }
}

/// Weights of one direction of a recurrent layer.
#[derive(Clone, Debug)]
pub struct Recurrent {
    pub weight_ih: Array2<f32>,
    pub weight_hh: Array2<f32>,
    pub bias_ih: Array1<f32>,
    pub bias_hh: Array1<f32>,
}

impl Recurrent {
    pub(super) fn random(rng: &mut impl Rng, gates: usize, inputs: usize, hidden: usize) -> Self {
        let rows = gates * hidden;
        Self {
            weight_ih: weights(rng, (rows, inputs), inputs),
            weight_hh: weights(rng, (rows, hidden), hidden),
            bias_ih: biases(rng, rows),
            bias_hh: biases(rng, rows),
        }
    }

    /// One of each of so many groups of equal size.
    pub(super) fn groups(
        rng: &mut impl Rng,
        gates: usize,
        groups: usize,
        inputs: usize,
        hidden: usize,
    ) -> Vec<Self> {
        (0..groups).map(|_| Self::random(rng, gates, inputs / groups, hidden)).collect()
    }

    /// One or two directions of each group; only a single group may run in one direction.
    pub(super) fn bin_groups<R: Rng>(
        rng: &mut R,
        gates: usize,
        groups: usize,
        inputs: usize,
        hidden: usize,
    ) -> Vec<Vec<Self>> {
        let directions = if groups > 1 { 2 } else { rng.random_range(1..=2) };
        let direction = |rng: &mut R| Self::random(rng, gates, inputs / groups, hidden);
        (0..groups).map(|_| (0..directions).map(|_| direction(rng)).collect()).collect()
    }

    pub(super) fn view(&self) -> RecurrentWeights<'_> {
        RecurrentWeights {
            weight_ih: self.weight_ih.view(),
            weight_hh: self.weight_hh.view(),
            bias_ih: self.bias_ih.view(),
            bias_hh: self.bias_hh.view(),
        }
    }

    /// The weights as the reference takes them.
    pub fn exact(&self) -> reference::Recurrent {
        reference::Recurrent {
            input: self.weight_ih.mapv(f64::from),
            hidden: self.weight_hh.mapv(f64::from),
            input_bias: self.bias_ih.mapv(f64::from),
            hidden_bias: self.bias_hh.mapv(f64::from),
        }
    }

    pub(super) fn parameters(&self) -> usize {
        self.weight_ih.len() + self.weight_hh.len() + self.bias_ih.len() + self.bias_hh.len()
    }
}

/// Weights that keep the level of a sum over `fan_in` random numbers near one.
pub(super) fn weights<D: Dimension, S: ShapeBuilder<Dim = D>>(
    rng: &mut impl Rng,
    shape: S,
    fan_in: usize,
) -> Array<f32, D> {
    let bound = (3.0 / fan_in as f32).sqrt();
    Array::from_shape_simple_fn(shape, || rng.random_range(-bound..bound))
}

/// Biases that are never zero.
pub(super) fn biases(rng: &mut impl Rng, length: usize) -> Array1<f32> {
    Array1::from_shape_simple_fn(length, || {
        let size = rng.random_range(0.05..0.5);
        if rng.random() { size } else { -size }
    })
}

pub(super) fn positive<D: Dimension, S: ShapeBuilder<Dim = D>>(
    rng: &mut impl Rng,
    shape: S,
) -> Array<f32, D> {
    Array::from_shape_simple_fn(shape, || rng.random_range(0.5..1.5))
}
