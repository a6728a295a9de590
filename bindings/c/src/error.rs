//! Codes and messages.

use std::cell::RefCell;
use std::ffi::{c_char, CString};
use std::fmt::Display;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr;

/// What came of a call.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FramewiseStatus {
    /// It was done.
    Ok = 0,
    /// A pointer that must not be null is null.
    NullPointer = 1,
    /// A number or a text is out of range; after framewise_create* the message says which.
    InvalidArgument = 2,
    /// A model cannot be read; the message says why.
    InvalidModel = 3,
    /// A fault of the library itself. The denoiser may only be destroyed.
    Internal = 4,
}

thread_local! {
    static LAST: RefCell<CString> = RefCell::default();
}

/// Keeps a message for `framewise_last_error` and gives the code back.
pub(crate) fn fail(status: FramewiseStatus, message: impl Display) -> FramewiseStatus {
    let text: String = message.to_string().chars().filter(|&c| c != '\0').collect();
    LAST.with(|last| *last.borrow_mut() = CString::new(text).unwrap_or_default());
    status
}

/// Runs `work`; a panic ends here, as `Internal`.
pub(crate) fn guarded(work: impl FnOnce() -> FramewiseStatus) -> FramewiseStatus {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(FramewiseStatus::Internal)
}

/// Runs `work`; a panic ends here, as `otherwise`.
pub(crate) fn guarded_or<T>(otherwise: T, work: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(otherwise)
}

/// What a status means: a constant text, never null. For any thread, also one of sound.
#[no_mangle]
pub extern "C" fn framewise_status_message(status: i32) -> *const c_char {
    let text: &[u8] = match status {
        0 => b"done\0",
        1 => b"a pointer is null\0",
        2 => b"an argument is out of range\0",
        3 => b"the model cannot be read\0",
        4 => b"a fault of the library itself\0",
        _ => b"not a status of this library\0",
    };
    text.as_ptr().cast()
}

/// Why the last framewise_create* on this thread failed, in one line; empty if none has. It holds until the next such call on
/// this thread. Not for a thread of sound.
#[no_mangle]
pub extern "C" fn framewise_last_error() -> *const c_char {
    guarded_or(ptr::null(), || LAST.with(|last| last.borrow().as_ptr()))
}
