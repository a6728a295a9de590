//! `framewise compare`: what a frame of future buys and costs.

mod args;
mod graph;
mod summary;
mod systems;

pub use args::{CompareArgs, EXAMPLES};

use super::interrupt::leave_nothing_behind;
use super::kernels;
use super::paths::{PathError, Paths};
use super::say;
use super::usage::Usage;
use crate::eval::report::{FILES, Provenance, write_figures, write_report};
use crate::eval::{Experiment, Grouping, Skipped, TestCase, mixtures, noisy_of, pairs_of};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::HashSet;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

/// Runs the comparison and writes its report; or prints what a look-ahead does to a graph.
pub fn run(args: &CompareArgs) -> Result<ExitCode, Box<dyn Error>> {
    if args.graph.graph {
        return graph::run(args).map(|()| ExitCode::SUCCESS);
    }
    let Some(folder) = &args.output else {
        return Err(Box::new(Usage("compare needs a folder for its report: give its name after -o")));
    };
    leave_nothing_behind();
    check_output(args, folder)?;
    say_nothing_of_pesq();
    let (methods, unused) = systems::systems(args)?;
    let grouping = args.group.as_deref().map_or_else(|| Ok(Grouping::default()), Grouping::of)?;
    let (cases, mut skipped) = cases(args)?;
    skipped.extend(unused);
    let bar = bar(cases.len(), args.quiet);
    let mut experiment = Experiment::new(methods, cases);
    experiment.group(&grouping)?;
    #[cfg(feature = "dnsmos")]
    if let Some(file) = &args.dnsmos {
        experiment.ask(crate::eval::Dnsmos::open(file)?);
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.jobs.map_or(0, usize::from)).build()?;
    // All mixtures of a bad file are left out for one reason, which is said once.
    let said = Mutex::new(HashSet::new());
    let say = |skipped: &Skipped| {
        if said.lock().unwrap_or_else(PoisonError::into_inner).insert(skipped.reason.clone()) {
            bar.suspend(|| say::warn(format_args!("left out: {}", skipped.reason)));
        }
    };
    skipped.iter().for_each(say);
    // Delays and times are measured on this thread, when the pool has nothing more to do.
    let scored = |left_out: Option<&Skipped>| {
        left_out.into_iter().for_each(say);
        bar.inc(1);
    };
    let scores = pool.install(|| experiment.score(scored));
    bar.set_message("; measuring delay and time");
    let mut comparison = experiment.measure(scores);
    bar.finish_and_clear();
    if comparison.files.is_empty() {
        return Err("no pair could be compared".into());
    }
    skipped.append(&mut comparison.skipped);
    comparison.skipped = skipped;
    let seed = args.mix.mix.as_ref().map(|_| args.mix.seed);
    let provenance = Provenance::here(command_line(), seed, kernels::chosen()?);
    let examples = experiment.examples(&comparison);
    write_report(folder, &comparison, &examples, &provenance, args.force)?;
    if let Some(folder) = &args.figures {
        write_figures(folder, &comparison, args.force)?;
    }
    if !args.quiet {
        summary::print(&comparison, folder)?;
    }
    Ok(if comparison.skipped.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A panic of the crate that computes PESQ is caught and becomes a missing value, of which the report tells: no message here.
fn say_nothing_of_pesq() {
    let others = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.location().is_some_and(|place| place.file().contains("pesq-")) {
            others(panic);
        }
    }));
}

/// Refuses before the work what would be refused after it.
fn check_output(args: &CompareArgs, folder: &Path) -> Result<(), PathError> {
    let mut paths = Paths::default().fills("-o", folder);
    for (option, files) in [("--model", &args.model), ("--seed-of", &args.seed_of)] {
        paths = files.iter().fold(paths, |paths, file| paths.reads(option, &file.path));
    }
    if folder.is_dir() {
        paths =
            FILES.iter().fold(paths, |paths, name| paths.writes("a file of the report", &folder.join(name)));
    }
    if let Some(figures) = &args.figures {
        paths = paths.fills("--figures", figures);
        if figures.is_dir() {
            paths = paths.writes("a file of the figures", &figures.join("figures.tex"));
        }
    }
    paths.check(args.force)
}

/// The pairs, and the files without a partner.
fn cases(args: &CompareArgs) -> Result<(Vec<TestCase>, Vec<Skipped>), Box<dyn Error>> {
    match (&args.clean, &args.noisy, &args.mix.mix) {
        (Some(clean), Some(noisy), None) => {
            let matched = pairs_of(clean, noisy)?;
            if matched.cases.is_empty() {
                let (clean, noisy) = (clean.display(), noisy.display());
                return Err(format!(
                    "{clean} and {noisy}: no file of one has the name of a file of the other"
                )
                .into());
            }
            Ok((matched.cases, matched.skipped))
        }
        (None, Some(noisy), None) => {
            let matched = noisy_of(noisy)?;
            Ok((matched.cases, matched.skipped))
        }
        (None, None, Some(folders)) => {
            Ok((mixtures(&folders[0], &folders[1], &args.mix.snr, args.mix.seed)?, Vec::new()))
        }
        _ => Err(Box::new(Usage(
            "compare needs pairs: --clean DIR and --noisy DIR, or --mix SPEECH_DIR NOISE_DIR; or noisy recordings alone: --noisy DIR",
        ))),
    }
}

fn bar(files: usize, quiet: bool) -> ProgressBar {
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} pairs, {eta} left{msg}");
    let bar = ProgressBar::new(files as u64).with_style(style.expect("the template is well formed"));
    if quiet {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    bar
}

/// The command as it was typed, as far as that can be known.
fn command_line() -> String {
    let quoted = |argument: String| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./,=+:".contains(c);
        if !argument.is_empty() && argument.chars().all(plain) {
            argument
        } else {
            format!("'{}'", argument.replace('\'', "'\\''"))
        }
    };
    let arguments =
        std::env::args_os().skip(1).map(|argument| quoted(argument.to_string_lossy().into_owned()));
    std::iter::once("framewise".to_owned()).chain(arguments).collect::<Vec<_>>().join(" ")
}
