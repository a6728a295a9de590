//! What LADSPA and LV2 ask of an instance, behind a pointer without a type. No panic gets past here.

use crate::connected::Connected;
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

/// Runs `work`, or gives `otherwise` if it panics.
fn guarded<T>(otherwise: T, work: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(otherwise)
}

/// A new instance of `N` channels; null if there can be none at this rate.
pub fn instantiate<const N: usize>(rate: u32) -> *mut c_void {
    guarded(ptr::null_mut(), || match Connected::<N>::new(rate) {
        Ok(instance) => Box::into_raw(Box::new(instance)).cast(),
        Err(_) => ptr::null_mut(),
    })
}

/// The instance behind a handle.
///
/// # Safety
/// The handle comes from [`instantiate`] with the same `N`, was not given to [`cleanup`], and nobody else uses it meanwhile.
unsafe fn instance<'a, const N: usize>(handle: *mut c_void) -> &'a mut Connected<N> {
    // SAFETY: as the caller promises.
    unsafe { &mut *handle.cast() }
}

/// Connects a port.
///
/// # Safety
/// As for [`instance`]; the data are there whenever the instance runs.
pub unsafe fn connect<const N: usize>(handle: *mut c_void, port: usize, data: *mut f32) {
    // SAFETY: as the caller promises.
    guarded((), || unsafe { instance::<N>(handle) }.connect(port, data));
}

/// Back to the start.
///
/// # Safety
/// As for [`instance`].
#[cfg_attr(framewise_rtsan, sanitize(realtime = "nonblocking"))]
pub unsafe fn activate<const N: usize>(handle: *mut c_void) {
    // SAFETY: as the caller promises.
    guarded((), || unsafe { instance::<N>(handle) }.activate());
}

/// Takes and gives so many samples.
///
/// # Safety
/// As for [`instance`] and [`Connected::run`].
#[cfg_attr(framewise_rtsan, sanitize(realtime = "nonblocking"))]
pub unsafe fn run<const N: usize>(handle: *mut c_void, count: usize) {
    let ran = guarded(false, || {
        // SAFETY: as the caller promises.
        unsafe { instance::<N>(handle).run(count) };
        true
    });
    if !ran {
        // SAFETY: as the caller promises.
        guarded((), || unsafe { instance::<N>(handle).silence(count) });
    }
}

/// The end of an instance.
///
/// # Safety
/// As for [`instance`]; the handle is not used again.
pub unsafe fn cleanup<const N: usize>(handle: *mut c_void) {
    // SAFETY: `instantiate` made it with `Box::into_raw`, with this type.
    guarded((), || drop(unsafe { Box::from_raw(handle.cast::<Connected<N>>()) }));
}

#[cfg(test)]
mod tests {
    use super::{cleanup, connect, guarded, instantiate, run};

    #[test]
    fn a_panic_ends_at_the_border() {
        assert_eq!(guarded(7, || panic!("on purpose")), 7);
        assert_eq!(guarded(7, || 8), 8);
    }

    #[test]
    fn rates_that_cannot_be_give_no_instance() {
        for rate in [0, 1, u32::MAX] {
            assert!(instantiate::<1>(rate).is_null(), "{rate} Hz");
        }
    }

    #[test]
    fn ports_that_are_not_connected_or_do_not_exist_do_no_harm() {
        let handle = instantiate::<2>(48_000);
        // SAFETY: the handle is new, and nothing is connected but ports that do not exist.
        unsafe {
            connect::<2>(handle, 9, std::ptr::dangling_mut());
            connect::<2>(handle, usize::MAX, std::ptr::dangling_mut());
            run::<2>(handle, 3000);
            cleanup::<2>(handle);
        }
    }
}
