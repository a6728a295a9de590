//! The command-line program; see `framewise --help`.

fn main() -> std::process::ExitCode {
    framewise::cli::run(std::env::args_os())
}
