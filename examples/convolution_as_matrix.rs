//! A convolution, and its transpose, as the product with one matrix.
//!
//! Lay the kernel on a grid of zeros, the size of the input, and slide it. Every position, flattened, is a
//! column; the columns side by side are the matrix `M`: a row for each input cell, a column for each output.
//!
//! ```text
//! y = M^T x    convolution: every output gathers the cells under one position of the kernel
//! z = M y      transposed convolution: every input stamps the kernel, scaled, at one position
//! ```
//!
//! One matrix, used in both directions: the transposed convolution turns the output's size back into the
//! input's, and writes where the convolution reads. That also settles what either needs of the future.

#[path = "../tests/common/matrix.rs"]
mod matrix;

use matrix::{Slide, convolution_matrix, convolution_size, transposed_matrix, transposed_size};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, s};

/// Lines of text, to be set beside or below other lines.
type Block = Vec<String>;

fn main() {
    println!("{INTRODUCTION}");
    for case in CASES {
        case.print();
    }
    println!("\n{:─<100}\n{TIME}", "");
    print_causal_pair();
    println!("{CLOSING}");
}

const INTRODUCTION: &str = "\
THE CONVOLUTION AS A MATRIX

The kernel is        1 2 3     and it slides over the input x. Each position is drawn at the place
                     4 5 6     of the output that it makes:
                     7 8 9
  1-9  a weight on an input cell          ·  an input cell that this position does not read
  0    a weight on the padding, which reads zero; the padding itself is left blank

Flatten a position, row by row, and it is a column of M. Then
  y = M^T x    the convolution: an output is the sum of the cells read, each times the weight on it
  z = M y'     the transposed convolution: an input stamps the kernel times its value; stamps add up
To tell the stamps apart, y' is 1 in its first cell, 10 in its second, 1 in its last, else 0.";

/// A square input under the 3 x 3 kernel, with the same numbers on both axes.
struct Case {
    title: &'static str,
    side: usize,
    stride: usize,
    padding: usize,
    dilation: usize,
    output_padding: usize,
    lesson: &'static str,
}

/// The plainest case, from which the others differ in one thing each.
const PLAIN: Case =
    Case { title: "", lesson: "", side: 5, stride: 1, padding: 0, dilation: 1, output_padding: 0 };

const CASES: [Case; 5] = [
    Case {
        title: "1  5 x 5, stride 1",
        lesson: "\
The input shrinks by the kernel's size less one, and the transposed product grows by as much, to
5 x 5 again. The sizes come back, the values don't: M is no inverse of M^T. Neighbouring stamps
share two columns, where they add up: 2 + 10 and 3 + 20.",
        ..PLAIN
    },
    Case {
        title: "2  5 x 5, padding 1",
        padding: 1,
        lesson: "\
The kernel may hang over the edge, so there are 25 positions and M is square. What hangs over has
no row in M. Seen from the other side: stamps write outside of the grid, and that is cut off. So
padding, which adds to the input of a convolution, cuts both ends of its transpose's output.",
        ..PLAIN
    },
    Case {
        title: "3  5 x 5, stride 2",
        stride: 2,
        lesson: "\
Two cells from one position to the next: four of the nine columns of case 1 are left. Transposed,
the stamps are two cells apart, and neighbours share one column only: 3 + 10.",
        ..PLAIN
    },
    Case {
        title: "4  6 x 6, stride 2, padding 1: the transpose needs output_padding 1",
        side: 6,
        stride: 2,
        padding: 1,
        output_padding: 1,
        lesson: "\
The last row and column of padding are never reached: the positions cover 7 of 8 padded cells. The
floor in the size of the convolution drops that rest, so inputs of 5 and of 6 both make 3, and 3
alone can't tell which it came from. Left to itself the transpose takes the smaller one, 5 x 5.
With output_padding 1 it makes the larger one, by cutting less at the far end: the row and column
given back hold what the kernel wrote there, here 3, 6 and 7 8 9. They are not appended zeros.",
        ..PLAIN
    },
    Case {
        title: "5  6 x 6, dilation 2",
        side: 6,
        dilation: 2,
        lesson: "\
Three weights spread over five cells: the kernel reads further and computes no more. The columns
have the same nine numbers as ever, with holes between them, and the stamps mesh without touching.",
        ..PLAIN
    },
];

fn kernel() -> Array2<f64> {
    Array1::range(1.0, 10.0, 1.0).into_shape_with_order((3, 3)).expect("nine weights")
}

impl Case {
    fn slide(&self, padding: usize) -> Slide {
        Slide { stride: [self.stride; 2], padding: [padding; 2], dilation: [self.dilation; 2] }
    }

