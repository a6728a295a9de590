//! Counts heap allocations, those of C and C++ libraries as well as Rust's.
//!
//! The program defines the C library's allocation functions itself and passes each call on to it, so whatever shared
//! library is loaded later, and Rust's own allocator, call these. `malloc`, `calloc`, `realloc` and the aligned ones
//! count; `free` does not, and neither does what a library carves out of a block that it already holds.

use libc::{c_int, c_void, size_t};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

static COUNTING: AtomicBool = AtomicBool::new(false);
static CALLS: AtomicU64 = AtomicU64::new(0);

unsafe extern "C" {
    fn __libc_malloc(size: size_t) -> *mut c_void;
    fn __libc_calloc(count: size_t, size: size_t) -> *mut c_void;
    fn __libc_realloc(pointer: *mut c_void, size: size_t) -> *mut c_void;
    fn __libc_memalign(alignment: size_t, size: size_t) -> *mut c_void;
}

fn tick() {
    if COUNTING.load(Relaxed) {
        CALLS.fetch_add(1, Relaxed);
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn malloc(size: size_t) -> *mut c_void {
    tick();
    // SAFETY: passed on.
    unsafe { __libc_malloc(size) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn calloc(count: size_t, size: size_t) -> *mut c_void {
    tick();
    // SAFETY: passed on.
    unsafe { __libc_calloc(count, size) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn realloc(pointer: *mut c_void, size: size_t) -> *mut c_void {
    tick();
    // SAFETY: passed on.
    unsafe { __libc_realloc(pointer, size) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn memalign(alignment: size_t, size: size_t) -> *mut c_void {
    tick();
    // SAFETY: passed on.
    unsafe { __libc_memalign(alignment, size) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn aligned_alloc(alignment: size_t, size: size_t) -> *mut c_void {
    tick();
    // SAFETY: passed on.
    unsafe { __libc_memalign(alignment, size) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn posix_memalign(to: *mut *mut c_void, alignment: size_t, size: size_t) -> c_int {
    tick();
    if !alignment.is_power_of_two() || !alignment.is_multiple_of(size_of::<*mut c_void>()) {
        return libc::EINVAL;
    }
    // SAFETY: passed on; the caller gives a place for the pointer.
    unsafe {
        let block = __libc_memalign(alignment, size);
        if block.is_null() {
            return libc::ENOMEM;
        }
        *to = block;
    }
    0
}

/// How many allocations `work` makes, in the whole process.
pub fn allocations<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let before = CALLS.load(Relaxed);
    COUNTING.store(true, Relaxed);
    let result = work();
    COUNTING.store(false, Relaxed);
    (result, CALLS.load(Relaxed) - before)
}

/// Whether a shared library that asks for `malloc` is given the one above.
pub fn covers_shared_libraries() -> bool {
    // SAFETY: the name is a C string.
    let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"malloc".as_ptr()) };
    std::ptr::eq(found, malloc as *const c_void)
}
