//! The library as hosts load it.

use clack_host::prelude::*;
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

/// What CLAP's plugins may ask of this host: nothing.
struct Handlers;

struct Shared;

impl HostHandlers for Handlers {
    type Shared<'a> = Shared;
    type MainThread<'a> = ();
    type AudioProcessor<'a> = ();
}

impl SharedHandler<'_> for Shared {
    fn request_restart(&self) {}
    fn request_process(&self) {}
    fn request_callback(&self) {}
}

/// Loads the library as a host of CLAP, makes a plugin run, and unloads it.
fn load_and_unload_clap() {
    // SAFETY: the file is a library of CLAP, and nothing of it is used after it is gone.
    let entry = unsafe { PluginEntry::load(path()) }.expect("the library");
    let host = HostInfo::new("Tests", "Framewise", "", "1").expect("names");
    let mut instance =
        PluginInstance::<Handlers>::new(|()| Shared, |_| (), &entry, c"framewise.stereo", &host)
            .expect("an instance");
    let configuration =
        PluginAudioConfiguration { sample_rate: 48_000.0, min_frames_count: 1, max_frames_count: 64 };
    let processor = instance.activate(|_, _| (), configuration).expect("active");
    let mut processor = processor.start_processing().expect("starts");
    let (mut input, mut output) = ([[0.1f32; 64]; 2], [[1.0f32; 64]; 2]);
    let (mut ins, mut outs) = (AudioPorts::with_capacity(2, 1), AudioPorts::with_capacity(2, 1));
    let buffers = ins.with_input_buffers([AudioPortBuffer {
        latency: 0,
        channels: AudioPortBufferType::f32_input_only(input.iter_mut().map(InputChannel::variable)),
    }]);
    let mut results = outs.with_output_buffers([AudioPortBuffer {
        latency: 0,
        channels: AudioPortBufferType::f32_output_only(output.iter_mut().map(|plane| plane.as_mut_slice())),
    }]);
    processor
        .process(&buffers, &mut results, &InputEvents::empty(), &mut OutputEvents::void(), None, None)
        .expect("processed");
    // Nothing comes out before the delay.
    assert_eq!(output, [[0.0; 64]; 2]);
    instance.deactivate(processor.stop_processing());
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
    let start = Instant::now();
    load_and_unload_clap();
    println!("the first as a host of CLAP: {:.2} ms", 1e3 * start.elapsed().as_secs_f64());
    for _ in 0..100 {
        load_and_unload();
        load_and_unload_clap();
    }
    let before = resident();
    let start = Instant::now();
    for _ in 0..500 {
        load_and_unload();
        load_and_unload_clap();
    }
    println!("and each of a thousand more: {:.2} ms", start.elapsed().as_secs_f64());
    // One instance alone has some hundred KiB; a KiB left by each load would make a thousand.
    let grown = resident().saturating_sub(before);
    assert!(grown < 1_000, "{grown} KiB more after a thousand loads");
}
