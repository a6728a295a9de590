//! LV2: its structure, and the plugins in it. What they are is written in `framewise.lv2`. The format: <https://lv2plug.in/c/html/>.

use crate::border;
use std::ffi::{CStr, c_char, c_void};
use std::ptr;

/// An instance, of which only the plugin knows more.
pub type Handle = *mut c_void;

/// Address of the plugin for one channel.
pub const MONO_URI: &CStr = c"urn:framewise:mono";
/// Address of the plugin for two channels.
pub const STEREO_URI: &CStr = c"urn:framewise:stereo";

/// `LV2_Descriptor`: a plugin.
#[repr(C)]
#[allow(missing_docs)]
pub struct Descriptor {
    pub uri: *const c_char,
    pub instantiate:
        Option<unsafe extern "C" fn(*const Descriptor, f64, *const c_char, *const *const c_void) -> Handle>,
    pub connect_port: Option<unsafe extern "C" fn(Handle, u32, *mut c_void)>,
    pub activate: Option<unsafe extern "C" fn(Handle)>,
    pub run: Option<unsafe extern "C" fn(Handle, u32)>,
    pub deactivate: Option<unsafe extern "C" fn(Handle)>,
    pub cleanup: Option<unsafe extern "C" fn(Handle)>,
    pub extension_data: Option<unsafe extern "C" fn(*const c_char) -> *const c_void>,
}

// SAFETY: it points to constants alone.
unsafe impl Sync for Descriptor {}

static PLUGINS: [Descriptor; 2] = [descriptor::<1>(MONO_URI), descriptor::<2>(STEREO_URI)];

const fn descriptor<const N: usize>(uri: &'static CStr) -> Descriptor {
    Descriptor {
        uri: uri.as_ptr(),
        instantiate: Some(instantiate::<N>),
        connect_port: Some(connect_port::<N>),
        activate: Some(activate::<N>),
        run: Some(run::<N>),
        deactivate: None,
        cleanup: Some(cleanup::<N>),
        extension_data: None,
    }
}

unsafe extern "C" fn instantiate<const N: usize>(
    _: *const Descriptor,
    rate: f64,
    _bundle: *const c_char,
    _features: *const *const c_void,
) -> Handle {
    // A rate that is no whole number becomes another one here, and is refused.
    let whole = rate as u32;
    if f64::from(whole) == rate { border::instantiate::<N>(whole) } else { ptr::null_mut() }
}

unsafe extern "C" fn connect_port<const N: usize>(handle: Handle, port: u32, data: *mut c_void) {
    // SAFETY: the format's rules are those of `border`.
    unsafe { border::connect::<N>(handle, port as usize, data.cast()) };
}

unsafe extern "C" fn activate<const N: usize>(handle: Handle) {
    // SAFETY: as above.
    unsafe { border::activate::<N>(handle) };
}

unsafe extern "C" fn run<const N: usize>(handle: Handle, count: u32) {
    // SAFETY: as above.
    unsafe { border::run::<N>(handle, count as usize) };
}

unsafe extern "C" fn cleanup<const N: usize>(handle: Handle) {
    // SAFETY: as above.
    unsafe { border::cleanup::<N>(handle) };
}

/// The plugins of this library, one after the other, then null: what a host asks for.
#[unsafe(no_mangle)]
pub extern "C" fn lv2_descriptor(index: u32) -> *const Descriptor {
    PLUGINS.get(index as usize).map_or(ptr::null(), ptr::from_ref)
}
