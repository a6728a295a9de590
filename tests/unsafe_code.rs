//! `unsafe` stands in the kernels and in the denormal guard and nowhere else, each with its reason, and each kernel has a
//! plain twin and a test that holds the two against each other.

#[path = "common/sources.rs"]
mod sources;

use sources::{root, sources};
use std::collections::BTreeSet;
use std::fs;

/// What may hold `unsafe`, below `src`.
const PLACES: [&str; 2] = ["nn/kernels/", "dsp/denormal.rs"];

/// Every kernel that runs on vectors, and the test in `nn/kernels/tests` that runs it in every choice that the processor
/// has, the scalar twin among them.
const TWINS: [(&str, &str); 14] = [
    ("product", "products_equal_the_sums_in_double_precision_in_every_choice"),
    ("depthwise", "depthwise_sums_equal_those_in_double_precision_in_every_choice"),
    ("curve", "curves_of_any_length_equal_the_scalar_twin"),
    ("leaky", "leaky_rectifiers_repeat_their_slopes_over_the_rows"),
    ("power", "powers_are_right_to_two_millionths"),
    ("gru_gates", "recurrent_gates_equal_the_cell_in_double_precision_in_every_choice"),
    ("lstm_gates", "recurrent_gates_equal_the_cell_in_double_precision_in_every_choice"),
    ("gru_bins", "chains_along_bins_equal_the_scalar_twin_in_every_choice"),
    ("lstm_bins", "chains_along_bins_equal_the_scalar_twin_in_every_choice"),
    ("gru_frames", "chains_of_several_frames_equal_the_scalar_twin_in_every_choice"),
    ("lstm_frames", "chains_of_several_frames_equal_the_scalar_twin_in_every_choice"),
    ("frame_sums", "sums_of_several_frames_equal_the_scalar_twin_in_every_choice"),
    ("layer_norm", "norms_equal_those_in_double_precision_in_every_choice"),
    ("bands", "matrices_along_bins_equal_the_scalar_twin_in_every_choice"),
];

/// A line of code without its comment; text in quotes stays, which no source here fills with the word.
fn code(line: &str) -> &str {
    line.split("//").next().unwrap_or_default()
}

/// The lines on which the word stands as a keyword.
fn lines_with_unsafe(text: &str) -> Vec<usize> {
    let word = |line: &str| {
        code(line).split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part == "unsafe")
    };
    text.lines().enumerate().filter(|(_, line)| word(line)).map(|(number, _)| number).collect()
}

/// Lines of comments, attributes and an unfinished statement right above a line.
fn above<'a>(lines: &'a [&str], number: usize) -> impl Iterator<Item = &'a str> {
    lines[..number]
        .iter()
        .rev()
        .copied()
        .enumerate()
        .take_while(|(near, line)| {
            let line = line.trim_start();
            *near == 0 || line.starts_with("//") || line.starts_with("#[") || line.starts_with("pub")
        })
        .map(|(_, line)| line.trim_start())
}

/// What is wrong with the line: nothing if it says why it is sound, or what it asks of its callers.
fn fault(lines: &[&str], number: usize) -> Option<&'static str> {
    let line = code(lines[number]).trim();
    let says = |words: &str| above(lines, number).any(|line| line.contains(words));
    let declares = line.contains("unsafe fn");
    if declares && (line.starts_with("pub") || line.contains("trait")) && !says("# Safety") {
        return Some("no `# Safety` above a function that others may call");
    }
    let block = line.contains("unsafe {") || line.contains("unsafe impl");
    (block && !says("SAFETY:")).then_some("no `// SAFETY:` above")
}

#[test]
fn unsafe_code_stands_in_the_kernels_and_the_denormal_guard_alone() {
    let mut files = Vec::new();
    sources(&root(), &mut files);
    let mut found = 0;
    for file in files {
        let text = fs::read_to_string(&file).expect("a source");
        let below =
            file.strip_prefix(root()).expect("below the sources").to_string_lossy().replace('\\', "/");
        let lines = lines_with_unsafe(&text);
        found += lines.len();
        let allowed = PLACES.iter().any(|place| below.starts_with(place));
        assert!(allowed || lines.is_empty(), "{below}: `unsafe` on line {}", lines[0] + 1);
    }
    assert!(found > 50, "only {found} were found: the test does not see the sources");
}

/// The vector types of an instruction set give one reason for all their intrinsics, above the `impl`.
#[test]
fn every_unsafe_block_says_why_it_is_sound() {
    let mut files = vec![root().join("dsp/denormal.rs")];
    sources(&root().join("nn/kernels"), &mut files);
    let mut blocks = 0;
    for file in files {
        let text = fs::read_to_string(&file).expect("a source");
        let lines: Vec<_> = text.lines().collect();
        let intrinsics =
            lines.iter().position(|line| line.contains("allow(clippy::undocumented_unsafe_blocks)"));
        let last = intrinsics.map_or(usize::MAX, |number| number + 1);
        for number in lines_with_unsafe(&text).into_iter().filter(|&number| number <= last) {
            blocks += 1;
            let fault = fault(&lines, number);
            assert_eq!(fault, None, "{}, line {}: {}", file.display(), number + 1, lines[number]);
        }
    }
    assert!(blocks > 50, "{blocks}");
}

#[test]
fn every_kernel_has_a_plain_twin_and_a_test_of_both() {
    let read = |file: &str| fs::read_to_string(root().join("nn/kernels").join(file)).expect("a source");
    let (dispatch, scalar) = (read("dispatch.rs"), read("scalar.rs"));
    let tests = ["sums", "curves", "gates", "chains", "frame_chains", "frame_sums", "norms", "bands"]
        .map(|part| read(&format!("tests/{part}.rs")))
        .concat();
    let kernels: BTreeSet<_> = dispatch
        .split("\nkernel! {")
        .skip(1)
        .map(|kernel| {
            let signature = kernel.lines().find(|line| line.contains(") from ")).expect("a signature");
            signature.trim().split('(').next().expect("a name").to_owned()
        })
        .collect();
    assert_eq!(kernels, TWINS.map(|(kernel, _)| kernel.to_owned()).into());
    for (kernel, test) in TWINS {
        assert!(scalar.contains(&format!("pub(super) fn {kernel}(")), "`{kernel}` has no twin");
        assert!(tests.contains(&format!("#[test]\nfn {test}() {{")), "`{kernel}`: no test `{test}`");
    }
}

#[test]
fn what_the_tests_above_look_for_is_seen() {
    assert_eq!(lines_with_unsafe("// unsafe\nlet x = unsafe { y };\nunsafe_op"), [1]);
    let sound = ["// SAFETY: in bounds.", "let x = unsafe { *y };"];
    assert_eq!(fault(&sound, 1), None);
    assert!(fault(&["let y = 1;", "let x = unsafe { *y };"], 1).is_some());
    assert!(fault(&["/// Reads.", "pub(super) unsafe fn read() {"], 1).is_some());
    assert_eq!(fault(&["/// # Safety", "/// In bounds.", "pub(super) unsafe fn read() {"], 2), None);
}
