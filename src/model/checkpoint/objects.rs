//! What a pickle describes: a flat list of nodes that refer to one another by number.
//!
//! Pickles share objects and may hold cycles; numbers make both harmless, and dropping or walking the list never
//! recurses. A pickle of n bytes makes at most n nodes.

use super::element::Element;
use super::globals::Global;

/// Number of a node.
pub(super) type Id = usize;

/// One value of a pickle. Strings stay in the pickle's bytes.
#[derive(Clone, Debug)]
pub(super) enum Object<'a> {
    None,
    Bool(bool),
    Int(i64),
    Float,
    Text(&'a [u8]),
    List(Vec<Id>),
    Tuple(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    /// A class or function that is known by name.
    Global(Global),
    Storage(Storage<'a>),
    Tensor(View),
    /// Something that is plain data but no part of a state dict, such as a NumPy scalar. The word names it.
    Opaque(&'static str),
}

/// A run of elements outside the pickle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Storage<'a> {
    pub key: &'a [u8],
    /// `None` for untyped bytes, whose length then counts bytes.
    pub element: Option<Element>,
    pub length: i64,
}

/// A tensor: how a storage is looked at. Checked when it is needed, not before.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    pub storage: Id,
    pub offset: Id,
    pub shape: Id,
    pub strides: Id,
    /// Given for untyped storages.
    pub element: Option<Element>,
}

/// All nodes of a pickle.
#[derive(Default)]
pub(super) struct Objects<'a> {
    nodes: Vec<Object<'a>>,
}

impl<'a> Objects<'a> {
    pub(super) fn add(&mut self, node: Object<'a>) -> Id {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    pub(super) fn get(&self, id: Id) -> &Object<'a> {
        &self.nodes[id]
    }

    pub(super) fn get_mut(&mut self, id: Id) -> &mut Object<'a> {
        &mut self.nodes[id]
    }

    /// The storages, in the order in which the pickle mentions them.
    pub(super) fn storages(&self) -> impl Iterator<Item = &Storage<'a>> {
        self.nodes.iter().filter_map(|node| match node {
            Object::Storage(storage) => Some(storage),
            _ => None,
        })
    }

    /// The items of a list or tuple.
    pub(super) fn items(&self, id: Id) -> Option<&[Id]> {
        match self.get(id) {
            Object::List(items) | Object::Tuple(items) => Some(items),
            _ => None,
        }
    }

    pub(super) fn int(&self, id: Id) -> Option<i64> {
        match *self.get(id) {
            Object::Int(value) => Some(value),
            _ => None,
        }
    }

    /// The value under a key of a dict; the last one, if a pickle sets it twice.
    pub(super) fn entry(&self, dict: Id, key: &str) -> Option<Id> {
        match self.get(dict) {
            Object::Dict(entries) => {
                let named = |&&(name, _): &&(Id, Id)| matches!(self.get(name), Object::Text(text) if *text == key.as_bytes());
                entries.iter().rev().find(named).map(|&(_, value)| value)
            }
            _ => None,
        }
    }

    /// What a node is, in a word or two.
    pub(super) fn kind(&self, id: Id) -> &'static str {
        match self.get(id) {
            Object::None => "None",
            Object::Bool(_) => "a bool",
            Object::Int(_) => "an int",
            Object::Float => "a float",
            Object::Text(_) => "a string",
            Object::List(_) => "a list",
            Object::Tuple(_) => "a tuple",
            Object::Dict(_) => "a dict",
            Object::Global(_) => "a class or function",
            Object::Storage(_) => "a storage",
            Object::Tensor(_) => "a tensor",
            Object::Opaque(what) => what,
        }
    }
}
