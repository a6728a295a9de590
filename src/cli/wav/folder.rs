//! A folder of files into a folder of the same tree.

use super::endpoint::Endpoint;
use super::progress::Many;
use super::report::{self, Report};
use super::task::{Failure, Task};
use crate::cli::args::WavArgs;
use crate::cli::paths::Identity;
use crate::cli::say;
use crate::io::{has_sound_ending, has_wav_ending, is_candidate};
use crate::model::Model;
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Instant;
use walkdir::WalkDir;

/// A file to clean.
struct Job {
    /// Path below the folder, and that of its output.
    path: PathBuf,
    output: PathBuf,
    bytes: u64,
}

/// What a folder holds.
struct Found {
    jobs: Vec<Job>,
    /// All files that are read, those of other shares too: nothing is written over them.
    inputs: HashSet<Identity>,
}

/// What has come of the files so far.
#[derive(Default)]
struct Tally {
    cleaned: usize,
    skipped: usize,
    seconds: f64,
    failures: Vec<(String, String)>,
}

/// Cleans all files in a folder and the folders below. Goes on after a bad file, and ends with a table of those.
pub fn run(args: &WavArgs, model: &Model) -> Result<ExitCode, Box<dyn Error>> {
    let start = Instant::now();
    let mut tally = Tally::default();
    let found = walk(args, &mut tally);
    let Found { jobs, inputs } = &found;
    let total = jobs.len();
    let bars = Many::new(total, jobs.iter().map(|job| job.bytes).sum(), args.quiet);
    let state = Mutex::new(tally);
    let task = Task::new(model, args);
    // More threads than files would only be made and ended; the library takes none to mean one for each core.
    let threads = args.batch.jobs.map_or(0, |jobs| jobs.get().min(total.max(1)));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    pool.install(|| {
        // One at a time to whoever is free: files differ in length.
        jobs.par_iter().with_max_len(1).for_each(|job| clean(args, &task, job, inputs, &bars, &state));
    });
    bars.finish();
    let tally = state.into_inner().map_err(|_| "a file ended the program's thread")?;
    Ok(conclude(args, tally, start))
}

/// One file, whatever comes of it.
fn clean(
    args: &WavArgs,
    task: &Task<'_>,
    job: &Job,
    inputs: &HashSet<Identity>,
    bars: &Many,
    state: &Mutex<Tally>,
) {
    let input = Endpoint::File(args.input.join(&job.path));
    let path = args.output.join(&job.output);
    let there = args.batch.resume && path.is_file();
    let bar = bars.begin(&job.path.display().to_string(), job.bytes);
    let outcome: Option<Result<Report, Failure>> = (!there).then(|| {
        if Identity::of(&path).is_some_and(|output| inputs.contains(&output)) {
            return Err(format!("{}: is read as well: write to another folder", say::name(&path)).into());
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)
                .map_err(|error| format!("{}: can't be created: {error}", say::name(folder)))?;
        }
        task.run(&input, &Endpoint::File(path.clone()), |done| bars.advance(&bar, done.bytes))
    });
    let output = Endpoint::File(path);
    let Ok(mut tally) = state.lock() else { return };
    let line = match &outcome {
        None => report::skipped(&input, &output),
        Some(outcome) => report::line(&input, &output, outcome.as_ref().map_err(|error| &**error)),
    };
    if args.json {
        bars.print(&line.to_string());
    }
    match outcome {
        None => tally.skipped += 1,
        Some(Ok(report)) => {
            tally.cleaned += 1;
            tally.seconds += report.seconds();
            if !args.quiet {
                for line in report.warnings(&input, &output) {
                    bars.warn(&line);
                }
            }
        }
        Some(Err(error)) => tally.failures.push((say::name(&job.path), error.to_string())),
    }
    let done = tally.cleaned + tally.skipped + tally.failures.len();
    bars.end(&bar, done);
}

/// The path of the output of a file: of the same name, but for the ending where that is one of another format.
fn written_as(path: &Path) -> PathBuf {
    if has_sound_ending(path) && !has_wav_ending(path) { path.with_extension("wav") } else { path.to_owned() }
}

/// The files to clean, in order of their paths; what could not be walked is a failure.
fn walk(args: &WavArgs, tally: &mut Tally) -> Found {
    let output = fs::canonicalize(&args.output).ok();
    // The output may lie inside the input: what is in it is no input.
    let is_output = |path: &Path| output.is_some() && fs::canonicalize(path).ok() == output;
    let entries =
        WalkDir::new(&args.input).follow_links(true).sort_by_file_name().into_iter().filter_entry(|entry| {
            entry.depth() == 0 || !entry.file_type().is_dir() || !is_output(entry.path())
        });
    let mut jobs = Vec::new();
    let mut outputs = HashMap::new();
    let mut inputs: HashSet<_> = args.model.iter().filter_map(|model| Identity::of(model)).collect();
    for entry in entries {
        match entry {
            Ok(entry) if entry.file_type().is_file() && is_candidate(entry.path()) => {
                inputs.extend(Identity::of(entry.path()));
                let path = entry.path().strip_prefix(&args.input).unwrap_or(entry.path()).to_owned();
                let output = written_as(&path);
                // Of all shares, so that each leaves out the same.
                let first = outputs.entry(output.clone()).or_insert_with(|| path.clone());
                let alone = *first == path;
                if !args.batch.shard.is_none_or(|shard| shard.takes(&path)) {
                    continue;
                }
                if alone {
                    let bytes = entry.metadata().map_or(0, |data| data.len());
                    jobs.push(Job { path, output, bytes });
                } else {
                    let why = format!("its output would be that of {}: rename one", say::name(first));
                    tally.failures.push((say::name(&path), why));
                }
            }
            Ok(_) => {}
            Err(error) => {
                let path = error.path().unwrap_or(&args.input);
                tally.failures.push((say::name(path), error.to_string()));
            }
        }
    }
    Found { jobs, inputs }
}

/// The table of failures and the sum of all, and the exit code.
fn conclude(args: &WavArgs, mut tally: Tally, start: Instant) -> ExitCode {
    tally.failures.sort();
    let failed = tally.failures.len();
    if failed > 0 {
        let width = tally.failures.iter().map(|(file, _)| file.chars().count()).max().unwrap_or(0).min(60);
        say::warn(format_args!("{failed} failed:"));
        for (file, why) in &tally.failures {
            // The message begins with the path in full, which the first column has said.
            let why = why.split_once(&format!("{file}: ")).map_or(why.as_str(), |(_, rest)| rest);
            say::say(format_args!("  {file:width$}  {why}"));
        }
    }
    if !args.quiet {
        let Tally { cleaned, skipped, seconds, .. } = tally;
        let (output, speed) = (say::name(&args.output), report::speed(seconds, start.elapsed()));
        say::say(format_args!("{output}: {cleaned} cleaned, {skipped} skipped, {failed} failed; {speed}"));
    }
    if failed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
