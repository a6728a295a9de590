//! The result as Markdown.

use crate::args::Args;
use crate::clock::Clock;
use crate::race::Row;

const HEADINGS: [&str; 12] = [
    "network",
    "run by",
    "timed",
    "median, µs a frame",
    "p99",
    "max",
    "frame, ms",
    "real-time factor",
    "ratio",
    "allocations a frame",
    "load, ms",
    "peak memory, MB",
];

pub fn print(rows: &[Row], args: &Args, kernels: &str) {
    println!("| {} | output |", HEADINGS.join(" | "));
    println!("|{}", "---|".repeat(HEADINGS.len() + 1));
    for row in rows {
        let cells = if row.rounds.is_empty() { untimed(row) } else { timed(row, rows) };
        println!("| {} | {} |", cells.join(" | "), row.verdict);
    }
    println!();
    let clock = match args.clock {
        Clock::Wall => "time on the wall",
        Clock::Thread => "time that the thread had the core",
    };
    let before = rows.iter().filter_map(|row| row.load).map(|load| load.before).fold(0.0, f64::max);
    println!(
        "{} rounds, the first {} frames of each left out; {clock}; Framewise's kernels: {kernels}; of the memory, {before:.1} \
         MB are this program's before it loads anything.",
        args.rounds,
        args.warm_up,
    );
}

fn names(row: &Row) -> [String; 3] {
    [row.entry.network, row.entry.runtime, row.entry.part()].map(str::to_owned)
}

fn untimed(row: &Row) -> Vec<String> {
    let mut cells = names(row).to_vec();
    cells.resize(HEADINGS.len(), "-".to_owned());
    cells
}

fn timed(row: &Row, rows: &[Row]) -> Vec<String> {
    let spread = row.spread();
    let first = rows.iter().find(|row| !row.rounds.is_empty()).expect("this row at least");
    let load = row.load.as_ref();
    let mut cells = names(row).to_vec();
    cells.extend([
        micros(spread.median),
        micros(spread.p99),
        micros(spread.max),
        format!("{}", row.entry.feed.milliseconds()),
        format!("{:.4}", row.real_time_factor()),
        format!("{:.2}", row.times_of(first)),
        format!("{:.0}", row.allocations.ceil()),
        load.map_or_else(|| "-".to_owned(), |load| format!("{:.1}", load.milliseconds)),
        load.map_or_else(|| "-".to_owned(), |load| format!("{:.1}", load.peak)),
    ]);
    cells
}

fn micros(time: f64) -> String {
    if time < 100.0 { format!("{time:.1}") } else { format!("{time:.0}") }
}
