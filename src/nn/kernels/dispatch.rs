//! Which instruction set the kernels run on, and the one place where that choice is acted on.

use super::bands::{self, Bands};
use super::chains::{self, BinChains};
use super::depthwise::{self, Depthwise};
use super::frame_chains::{self, FrameChains};
use super::frame_sums::{self, FrameSums};
use super::gates;
use super::pointwise::{self, Curve};
use super::product::{self, Product, Strides};
use super::{lanes, norms, scalar};
use crate::nn::NnError;
use std::str::FromStr;

/// The instruction set that the kernels of a network use.
///
/// A value can only be had for an instruction set that this processor has, so holding one is the proof that its
/// kernels may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Kernels(Choice);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Choice {
    Scalar,
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    Simd128,
}

impl Kernels {
    /// The names of all choices, whether or not this processor can run them.
    pub const NAMES: &'static [&'static str] = &["scalar", "portable", "avx2", "avx512", "simd128"];

    /// Every choice that this processor can run, slowest first.
    pub fn available() -> Vec<Self> {
        // Elsewhere there is nothing to add.
        #[allow(unused_mut)]
        let mut choices = vec![Self(Choice::Scalar), Self(Choice::Portable)];
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                choices.push(Self(Choice::Avx2));
            }
            if is_x86_feature_detected!("avx512f") {
                choices.push(Self(Choice::Avx512));
            }
        }
        // A module either has it from end to end or is refused by the browser.
        #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
        choices.push(Self(Choice::Simd128));
        choices
    }

    /// The fastest choice of this processor: what a graph runs on that was given no other.
    pub fn fastest() -> Self {
        *Self::available().last().expect("the scalar kernels are always there")
    }

    /// `scalar`, `portable` (NEON on 64-bit ARM), `avx2`, `avx512` or `simd128` (of WebAssembly).
    pub fn name(self) -> &'static str {
        match self.0 {
            Choice::Scalar => "scalar",
            Choice::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Choice::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Choice::Avx512 => "avx512",
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            Choice::Simd128 => "simd128",
        }
    }
}

/// A choice by its name; fails if there is none of that name, or this processor cannot run it.
impl FromStr for Kernels {
    type Err = NnError;

    fn from_str(name: &str) -> Result<Self, NnError> {
        let available = Self::available();
        if let Some(&kernels) = available.iter().find(|kernels| kernels.name() == name) {
            return Ok(kernels);
        }
        let found = name.to_owned();
        if Self::NAMES.contains(&name) {
            return Err(NnError::MissingKernels {
                available: available.iter().map(|k| k.name()).collect(),
                found,
            });
        }
        Err(NnError::UnknownKernels { expected: Self::NAMES, found })
    }
}

/// Gives [`Kernels`] a method that runs the generic kernel on the chosen lanes, or its scalar twin.
macro_rules! kernel {
    ($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*) from $module:ident) => {
        impl Kernels {
            $(#[$doc])*
            pub(crate) fn $name(self, $($argument: $type),*) {
                #[cfg(target_arch = "x86_64")]
                #[target_feature(enable = "avx2,fma")]
                unsafe fn avx2($($argument: $type),*) {
                    // SAFETY: the features are enabled in this function.
                    unsafe { $module::$name::<lanes::Avx2>($($argument),*) }
                }
                #[cfg(target_arch = "x86_64")]
                #[target_feature(enable = "avx512f")]
                unsafe fn avx512($($argument: $type),*) {
                    // SAFETY: the features are enabled in this function.
                    unsafe { $module::$name::<lanes::Avx512>($($argument),*) }
                }
                match self.0 {
                    Choice::Scalar => scalar::$name($($argument),*),
                    // SAFETY: the portable lanes need no feature.
                    Choice::Portable => unsafe { $module::$name::<lanes::Portable>($($argument),*) },
                    // SAFETY: a `Kernels` exists only for a detected instruction set.
                    #[cfg(target_arch = "x86_64")]
                    Choice::Avx2 => unsafe { avx2($($argument),*) },
                    // SAFETY: as above.
                    #[cfg(target_arch = "x86_64")]
                    Choice::Avx512 => unsafe { avx512($($argument),*) },
                    // SAFETY: the feature is that of the whole module.
                    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
                    Choice::Simd128 => unsafe { $module::$name::<lanes::Simd128>($($argument),*) },
                }
            }
        }
    };
}

kernel! {
    /// `output[r, :] = epilogue(sum over segments of input[r, segment] * weights[segment, :])` for every row `r`.
    product(product: &Product, input: &[f32], output: &mut [f32], strides: Strides) from product
}
kernel! {
    /// `output[r, c] = epilogue(sum over taps k of input[r, tap[k] + c] * weights[k, c])` for every row `r`.
    depthwise(depthwise: &Depthwise, input: &[f32], output: &mut [f32], strides: Strides) from depthwise
}
kernel! {
    /// `output = curve(input)`, number by number.
    curve(curve: Curve, input: &[f32], output: &mut [f32]) from pointwise
}
kernel! {
    /// `output = input` where positive, else `input * slope`, the slopes repeating over the rows.
    leaky(slopes: &[f32], input: &[f32], output: &mut [f32]) from pointwise
}
kernel! {
    /// `values = values ^ exponent` for positive normal numbers.
    power(values: &mut [f32], exponent: f32) from pointwise
}
kernel! {
    /// One step of gated recurrent units: gates `r z n` from the input and from the state, into the state, for every
    /// row of `hidden` units.
    gru_gates(hidden: usize, from_input: &[f32], from_state: &[f32], state: &mut [f32]) from gates
}
kernel! {
    /// One step of long short-term memories: gates `i f g o` from the input and from the state, into state and cell.
    lstm_gates(hidden: usize, from_input: &[f32], from_state: &[f32], state: &mut [f32], cell: &mut [f32]) from gates
}
kernel! {
    /// Chains of gated recurrent units along the bins of a frame.
    gru_bins(chains: &BinChains, from_input: &[f32], states: &mut [f32], output: &mut [f32]) from chains
}
kernel! {
    /// Chains of long short-term memories along the bins of a frame.
    lstm_bins(chains: &BinChains, from_input: &[f32], states: &mut [f32], output: &mut [f32]) from chains
}
kernel! {
    /// Chains of gated recurrent units along the bins of several frames.
    gru_frames(chains: &FrameChains, bins: usize, input: &[f32], scratch: &mut [f32], output: &mut [f32]) from frame_chains
}
kernel! {
    /// Chains of long short-term memories along the bins of several frames.
    lstm_frames(chains: &FrameChains, bins: usize, input: &[f32], scratch: &mut [f32], output: &mut [f32]) from frame_chains
}
kernel! {
    /// The sums of a convolution over several frames, each of which gives so many numbers.
    frame_sums(sums: &FrameSums, outputs: usize, input: &[f32], scratch: &mut [f32], output: &mut [f32]) from frame_sums
}
kernel! {
    /// `output = (input - mean) / sqrt(variance + epsilon) * weight + bias` for every row as long as the weights.
    layer_norm(epsilon: f32, weight: &[f32], bias: &[f32], input: &[f32], output: &mut [f32]) from norms
}
kernel! {
    /// A matrix along frequency times every frame of so many channels a bin.
    bands(matrix: &Bands, channels: usize, input: &[f32], scratch: &mut [f32], output: &mut [f32]) from bands
}
