//! What lives, by its handle.

use std::cell::{Cell, RefCell};
use std::thread::LocalKey;

/// Things of one kind, each with its handle. They are few.
pub type Slots<T> = RefCell<Vec<(u32, T)>>;

thread_local! {
    static LAST: Cell<u32> = const { Cell::new(0) };
}

/// Keeps a thing and gives its handle, which no other ever has.
pub fn keep<T>(slots: &'static LocalKey<Slots<T>>, thing: T) -> u32 {
    let handle = LAST.get() + 1;
    LAST.set(handle);
    slots.with_borrow_mut(|slots| slots.push((handle, thing)));
    handle
}

/// Does something with a thing; gives `otherwise` if no such thing lives.
pub fn with<T, R>(
    slots: &'static LocalKey<Slots<T>>,
    handle: u32,
    otherwise: R,
    work: impl FnOnce(&mut T) -> R,
) -> R {
    slots.with_borrow_mut(|slots| match slots.iter_mut().find(|(own, _)| *own == handle) {
        Some((_, thing)) => work(thing),
        None => otherwise,
    })
}

/// Takes a thing out.
pub fn take<T>(slots: &'static LocalKey<Slots<T>>, handle: u32) -> Option<T> {
    slots.with_borrow_mut(|slots| {
        let place = slots.iter().position(|(own, _)| *own == handle)?;
        Some(slots.swap_remove(place).1)
    })
}
