//! The command-line program: reads arguments, calls the library, prints results.

mod args;
#[cfg(feature = "live")]
mod live;
mod model;
mod wav;

use clap::Parser;
use std::error::Error;
use std::process::ExitCode;

/// Runs the program on the process's arguments. A failure is one line on standard error.
///
/// Exit codes: 0 done; 1 something failed, and no output was written under its name; 2 the arguments are wrong.
pub fn run() -> ExitCode {
    let args = args::Args::parse();
    let done = match args.command {
        args::Command::Wav(args) => wav::run(&args),
        args::Command::Model(args) => model::run(&args),
        #[cfg(feature = "live")]
        args::Command::Live(args) => live::run(&args),
        #[cfg(feature = "live")]
        args::Command::Devices(args) => live::devices::run(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if broken_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("framewise: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether a reader of our output went away, as `framewise model | head` does: no fault.
fn broken_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
