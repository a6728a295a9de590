//! Puts networks together, and aligns their joins.

use super::floats::LINE;
use super::graph::{Graph, Node, Wire};
use super::layer::Memory;
use super::{DelayLine, FrameShape, Kernels, Layer, NnError};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Most numbers in a frame: a hundred times what a spectrum has, and far from where sizes could no longer be counted.
const LARGEST: usize = 1 << 24;

/// Puts a graph together, layer by layer, and aligns every join.
///
/// ```
/// use framewise::nn::{Activation, Add, FrameShape, GraphBuilder};
/// # fn main() -> Result<(), framewise::nn::NnError> {
/// let mut graph = GraphBuilder::new(FrameShape::vector(4));
/// let input = graph.input();
/// let bent = graph.add("bent", Activation::tanh(), &[input])?;
/// let sum = graph.add("sum", Add, &[input, bent])?;
/// let graph = graph.finish(sum)?;
/// assert_eq!(graph.delay(), 0);
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct GraphBuilder {
    id: u64,
    nodes: Vec<Node>,
    /// Delay lines already there, by the node they hold back and the frames they hold it.
    lines: HashMap<(usize, usize), usize>,
}

impl GraphBuilder {
    /// A graph whose input frames have this shape.
    pub fn new(input: FrameShape) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let node = Node {
            name: "input".into(),
            layer: None,
            inputs: Vec::new(),
            input_delay: 0,
            delay: 0,
            memory: Memory::default(),
            inserted: false,
            shape: input,
            state: 0..0,
        };
        Self { id: NEXT.fetch_add(1, Ordering::Relaxed), nodes: vec![node], lines: HashMap::new() }
    }

    /// The wire of the graph's input.
    pub fn input(&self) -> Wire {
        Wire { graph: self.id, node: 0 }
    }

    /// The shape of the frames on a wire.
    ///
    /// # Panics
    /// If the wire belongs to another graph.
    pub fn shape(&self, wire: Wire) -> FrameShape {
        assert_eq!(wire.graph, self.id, "a wire of another graph");
        self.nodes[wire.node].shape
    }

    /// Adds a layer under a name of its own. Inputs that are early wait in delay lines, inserted here, for the latest.
    ///
    /// # Errors
    /// If the name is taken, a wire belongs to another graph, its frames are empty, the layer cannot take inputs of these
    /// shapes, or a frame would hold more than 2^24 numbers.
    pub fn add(&mut self, name: &str, layer: impl Layer + 'static, inputs: &[Wire]) -> Result<Wire, NnError> {
        if self.nodes.iter().any(|node| node.name == name) {
            return Err(NnError::NameTaken { layer: name.to_owned() });
        }
        if let Some(input) = inputs.iter().position(|wire| wire.graph != self.id) {
            return Err(NnError::ForeignWire { layer: name.to_owned(), input });
        }
        let shapes: Vec<_> = inputs.iter().map(|wire| self.nodes[wire.node].shape).collect();
        if let Some(input) = shapes.iter().position(|shape| shape.size() == 0) {
            return Err(NnError::shape(input, "at least 1 x 1", shapes[input]).at(name));
        }
        if let Some(input) = shapes.iter().position(|shape| shape.size() > LARGEST) {
            return Err(NnError::shape(input, format!("at most {LARGEST} numbers"), shapes[input]).at(name));
        }
        let output = layer.output_shape(&shapes).map_err(|error| error.at(name))?;
        if output.size() > LARGEST {
            let expected = format!("at most {LARGEST}");
            return Err(NnError::parameter("numbers in an output frame", expected, output.size()).at(name));
        }
        let latest = inputs.iter().map(|wire| self.nodes[wire.node].delay).max().unwrap_or(0);
        let aligned = inputs.iter().map(|wire| self.held_back(wire.node, latest)).collect();
        Ok(Wire { graph: self.id, node: self.push(name.to_owned(), Box::new(layer), aligned, false) })
    }

    /// The node that gives what `node` gives with a delay of `delay` in all.
    fn held_back(&mut self, node: usize, delay: usize) -> usize {
        let frames = delay - self.nodes[node].delay;
        if frames == 0 {
            return node;
        }
        if let Some(&line) = self.lines.get(&(node, frames)) {
            return line;
        }
        let mut name = format!("{}+{frames}", self.nodes[node].name);
        while self.nodes.iter().any(|other| other.name == name) {
            name.push('\'');
        }
        let line = self.push(name, Box::new(DelayLine::new(frames)), vec![node], true);
        self.lines.insert((node, frames), line);
        line
    }

    /// Appends a node whose inputs are aligned and accepted by the layer.
    fn push(&mut self, name: String, layer: Box<dyn Layer>, inputs: Vec<usize>, inserted: bool) -> usize {
        let shapes: Vec<_> = inputs.iter().map(|&input| self.nodes[input].shape).collect();
        let shape = layer.output_shape(&shapes).expect("the shapes were accepted");
        let memory = layer.memory(&shapes);
        let input_delay = inputs.iter().map(|&input| self.nodes[input].delay).max().unwrap_or(0);
        // At a cache line of its own.
        let state = self.nodes.last().expect("the input is always there").state.end;
        let state = state.checked_next_multiple_of(LINE).unwrap_or(state);
        self.nodes.push(Node {
            delay: input_delay + layer.look_ahead(),
            shape,
            state: state..state.saturating_add(memory.state),
            name,
            layer: Some(layer),
            inputs,
            input_delay,
            memory,
            inserted,
        });
        self.nodes.len() - 1
    }

    /// The graph whose output is this wire. Layers that it does not need are still run; leave none.
    ///
    /// # Errors
    /// If the wire belongs to another graph.
    pub fn finish(self, output: Wire) -> Result<Arc<Graph>, NnError> {
        if output.graph != self.id {
            return Err(NnError::ForeignWire { layer: "output".into(), input: 0 });
        }
        let (id, nodes) = (self.id, self.nodes.into());
        Ok(Arc::new(Graph { id, nodes, output: output.node, kernels: Kernels::fastest() }))
    }
}
