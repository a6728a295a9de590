//! The library as hosts load it.

use framewise_plugins::ladspa::Descriptor;
use libloading::{Library, Symbol};
use std::ffi::c_ulong;
use std::path::PathBuf;
use std::time::Instant;

type Function = unsafe extern "C" fn(c_ulong) -> *const Descriptor;

/// Cargo puts the library beside the tests' own binaries.
fn path() -> PathBuf {
    let tests = std::env::current_exe().expect("this program");
    let name = format!("{}framewise_plugins{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    tests.with_file_name(name)
}

/// Loads the library, runs a plugin, and unloads it.
fn load_and_unload() {
    // SAFETY: the library's functions are those of the formats, and nothing of it is used after it is gone.
    unsafe {
        let library = Library::new(path()).expect("the library");
        let function: Symbol<'_, Function> = library.get(b"ladspa_descriptor\0").expect("the function");
        let plugin = &*function(1);
        let handle = plugin.instantiate.expect("there")(plugin, 48_000);
        assert!(!handle.is_null());
        let (mut sound, mut latency) = ([0.1f32; 64], 0.0);
        for port in 5..9 {
            plugin.connect_port.expect("there")(handle, port, sound.as_mut_ptr());
        }
        plugin.connect_port.expect("there")(handle, 4, &raw mut latency);
        plugin.activate.expect("there")(handle);
        plugin.run.expect("there")(handle, 64);
        assert!(latency > 480.0);
        plugin.cleanup.expect("there")(handle);
    }
}

/// Memory of this process in KiB.
#[cfg(target_os = "linux")]
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the state of this process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("resident memory");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

#[cfg(target_os = "linux")]
#[test]
fn a_thousand_loads_and_unloads_leave_nothing_behind() {
    let start = Instant::now();
    load_and_unload();
    println!("load, first instance, run and unload: {:.2} ms", 1e3 * start.elapsed().as_secs_f64());
    for _ in 0..100 {
        load_and_unload();
    }
    let before = resident();
    let start = Instant::now();
    for _ in 0..1_000 {
        load_and_unload();
    }
    println!("and each of a thousand more: {:.2} ms", start.elapsed().as_secs_f64());
    // One instance alone has some hundred KiB; a KiB left by each load would make a thousand.
    let grown = resident().saturating_sub(before);
    assert!(grown < 1_000, "{grown} KiB more after a thousand loads");
}
