//! What an interrupt leaves behind: nothing.

use crate::io::wav::discard_unfinished;

/// Exit code of a program that was interrupted, as shells have it.
pub const CODE: u8 = 130;

/// A run that was interrupted before it had anything to give.
#[cfg(feature = "live")]
#[derive(Debug, thiserror::Error)]
#[error("interrupted {0}")]
pub struct Interrupted(pub &'static str);

/// On an interrupt, a hang-up or a request to end: removes unfinished files and ends.
pub fn leave_nothing_behind() {
    // Fails only if a handler is there already, which then has its own way of ending.
    let _ = ctrlc::set_handler(|| {
        discard_unfinished();
        std::process::exit(CODE.into());
    });
}
