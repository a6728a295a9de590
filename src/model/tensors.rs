//! Named tensors of a model, handed out once each and by shape.

use super::ModelError;
use ndarray::{ArrayD, Ix1, Ix2, Ix4};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

/// Numbers of a tensor that is made, 64 MiB of them: a thousand times what the largest layer here has.
const MOST_NUMBERS: usize = 1 << 24;

/// The tensors of a file. Each is asked for by name and shape; what nobody asked for is found at the end.
#[derive(Debug)]
pub(crate) struct Tensors {
    file: String,
    tensors: BTreeMap<String, ArrayD<f32>>,
    taken: RefCell<BTreeSet<String>>,
    /// State of the generator, where tensors are made as they are asked for.
    random: Option<Cell<u64>>,
}

impl Tensors {
    pub fn new(file: &str, tensors: BTreeMap<String, ArrayD<f32>>) -> Self {
        Self { file: file.to_owned(), tensors, taken: RefCell::default(), random: None }
    }

    /// Tensors of random numbers, of whatever name and shape is asked for.
    pub fn random(file: &str, seed: u64) -> Self {
        Self { random: Some(Cell::new(seed)), ..Self::new(file, BTreeMap::new()) }
    }

    pub fn file(&self) -> &str {
        &self.file
    }

    fn get(&self, name: &str, expected: &[usize]) -> Result<ArrayD<f32>, ModelError> {
        if let Some(state) = &self.random {
            let numbers = expected.iter().try_fold(1usize, |product, size| product.checked_mul(*size));
            // Written so that a product beyond all counting is refused as well.
            if numbers.is_none_or(|numbers| numbers > MOST_NUMBERS) {
                let (file, tensor) = (self.file.clone(), name.to_owned());
                return Err(ModelError::TooLarge {
                    file,
                    tensor,
                    most: MOST_NUMBERS,
                    shape: expected.to_vec(),
                });
            }
            return Ok(draw(state, expected));
        }
        let Some(tensor) = self.tensors.get(name) else {
            let (file, tensor) = (self.file.clone(), name.to_owned());
            return Err(ModelError::MissingTensor { file, tensor, expected: expected.to_vec() });
        };
        if tensor.shape() != expected {
            return Err(ModelError::TensorShape {
                file: self.file.clone(),
                tensor: name.to_owned(),
                expected: expected.to_vec(),
                found: tensor.shape().to_vec(),
            });
        }
        self.taken.borrow_mut().insert(name.to_owned());
        Ok(tensor.clone())
    }

    pub fn vector(&self, name: &str, length: usize) -> Result<ndarray::Array1<f32>, ModelError> {
        Ok(self.get(name, &[length])?.into_dimensionality::<Ix1>().expect("one size was asked for"))
    }

    pub fn matrix(&self, name: &str, shape: [usize; 2]) -> Result<ndarray::Array2<f32>, ModelError> {
        Ok(self.get(name, &shape)?.into_dimensionality::<Ix2>().expect("two sizes were asked for"))
    }

    pub fn kernel(&self, name: &str, shape: [usize; 4]) -> Result<ndarray::Array4<f32>, ModelError> {
        Ok(self.get(name, &shape)?.into_dimensionality::<Ix4>().expect("four sizes were asked for"))
    }

    /// Fails if there is a tensor that nobody asked for.
    pub fn check_spare(&self) -> Result<(), ModelError> {
        let taken = self.taken.borrow();
        let tensors: Vec<_> = self.tensors.keys().filter(|name| !taken.contains(*name)).cloned().collect();
        if tensors.is_empty() {
            return Ok(());
        }
        Err(ModelError::SpareTensors { file: self.file.clone(), tensors })
    }
}

/// Numbers from `-b` to `b` with `b = 1 / sqrt(inputs of an output)`, as layers are usually begun with.
fn draw(state: &Cell<u64>, shape: &[usize]) -> ArrayD<f32> {
    let inputs: usize = shape.iter().skip(1).product();
    let bound = 1.0 / (inputs as f32).sqrt();
    ArrayD::from_shape_simple_fn(shape, || {
        // SplitMix64.
        state.set(state.get().wrapping_add(0x9E37_79B9_7F4A_7C15));
        let mut mixed = state.get();
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let unit = ((mixed ^ (mixed >> 31)) >> 40) as f32 / (1 << 24) as f32;
        bound * (2.0 * unit - 1.0)
    })
}
