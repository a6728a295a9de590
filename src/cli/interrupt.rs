//! What an interrupt leaves behind: nothing.

use crate::io::wav::discard_unfinished;

/// Exit code of a program that was interrupted, as shells have it.
const INTERRUPTED: i32 = 130;

/// On an interrupt, a hang-up or a request to end: removes unfinished files and ends.
pub fn leave_nothing_behind() {
    // Fails only if a handler is there already, which then has its own way of ending.
    let _ = ctrlc::set_handler(|| {
        discard_unfinished();
        std::process::exit(INTERRUPTED);
    });
}
