//! Finds the state dict in what a checkpoint holds.

use super::CheckpointError;
use super::objects::{Id, Object, Objects};
use crate::model::wording::shown;

/// Keys under which training scripts keep the weights, best first.
const KEYS: [&str; 9] = [
    "model",
    "state_dict",
    "model_state_dict",
    "model_state",
    "module",
    "network",
    "net",
    "weights",
    "params",
];

/// Checkpoints nest: `{"model": {"state_dict": {..}}}` is the deepest that is looked into.
const DEEPEST: usize = 3;

/// The dict whose values are the tensors.
///
/// In this order: the dict under one of the usual keys; the dict itself, if a value of it is a tensor; its only entry
/// that is such a dict.
pub(super) fn find(file: &str, objects: &Objects<'_>, root: Id) -> Result<Id, CheckpointError> {
    find_in(objects, root, DEEPEST)
        .ok_or_else(|| CheckpointError::NoStateDict { file: file.into(), found: describe(objects, root) })
}

fn find_in(objects: &Objects<'_>, dict: Id, depth: usize) -> Option<Id> {
    let Object::Dict(entries) = objects.get(dict) else { return None };
    if holds_tensors(objects, dict) {
        return Some(dict);
    }
    if depth > 1 {
        let usual = KEYS.iter().filter_map(|key| objects.entry(dict, key));
        if let Some(found) = usual.into_iter().find_map(|value| find_in(objects, value, depth - 1)) {
            return Some(found);
        }
    }
    let mut holders = entries.iter().map(|&(_, value)| value).filter(|&value| holds_tensors(objects, value));
    let only = holders.next()?;
    holders.next().is_none().then_some(only)
}

fn holds_tensors(objects: &Objects<'_>, id: Id) -> bool {
    match objects.get(id) {
        Object::Dict(entries) => {
            let tensor = |&(key, value): &(Id, Id)| {
                matches!((objects.get(key), objects.get(value)), (Object::Text(_), Object::Tensor(_)))
            };
            entries.iter().any(tensor)
        }
        _ => false,
    }
}

/// The top of a checkpoint in words: its kind, and the keys if it is a dict.
fn describe(objects: &Objects<'_>, root: Id) -> String {
    const MOST: usize = 12;
    let Object::Dict(entries) = objects.get(root) else { return objects.kind(root).into() };
    if entries.is_empty() {
        return "an empty dict".into();
    }
    let mut keys: Vec<String> = entries
        .iter()
        .take(MOST)
        .map(|&(key, value)| format!("{}: {}", label(objects, key), objects.kind(value)))
        .collect();
    if entries.len() > MOST {
        keys.push("..".into());
    }
    format!("a dict of {{{}}}", keys.join(", "))
}

/// A key as it may stand in a message.
pub(super) fn label(objects: &Objects<'_>, key: Id) -> String {
    match objects.get(key) {
        Object::Text(text) => shown(&String::from_utf8_lossy(text)),
        Object::Int(value) => value.to_string(),
        _ => objects.kind(key).into(),
    }
}
