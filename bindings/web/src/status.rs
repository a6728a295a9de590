//! Statuses, and the message of the last failure.

use crate::exported;
use std::cell::RefCell;
use std::fmt::Display;

/// It was done.
pub const DONE: i32 = 0;
/// A handle names nothing: it was destroyed, or never given.
pub const GONE: i32 = -1;
/// A number is out of range; the message says which.
pub const REFUSED: i32 = -2;

thread_local! {
    static MESSAGE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps the message of a failure.
pub fn say(message: impl Display) {
    MESSAGE.with_borrow_mut(|last| *last = message.to_string());
}

/// Gives what was made, or keeps the message and gives `otherwise`.
pub fn or<T>(result: Result<T, String>, otherwise: T) -> T {
    result.unwrap_or_else(|message| {
        say(message);
        otherwise
    })
}

/// A whole number from the host, whose numbers are all of one kind.
pub fn whole(value: f64, what: &str) -> Result<u32, String> {
    if value.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&value) {
        return Ok(value as u32);
    }
    Err(format!("{what} of {value}: expected a whole number"))
}

exported! {
    /// The message of the last failure, in UTF-8.
    fn framewise_message() -> *const u8 {
        MESSAGE.with_borrow(|last| last.as_ptr())
    }

    /// Bytes of that message.
    fn framewise_message_length() -> usize {
        MESSAGE.with_borrow(String::len)
    }
}