    fn print(&self) {
        let Case { side, stride, padding, dilation, output_padding, .. } = *self;
        let (slide, kernel) = (self.slide(padding), kernel());
        let matrix = convolution_matrix([side; 2], kernel.view(), &slide).expect("the kernel fits");
        println!("\n{:─<100}\n\n{}\n", "", self.title);
        for side in side - output_padding..=side {
            let small = convolution_size(side, 3, &slide, 0).expect("the kernel fits");
            println!(
                "  forth  floor(({side} + 2*{padding} - {dilation}*(3-1) - 1) / {stride}) + 1 = {small}"
            );
        }

        let input = Array1::from_shape_fn(side * side, |cell| ((cell * cell + cell / side) % 4) as f64);
        let output = matrix.t().dot(&input);
        let small = output.len().isqrt();
        let mut stamps = Array1::zeros(small * small);
        (stamps[0], stamps[1], stamps[small * small - 1]) = (1.0, 10.0, 1.0);
        let mut grids = vec![
            titled(&format!("x: {side} x {side}"), grid(input.view(), side)),
            titled(&format!("y = M^T x: {small} x {small}"), grid(output.view(), small)),
            titled(&format!("y': {small} x {small}"), grid(stamps.view(), small)),
        ];
        for extra in 0..=output_padding {
            let back = transposed_size(small, 3, &slide, extra, 0).expect("something is left");
            println!("  back   ({small}-1)*{stride} - 2*{padding} + {dilation}*(3-1) + {extra} + 1 = {back}");
            let matrix = transposed_matrix([small; 2], kernel.view(), &slide, [extra; 2]);
            let product = matrix.expect("something is left").dot(&stamps);
            grids.push(titled(&format!("z = M y': {back} x {back}"), grid(product.view(), back)));
        }
        let positions = titled("the kernel slides", self.positions(small));
        let drawn = titled(&format!("M: {} x {}", matrix.nrows(), matrix.ncols()), self.drawn(&matrix));
        println!();
        print_beside(&[positions, drawn, grids.join(&String::new())], "    ");
        println!("{}", self.lesson);
    }

    /// Every position of the kernel as a picture, arranged like the outputs: a column of the matrix over the
    /// padded grid, folded into a grid again.
    fn positions(&self, small: usize) -> Block {
        let padded = self.side + 2 * self.padding;
        let inside = self.padding..self.padding + self.side;
        let over_padding = convolution_matrix([padded; 2], kernel().view(), &self.slide(0));
        let matrix = over_padding.expect("the kernel fits");
        let (space, gap) = if self.padding == 0 { (" ", "   ") } else { ("", " ") };
        let picture = |position: usize| -> Block {
            let mark = |row: usize, bin: usize| {
                let weight = matrix[[row * padded + bin, position]];
                let outside = if weight > 0.0 { "0" } else { " " };
                let on_input = inside.contains(&row) && inside.contains(&bin);
                if on_input { digit(weight) } else { outside.to_string() }
            };
            let line = |row: usize| (0..padded).map(|bin| mark(row, bin)).collect::<Vec<_>>().join(space);
            (0..padded).map(line).collect()
        };
        let pictures: Vec<Block> = (0..small * small).map(picture).collect();
        let rows: Vec<Block> = pictures.chunks(small).map(|row| beside(row, gap)).collect();
        if self.padding == 0 { rows.join(&String::new()) } else { rows.concat() }
    }

    /// The matrix itself, with the name of the input cell before its row and a gap between rows of outputs.
    fn drawn(&self, matrix: &Array2<f64>) -> Block {
        let small = matrix.ncols().isqrt();
        let (space, gap) = if small < 5 { (" ", "   ") } else { ("", " ") };
        let mut lines = Block::new();
        for (cell, row) in matrix.outer_iter().enumerate() {
            let (down, across) = (cell / self.side, cell % self.side);
            if across == 0 && down > 0 {
                lines.push(String::new());
            }
            let cells: Vec<String> = row.iter().map(|&weight| digit(weight)).collect();
            let groups: Vec<String> = cells.chunks(small).map(|group| group.join(space)).collect();
            lines.push(format!("x{down}{across}  {}", groups.join(gap)));
        }
        lines
    }
}

const TIME: &str = "
6  Along time: the causal pair

Along time the two ends are not alike: a zero behind, or a cut in front, makes every output wait.
So padding and output_padding stay 0, and both ends are trimmed by hand. Kernel 1 2 3, six frames
x0 .. x5, a row for each output:

   3   a frame that has arrived when the output is due      ·   not needed
  (3)  a frame of the future: the output waits for it       0   a weight on the padding
