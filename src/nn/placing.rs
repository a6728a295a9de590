//! In which memory of a session each wire has its frames.

use super::graph::Node;
use super::layer::Placed;

/// The memories of a session, and which of them each layer reads and writes.
#[derive(Debug)]
pub(super) struct Placing {
    /// Numbers of a frame that each memory has room for.
    pub sizes: Vec<usize>,
    /// For each node, what its inputs are and where.
    pub inputs: Vec<Vec<Placed>>,
    /// For each node, in which memory its output is.
    pub outputs: Vec<usize>,
}

impl Placing {
    /// A memory for every wire, which thus keeps its frame until the next step.
    pub fn apart(nodes: &[Node]) -> Self {
        Self::new(nodes, nodes.iter().map(|node| node.shape.size()).collect(), (0..nodes.len()).collect())
    }

    /// As few memories as there are wires in use at a time: a wire's memory is free again when its last reader has run.
    /// Blocks of many frames then stay in a processor's caches. The output of the graph keeps its own to the end.
    pub fn shared(nodes: &[Node], output: usize) -> Self {
        let mut last: Vec<usize> = (0..nodes.len()).collect();
        for (reader, node) in nodes.iter().enumerate() {
            node.inputs.iter().for_each(|&input| last[input] = reader);
        }
        last[output] = nodes.len();
        let (mut sizes, mut outputs): (Vec<usize>, Vec<usize>) = Default::default();
        let mut free: Vec<usize> = Vec::new();
        for (place, node) in nodes.iter().enumerate() {
            let needed = node.shape.size();
            // The smallest that is large enough, or else the largest.
            let fit = |memory: usize| (sizes[memory] < needed, sizes[memory].abs_diff(needed));
            let best = (0..free.len()).min_by_key(|&n| fit(free[n]));
            let memory = best.map_or(sizes.len(), |n| free.swap_remove(n));
            match sizes.get_mut(memory) {
                Some(size) => *size = needed.max(*size),
                None => sizes.push(needed),
            }
            outputs.push(memory);
            free.extend((0..=place).filter(|&wire| last[wire] == place).map(|wire| outputs[wire]));
        }
        Self::new(nodes, sizes, outputs)
    }

    fn new(nodes: &[Node], sizes: Vec<usize>, outputs: Vec<usize>) -> Self {
        let placed = |&input: &usize| Placed { memory: outputs[input], shape: nodes[input].shape };
        let inputs = nodes.iter().map(|node| node.inputs.iter().map(placed).collect()).collect();
        Self { sizes, inputs, outputs }
    }
}

#[cfg(test)]
mod tests {
    use super::Placing;
    use crate::nn::{Activation, Add, Axis, Concatenate, FrameShape, GraphBuilder};

    #[test]
    fn wires_share_memory_only_when_the_first_has_been_read_for_the_last_time() {
        let mut graph = GraphBuilder::new(FrameShape::vector(4));
        let mut wires = vec![graph.input()];
        for n in 0..40usize {
            let (a, b) = (wires[n], wires[n * 7 / 8]);
            let name = n.to_string();
            wires.push(
                match n % 5 {
                    0 => graph.add(&name, Concatenate(Axis::Channels), &[a, b]),
                    1 => graph.add(&name, Activation::tanh(), &[b]),
                    2 if graph.shape(a) == graph.shape(b) => graph.add(&name, Add, &[a, b]),
                    _ => graph.add(&name, Activation::relu(), &[a]),
                }
                .expect("they fit"),
            );
        }
        let output = wires[30];
        let graph = graph.finish(output).expect("its own wire");
        let placing = Placing::shared(&graph.nodes, graph.output);
        let mut holds = vec![usize::MAX; placing.sizes.len()];
        for (place, node) in graph.nodes.iter().enumerate() {
            for (&input, placed) in node.inputs.iter().zip(&placing.inputs[place]) {
                assert_eq!(holds[placed.memory], input, "what {place} reads");
                assert_ne!(placed.memory, placing.outputs[place], "{place} writes over its input");
                assert_eq!(placed.shape, graph.nodes[input].shape);
            }
            holds[placing.outputs[place]] = place;
            assert!(placing.sizes[placing.outputs[place]] >= node.shape.size());
        }
        assert_eq!(holds[placing.outputs[graph.output]], graph.output, "the output is there at the end");
        let apart: usize = Placing::apart(&graph.nodes).sizes.iter().sum();
        let shared: usize = placing.sizes.iter().sum();
        assert!(2 * shared < apart, "{shared} of {apart} numbers");
    }
}
