//! The command-line program: reads arguments, calls the library, prints results.

mod args;
mod compare;
#[cfg(test)]
mod documents;
mod inspect;
mod interrupt;
mod kernels;
#[cfg(feature = "live")]
mod live;
mod model;
mod model_selection;
mod paths;
mod picture;
mod say;
mod usage;
mod values;
mod wav;

use crate::io::IoError;
use clap::Parser;
use paths::PathError;
use std::error::Error;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::process::ExitCode;

/// Runs the program on these arguments, the first being its own name. A failure is one line on standard error.
///
/// Exit codes: 0 done; 1 something failed, and no output was written under its name; 2 the arguments are wrong.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args = match args::Args::try_parse_from(arguments) {
        Ok(args) => args,
        Err(error) => {
            // Help and version as well.
            say::refuse(&error);
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(usage::CODE));
        }
    };
    if let Err(error) = kernels::chosen() {
        say::warn(error);
        return ExitCode::from(usage::CODE);
    }
    let done = match args.command {
        args::Command::Wav(args) => wav::run(&args),
        args::Command::Inspect(args) => inspect::run(&args),
        args::Command::Model(args) => model::run(&args),
        args::Command::Compare(args) => compare::run(&args),
        #[cfg(feature = "live")]
        args::Command::Live(args) => live::run(&args).map(|()| ExitCode::SUCCESS),
        #[cfg(feature = "live")]
        args::Command::Devices(args) => live::devices::run(&args).map(|()| ExitCode::SUCCESS),
    };
    match done {
        Ok(code) => code,
        Err(error) if broken_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            say::warn(&error);
            exit_code(&*error)
        }
    }
}

fn exit_code(error: &(dyn Error + 'static)) -> ExitCode {
    #[cfg(feature = "live")]
    if error.is::<interrupt::Interrupted>() {
        return ExitCode::from(interrupt::CODE);
    }
    let same = matches!(error.downcast_ref(), Some(PathError::Same { .. }));
    if error.is::<usage::Usage>() || same { ExitCode::from(usage::CODE) } else { ExitCode::FAILURE }
}

/// Whether a reader of our output went away, as `framewise model | head` does: no fault.
fn broken_pipe(error: &(dyn Error + 'static)) -> bool {
    let kind = match (error.downcast_ref::<std::io::Error>(), error.downcast_ref::<IoError>()) {
        (Some(error), _) => Some(error.kind()),
        (_, Some(IoError::Wav(error))) => error.system_kind(),
        _ => None,
    };
    kind == Some(ErrorKind::BrokenPipe)
}
