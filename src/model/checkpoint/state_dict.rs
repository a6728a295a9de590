//! Named tensors in the order of the file.

use std::collections::HashMap;

/// A tensor read from a checkpoint: row-major, whatever its layout in the file was.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// Sizes, outermost first; empty for a scalar.
    pub shape: Vec<usize>,
    /// Elements, last axis fastest. Half, double and integer elements are converted to the nearest `f32`.
    pub values: Vec<f32>,
}

/// Tensors by name, in the order in which the file lists them.
///
/// ```
/// use framewise::model::checkpoint::{StateDict, Tensor};
///
/// let weights: StateDict = [("fc.bias".to_string(), Tensor { shape: vec![2], values: vec![0.5, -0.5] })]
///     .into_iter()
///     .collect();
/// assert_eq!(weights.get("fc.bias").unwrap().values, [0.5, -0.5]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct StateDict {
    entries: Vec<(String, Tensor)>,
    places: HashMap<String, usize>,
}

impl StateDict {
    /// The tensor called `name`.
    pub fn get(&self, name: &str) -> Option<&Tensor> {
        self.places.get(name).map(|&place| &self.entries[place].1)
    }

    /// How many tensors there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Names and tensors in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Tensor)> {
        self.entries.iter().map(|(name, tensor)| (name.as_str(), tensor))
    }

    /// Names in the order of the file.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(name, _)| name.as_str())
    }

    /// Adds a tensor. One of the same name is replaced where it stands.
    pub fn insert(&mut self, name: String, tensor: Tensor) {
        match self.places.get(&name) {
            Some(&place) => self.entries[place].1 = tensor,
            None => {
                self.places.insert(name.clone(), self.entries.len());
                self.entries.push((name, tensor));
            }
        }
    }

    /// The tensors whose names begin with `prefix`, without it.
    pub(in crate::model) fn under(&self, prefix: &str) -> Self {
        let inside =
            |(name, tensor): (&str, &Tensor)| Some((name.strip_prefix(prefix)?.to_owned(), tensor.clone()));
        self.iter().filter_map(inside).collect()
    }

    /// Takes `prefix` off every name if every name has it; says whether it did.
    pub(super) fn strip_prefix(&mut self, prefix: &str) -> bool {
        if self.is_empty() || !self.names().all(|name| name.starts_with(prefix)) {
            return false;
        }
        *self = std::mem::take(self)
            .into_iter()
            .map(|(name, tensor)| (name[prefix.len()..].to_string(), tensor))
            .collect();
        true
    }
}

impl IntoIterator for StateDict {
    type Item = (String, Tensor);
    type IntoIter = std::vec::IntoIter<(String, Tensor)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl FromIterator<(String, Tensor)> for StateDict {
    fn from_iter<I: IntoIterator<Item = (String, Tensor)>>(entries: I) -> Self {
        let mut weights = StateDict::default();
        for (name, tensor) in entries {
            weights.insert(name, tensor);
        }
        weights
    }
}
