//! Finds the state dict in what a checkpoint holds.

use super::CheckpointError;
use super::graph::{Graph, Id, Node};
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
pub(super) fn find(file: &str, graph: &Graph<'_>, root: Id) -> Result<Id, CheckpointError> {
    find_in(graph, root, DEEPEST)
        .ok_or_else(|| CheckpointError::NoStateDict { file: file.into(), found: describe(graph, root) })
}

fn find_in(graph: &Graph<'_>, dict: Id, depth: usize) -> Option<Id> {
    let Node::Dict(entries) = graph.get(dict) else { return None };
    if holds_tensors(graph, dict) {
        return Some(dict);
    }
    if depth > 1 {
        let usual = KEYS.iter().filter_map(|key| graph.entry(dict, key));
        if let Some(found) = usual.into_iter().find_map(|value| find_in(graph, value, depth - 1)) {
            return Some(found);
        }
    }
    let mut holders = entries.iter().map(|&(_, value)| value).filter(|&value| holds_tensors(graph, value));
    let only = holders.next()?;
    holders.next().is_none().then_some(only)
}

fn holds_tensors(graph: &Graph<'_>, id: Id) -> bool {
    match graph.get(id) {
        Node::Dict(entries) => {
            let tensor = |&(key, value): &(Id, Id)| {
                matches!((graph.get(key), graph.get(value)), (Node::Text(_), Node::Tensor(_)))
            };
            entries.iter().any(tensor)
        }
        _ => false,
    }
}

/// The top of a checkpoint in words: its kind, and the keys if it is a dict.
fn describe(graph: &Graph<'_>, root: Id) -> String {
    const MOST: usize = 12;
    let Node::Dict(entries) = graph.get(root) else { return graph.kind(root).into() };
    if entries.is_empty() {
        return "an empty dict".into();
    }
    let mut keys: Vec<String> = entries
        .iter()
        .take(MOST)
        .map(|&(key, value)| format!("{}: {}", label(graph, key), graph.kind(value)))
        .collect();
    if entries.len() > MOST {
        keys.push("..".into());
    }
    format!("a dict of {{{}}}", keys.join(", "))
}

/// A key as it may stand in a message.
pub(super) fn label(graph: &Graph<'_>, key: Id) -> String {
    match graph.get(key) {
        Node::Text(text) => shown(&String::from_utf8_lossy(text)),
        Node::Int(value) => value.to_string(),
        _ => graph.kind(key).into(),
    }
}
