//! What a graph is made of, in numbers and as a table.

use super::FrameShape;
use std::fmt;

/// One layer of a graph.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodeSummary {
    /// Name of the layer; of an inserted delay line, the wire it holds back and by how many frames.
    pub name: String,
    /// Kind of layer.
    pub kind: &'static str,
    /// Names of the layers whose outputs it takes.
    pub inputs: Vec<String>,
    /// Shape of its output.
    pub shape: FrameShape,
    /// Frames by which its output lags behind the graph's input.
    pub delay: usize,
    /// Frames of future that it looks at itself.
    pub look_ahead: usize,
    /// Whether the builder inserted it to align a join.
    pub inserted: bool,
    /// Trained numbers.
    pub parameters: usize,
    /// Floats of state in each session.
    pub state: usize,
    /// Multiply-adds a frame.
    pub multiply_adds: usize,
}

/// What a graph is made of. `Display` draws it as a table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Every layer in the order in which it runs.
    pub nodes: Vec<NodeSummary>,
    /// Frames of delay of the whole graph.
    pub delay: usize,
}

impl Summary {
    /// Trained numbers of the graph.
    pub fn parameters(&self) -> usize {
        self.nodes.iter().map(|node| node.parameters).sum()
    }

    /// Floats of state in each session.
    pub fn state(&self) -> usize {
        self.nodes.iter().map(|node| node.state).sum()
    }

    /// Multiply-adds a frame.
    pub fn multiply_adds(&self) -> usize {
        self.nodes.iter().map(|node| node.multiply_adds).sum()
    }

    /// The delay lines that the builder inserted.
    pub fn delay_lines(&self) -> impl Iterator<Item = &NodeSummary> {
        self.nodes.iter().filter(|node| node.inserted)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.nodes.iter().map(|node| node.name.len()).max().unwrap_or(0).max(5);
        let kinds = self.nodes.iter().map(|node| node.kind.len()).max().unwrap_or(0).max(4);
        writeln!(
            f,
            "{:width$}  {:kinds$}  {:>11}  {:>5}  {:>10}  {:>8}  {:>13}",
            "layer", "kind", "bins x ch.", "delay", "parameters", "state", "multiply-adds"
        )?;
        for node in &self.nodes {
            let (name, kind, shape) = (&node.name, node.kind, node.shape.to_string());
            writeln!(
                f,
                "{name:width$}  {kind:kinds$}  {shape:>11}  {:>5}  {:>10}  {:>8}  {:>13}",
                node.delay, node.parameters, node.state, node.multiply_adds
            )?;
        }
        write!(
            f,
            "{:width$}  {:kinds$}  {:>11}  {:>5}  {:>10}  {:>8}  {:>13}",
            "total",
            "",
            "",
            self.delay,
            self.parameters(),
            self.state(),
            self.multiply_adds()
        )
    }
}
