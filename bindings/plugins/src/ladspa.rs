//! LADSPA 1.1: its structures, and the plugins in them. The format: <https://www.ladspa.org/ladspa_sdk/ladspa.h.txt>.

use crate::border;
use crate::ports::{Kind, MONO, Port, STEREO};
use std::ffi::{CStr, c_char, c_int, c_ulong, c_void};
use std::ptr;

/// An instance, of which only the plugin knows more.
pub type Handle = *mut c_void;

/// `LADSPA_Descriptor`: a plugin.
#[repr(C)]
#[allow(missing_docs)]
pub struct Descriptor {
    pub unique_id: c_ulong,
    pub label: *const c_char,
    pub properties: c_int,
    pub name: *const c_char,
    pub maker: *const c_char,
    pub copyright: *const c_char,
    pub port_count: c_ulong,
    pub port_descriptors: *const c_int,
    pub port_names: *const *const c_char,
    pub port_range_hints: *const RangeHint,
    pub implementation_data: *mut c_void,
    pub instantiate: Option<unsafe extern "C" fn(*const Descriptor, c_ulong) -> Handle>,
    pub connect_port: Option<unsafe extern "C" fn(Handle, c_ulong, *mut f32)>,
    pub activate: Option<unsafe extern "C" fn(Handle)>,
    pub run: Option<unsafe extern "C" fn(Handle, c_ulong)>,
    pub run_adding: Option<unsafe extern "C" fn(Handle, c_ulong)>,
    pub set_run_adding_gain: Option<unsafe extern "C" fn(Handle, f32)>,
    pub deactivate: Option<unsafe extern "C" fn(Handle)>,
    pub cleanup: Option<unsafe extern "C" fn(Handle)>,
}

// SAFETY: it points to constants alone.
unsafe impl Sync for Descriptor {}

/// `LADSPA_PortRangeHint`: what a number may be.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct RangeHint {
    pub descriptor: c_int,
    pub lower: f32,
    pub upper: f32,
}

const HARD_REAL_TIME: c_int = 0x4;
const PORT_INPUT: c_int = 0x1;
const PORT_OUTPUT: c_int = 0x2;
const PORT_CONTROL: c_int = 0x4;
const PORT_AUDIO: c_int = 0x8;
const BOUNDED: c_int = 0x1 | 0x2;
const TOGGLED: c_int = 0x4;
const INTEGER: c_int = 0x20;
const DEFAULT_MAXIMUM: c_int = 0x140;
const DEFAULT_0: c_int = 0x200;

const fn direction(kind: Kind) -> c_int {
    match kind {
        Kind::Number { .. } | Kind::Switch | Kind::Count => PORT_CONTROL | PORT_INPUT,
        Kind::Latency => PORT_CONTROL | PORT_OUTPUT,
        Kind::Input => PORT_AUDIO | PORT_INPUT,
        Kind::Output => PORT_AUDIO | PORT_OUTPUT,
    }
}

const fn hint(kind: Kind) -> RangeHint {
    let (descriptor, upper) = match kind {
        Kind::Number { most, default } => {
            assert!(default == most, "another default needs another hint");
            (BOUNDED | DEFAULT_MAXIMUM, most)
        }
        Kind::Switch => (TOGGLED | DEFAULT_0, 1.0),
        Kind::Count => (BOUNDED | INTEGER | DEFAULT_0, 1.0),
        // No value that is told needs a default, but SoX asks the user for one where there is none.
        Kind::Latency => (INTEGER | DEFAULT_0, 0.0),
        Kind::Input | Kind::Output => (0, 0.0),
    };
    RangeHint { descriptor, lower: 0.0, upper }
}

/// What LADSPA keeps in three arrays.
struct Table<const P: usize> {
    directions: [c_int; P],
    names: [*const c_char; P],
    hints: [RangeHint; P],
}

// SAFETY: the names are constants.
unsafe impl<const P: usize> Sync for Table<P> {}

impl<const P: usize> Table<P> {
    const fn new(ports: &[Port; P]) -> Self {
        let mut table = Self { directions: [0; P], names: [ptr::null(); P], hints: [hint(Kind::Input); P] };
        let mut p = 0;
        while p < P {
            table.directions[p] = direction(ports[p].kind);
            table.names[p] = ports[p].name.as_ptr();
            table.hints[p] = hint(ports[p].kind);
            p += 1;
        }
        table
    }
}

static MONO_TABLE: Table<{ MONO.len() }> = Table::new(&MONO);
static STEREO_TABLE: Table<{ STEREO.len() }> = Table::new(&STEREO);

static PLUGINS: [Descriptor; 2] = [
    descriptor::<1, _>(0x0046_5701, c"framewise_mono", c"Framewise speech denoiser (mono)", &MONO_TABLE),
    descriptor::<2, _>(
        0x0046_5702,
        c"framewise_stereo",
        c"Framewise speech denoiser (stereo)",
        &STEREO_TABLE,
    ),
];

const fn descriptor<const N: usize, const P: usize>(
    unique_id: c_ulong,
    label: &'static CStr,
    name: &'static CStr,
    table: &'static Table<P>,
) -> Descriptor {
    Descriptor {
        unique_id,
        label: label.as_ptr(),
        properties: HARD_REAL_TIME,
        name: name.as_ptr(),
        maker: c"Framewise".as_ptr(),
        copyright: c"MIT OR Apache-2.0".as_ptr(),
        port_count: P as c_ulong,
        port_descriptors: table.directions.as_ptr(),
        port_names: table.names.as_ptr(),
        port_range_hints: table.hints.as_ptr(),
        implementation_data: ptr::null_mut(),
        instantiate: Some(instantiate::<N>),
        connect_port: Some(connect_port::<N>),
        activate: Some(activate::<N>),
        run: Some(run::<N>),
        run_adding: None,
        set_run_adding_gain: None,
        deactivate: None,
        cleanup: Some(cleanup::<N>),
    }
}

unsafe extern "C" fn instantiate<const N: usize>(_: *const Descriptor, rate: c_ulong) -> Handle {
    u32::try_from(rate).map_or(ptr::null_mut(), border::instantiate::<N>)
}

unsafe extern "C" fn connect_port<const N: usize>(handle: Handle, port: c_ulong, data: *mut f32) {
    // SAFETY: the format's rules are those of `border`.
    unsafe { border::connect::<N>(handle, port as usize, data) };
}

unsafe extern "C" fn activate<const N: usize>(handle: Handle) {
    // SAFETY: as above.
    unsafe { border::activate::<N>(handle) };
}

unsafe extern "C" fn run<const N: usize>(handle: Handle, count: c_ulong) {
    // SAFETY: as above.
    unsafe { border::run::<N>(handle, count as usize) };
}

unsafe extern "C" fn cleanup<const N: usize>(handle: Handle) {
    // SAFETY: as above.
    unsafe { border::cleanup::<N>(handle) };
}

/// The plugins of this library, one after the other, then null: what a host asks for.
#[unsafe(no_mangle)]
pub extern "C" fn ladspa_descriptor(index: c_ulong) -> *const Descriptor {
    PLUGINS.get(index as usize).map_or(ptr::null(), ptr::from_ref)
}
