//! `framewise wav`: a noisy file in, a clean file out; the same for streams and for folders of files.

mod drawing;
mod endpoint;
mod folder;
mod progress;
mod report;
mod task;

use super::args::WavArgs;
use super::interrupt::leave_nothing_behind;
use super::model;
use super::paths::{PathError, Paths};
use super::say;
use super::usage::Usage;
use crate::io::{has_sound_ending, has_wav_ending};
use crate::model::Model;
pub use endpoint::Endpoint;
use endpoint::STREAM;
use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use task::Task;

/// Cleans one file, one stream, or a folder.
pub fn run(args: &WavArgs) -> Result<ExitCode, Box<dyn Error>> {
    check(args)?;
    leave_nothing_behind();
    if args.input.is_dir() {
        paths(args).fills("-o", &args.output).check(args.force)?;
        return folder::run(args, &args.selection.load(args.model.as_ref())?);
    }
    let (input, output) = (Endpoint::new(&args.input), Endpoint::new(&args.output));
    let files = match &output {
        Endpoint::Stream => paths(args).writes_stream(),
        Endpoint::File(path) => paths(args).writes("-o", path),
    };
    let files = args.spectrogram.iter().fold(files, |files, path| files.writes("--spectrogram", path));
    let possible = match files.check(args.force) {
        // Wrong arguments, of which the record of files says nothing.
        Err(error @ PathError::Same { .. }) => return Err(Box::new(error)),
        possible => possible,
    };
    let model = args.selection.load(args.model.as_ref())?;
    let task = Task::new(&model, args);
    let progress = progress::Single::new(args.quiet);
    let outcome = match possible {
        Ok(()) => task.run(&input, &output, |done| progress.advance(done)),
        Err(error) => Err(error.into()),
    };
    progress.finish();
    if args.json {
        let line = report::line(&input, &output, outcome.as_ref().map_err(|error| &**error));
        writeln!(std::io::stdout(), "{line}")?;
    }
    let report = outcome.map_err(|error| -> Box<dyn Error> { error })?;
    if !args.quiet {
        report.warn(&input, &output);
        say::say(format_args!("{output}: {}; {}", describe(&model, args), report.speed()));
    }
    Ok(ExitCode::SUCCESS)
}

/// What the command reads, to which what it writes is added.
fn paths(args: &WavArgs) -> Paths {
    let paths = match Endpoint::new(&args.input) {
        Endpoint::Stream => Paths::default().reads_stream(),
        Endpoint::File(path) => Paths::default().reads("the input", &path),
    };
    args.model.iter().fold(paths, |paths, file| paths.reads("--model", file))
}

/// The model in a few words, and what becomes of its delay.
fn describe(model: &Model, args: &WavArgs) -> String {
    let state = if args.sound.raw_delay {
        "left in, with that of resampling where rates differ"
    } else {
        "compensated"
    };
    let (name, frames) = (&model.header().name, model.graph().delay());
    format!("{name}, latency {frames} frames, delay {}, {state}", model::delay(model))
}

/// Refuses arguments that do not go together.
fn check(args: &WavArgs) -> Result<(), Usage> {
    let streams = |path: &Path| path == Path::new(STREAM);
    let (from_stream, to_stream) = (streams(&args.input), streams(&args.output));
    let folder = !from_stream && args.input.is_dir();
    if args.json && to_stream {
        return Err(Usage("--json writes to standard output, and so does `-o -`: choose one"));
    }
    if folder && to_stream {
        return Err(Usage("a folder needs a folder to write to: give its name after -o"));
    }
    if folder && args.spectrogram.is_some() {
        return Err(Usage("--spectrogram draws one file: give the name of one"));
    }
    if args.spectrogram.as_deref().is_some_and(streams) {
        return Err(Usage("--spectrogram needs the name of a file: standard output is for sound"));
    }
    let other = |path: &Path| has_sound_ending(path) && !has_wav_ending(path);
    if !folder && other(&args.output) {
        return Err(Usage("the output is written as WAV: give it a name that ends in .wav"));
    }
    if folder && args.raw.raw.is_some() {
        return Err(Usage("--raw is for one file or stream: its header would say nothing of the next"));
    }
    if !folder && (args.batch.shard.is_some() || args.batch.jobs.is_some() || args.batch.resume) {
        return Err(Usage("--jobs, --resume and --shard are for folders: the input is none"));
    }
    Ok(())
}