";

const CLOSING: &str = "\
Both tables of a pair are one matrix, seen from its two sides: the rows of the transposed one read
3 2 1. Its full output z is two frames longer than the input. The stamp of x[t] begins at z[t] and
reaches forward, so z[t] is complete as soon as x[t] is in:

  z[j] = b + sum_k W[k] x[j - k]

Cut both behind, y[t] = z[t], and no output waits: a latency of zero frames. Cut one in front,
y[t] = z[t+1], and every output has seen one frame more: a latency of one frame. The sums are the
same; the cut only decides which of them is called y[t]. The convolution does it at its input,
where a zero moves from the front to the back. Weights trained for one cut are not valid for the
other, and the frames that several layers wait for add up along the path.";

const FRAMES: usize = 6;

/// The same matrix four times: as the convolution of a padded clip and as the transposed one, whose output is
/// cut; each with no frame of the future and with one.
fn print_causal_pair() {
    let kernel = kernel().slice_move(s![0, ..]).insert_axis(Axis(1));
    let matrix = transposed_matrix([FRAMES, 1], kernel.view(), &Slide::default(), [0, 0]).expect("no cut");
    for (ahead, rest) in [(0, 2), (1, 1)] {
        let forth = format!("convolution, zeros: {rest} in front, {ahead} behind");
        let forth = titled(&forth, needs(matrix.t(), 0, rest));
        let back = format!("transposed, cut: {ahead} in front, {rest} behind");
        let back = titled(&back, needs(matrix.view(), ahead, 0));
        print_beside(&[forth, back], "        ");
    }
}

/// Which frame each output needs: a row for each output, the first `cut` of them before label 0, and a column
/// for each input, the first `padded` of them before frame 0.
fn needs(weights: ArrayView2<f64>, cut: usize, padded: usize) -> Block {
    let inside = 0..FRAMES as isize;
    let [cut, padded] = [cut as isize, padded as isize];
    let name = |letter: char, index: isize, other: &str| {
        if inside.contains(&index) { format!("{letter}{index}") } else { other.to_string() }
    };
    let frames = -padded..weights.ncols() as isize - padded;
    let heads: String = frames.clone().map(|frame| format!("{:>4}", name('x', frame, "0"))).collect();
    let mut lines = vec![format!("     {heads}")];
    let mut latency = 0;
    for (label, weights) in (-cut..).zip(weights.outer_iter()) {
        let mut line = format!("{:<6}", name('y', label, "cut"));
        for (frame, &weight) in frames.clone().zip(weights) {
            let padding = weight != 0.0 && !inside.contains(&frame);
            let mark = if padding { "0".into() } else { digit(weight) };
            let future = inside.contains(&label) && frame > label && weight != 0.0;
            line += &if future { format!(" ({mark})") } else { format!("  {mark} ") };
            latency = latency.max(if future { frame - label } else { 0 });
        }
        lines.push(line);
    }
    let plural = if latency == 1 { "" } else { "s" };
    [lines, vec![String::new(), format!("latency: {latency} frame{plural}")]].concat()
}

/// A weight as one character.
fn digit(weight: f64) -> String {
    if weight == 0.0 { "·".into() } else { format!("{weight}") }
}

/// A flattened grid, `width` cells to a line, the columns aligned.
fn grid(values: ArrayView1<f64>, width: usize) -> Block {
    let cells: Vec<String> = values.iter().map(|value| value.to_string()).collect();
    let widest = cells.iter().map(String::len).max().unwrap_or(0);
    let cells: Vec<String> = cells.iter().map(|cell| format!("{cell:>widest$}")).collect();
    cells.chunks(width).map(|row| row.join(" ")).collect()
}

fn titled(title: &str, lines: Block) -> Block {
    [vec![title.to_string(), String::new()], lines].concat()
}

/// Sets blocks side by side, each as wide as its longest line.
fn beside(blocks: &[Block], gap: &str) -> Block {
    let width = |block: &Block| block.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let height = blocks.iter().map(Vec::len).max().unwrap_or(0);
    let part =
        |block: &Block, row: usize| format!("{:<1$}", block.get(row).map_or("", |line| line), width(block));
    let line = |row: usize| blocks.iter().map(|block| part(block, row)).collect::<Vec<_>>().join(gap);
    (0..height).map(line).collect()
}

fn print_beside(blocks: &[Block], gap: &str) {
    for line in beside(blocks, gap) {
        println!("{}", format!("  {line}").trim_end());
    }
    println!();
}
