//! VST 3, by the crate `vst3`: one plugin for mono and stereo. The format: <https://steinbergmedia.github.io/vst3_dev_portal/>.
//!
//! A change of look-ahead is heard under a cross-fade, as in LADSPA and LV2, and the host is told at once that the latency is another.
#![allow(clippy::unnecessary_cast, reason = "the types of constants differ between platforms")]

mod component;
mod controller;
mod factory;
mod process;
mod stream;
mod text;

use crate::instance::Instance;
use crate::parameters::Store;
use crate::ports::LOOK_AHEAD;
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize};
use std::sync::{Mutex, PoisonError, TryLockError};
use vst3::Steinberg::Vst::{
    IAudioProcessor, IComponent, IComponentHandler, IComponentHandlerTrait, IEditController,
    IProcessContextRequirements, RestartFlags_,
};
use vst3::Steinberg::{TUID, tresult};
use vst3::{Class, ComPtr, ComWrapper, uid};

/// What a plugin is known by, for good.
pub const ID: TUID = uid(0x46F6_9A1B, 0x3C0D_4D6E, 0xA6C1_52E7, 0x9D0B_7F14);

/// A plugin with its parameters. Hosts may call it from several threads; what is called from the wrong one finds silence, not harm.
pub struct Denoiser {
    store: Store,
    /// Most channels of each bus.
    channels: AtomicUsize,
    active: AtomicBool,
    /// Latency at each look-ahead, at the rate of the last set-up.
    latencies: [AtomicU32; 2],
    /// Look-ahead whose latency the host was told.
    told: AtomicUsize,
    audio: Mutex<Audio>,
    handler: Mutex<Option<ComPtr<IComponentHandler>>>,
}

/// What belongs to the thread that processes, which never waits for it.
struct Audio {
    /// The host's sample rate.
    rate: f64,
    /// For the rate and the channels that it was made for.
    instance: Option<Instance>,
}

impl Class for Denoiser {
    type Interfaces = (IComponent, IAudioProcessor, IEditController, IProcessContextRequirements);
}

impl Denoiser {
    fn new() -> Self {
        Self {
            store: Store::default(),
            channels: 2.into(),
            active: false.into(),
            latencies: Default::default(),
            told: 0.into(),
            audio: Mutex::new(Audio { rate: 0.0, instance: None }),
            handler: Mutex::new(None),
        }
    }

    /// Works on what the processing thread owns, while that does not process.
    fn at_rest<T>(&self, work: impl FnOnce(&mut Audio) -> T) -> T {
        work(&mut self.audio.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Works on it without waiting; nothing if somebody else does, which no host may cause.
    fn at_once<T>(&self, work: impl FnOnce(&mut Audio) -> T) -> Option<T> {
        match self.audio.try_lock() {
            Ok(mut audio) => Some(work(&mut audio)),
            Err(TryLockError::Poisoned(audio)) => Some(work(&mut audio.into_inner())),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// An instance for the rate and channels that are set up, made anew if they are others than before; none where there can be
    /// none. Some hosts ask for the latency between set-up and start, so that it is made at either.
    fn instance<'a>(&self, audio: &'a mut Audio) -> Option<&'a mut Instance> {
        let (rate, channels) = (audio.rate as u32, self.channels.load(Relaxed));
        if audio.instance.as_ref().is_none_or(|made| (made.rate(), made.channels()) != (rate, channels)) {
            audio.instance = Instance::new(rate, channels).ok();
        }
        let instance = audio.instance.as_mut().filter(|_| f64::from(rate) == audio.rate)?;
        for (latency, look_ahead) in self.latencies.iter().zip([0.0, 1.0]) {
            latency.store(instance.latency_of(look_ahead) as u32, Relaxed);
        }
        Some(instance)
    }

    fn look_ahead(&self) -> usize {
        usize::from(self.store.get(LOOK_AHEAD) > 0.0)
    }

    /// Tells the host if the latency is another one than it was told. Not for the thread that processes.
    fn tell_latency(&self) {
        let look_ahead = self.look_ahead();
        if self.told.swap(look_ahead, Relaxed) == look_ahead || !self.active.load(Relaxed) {
            return;
        }
        let handler = self.handler.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(handler) = handler {
            // SAFETY: the host's object, of which this is a counted reference.
            unsafe { handler.restartComponent(RestartFlags_::kLatencyChanged) };
        }
    }
}

/// Runs `work`, or gives `otherwise` if it panics.
fn guarded<T>(otherwise: T, work: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(otherwise)
}

/// Writes what a host asks for where it wants it.
///
/// # Safety
/// `to` is null, or may be written.
unsafe fn give<T>(to: *mut T, value: T) -> tresult {
    if to.is_null() {
        return vst3::Steinberg::kInvalidArgument;
    }
    // SAFETY: as the caller promises.
    unsafe { to.write(value) };
    vst3::Steinberg::kResultOk
}

/// The factory of this library's plugin: what a host asks for.
#[unsafe(no_mangle)]
pub extern "system" fn GetPluginFactory() -> *mut c_void {
    let factory = ComWrapper::new(factory::Factory).to_com_ptr::<vst3::Steinberg::IPluginFactory>();
    factory.map_or(std::ptr::null_mut(), |factory| factory.into_raw().cast())
}

/// Called by hosts when they have loaded the library.
#[cfg(target_os = "linux")]
#[unsafe(no_mangle)]
pub extern "system" fn ModuleEntry(_: *mut c_void) -> bool {
    true
}

/// Called by hosts before they unload the library.
#[cfg(target_os = "linux")]
#[unsafe(no_mangle)]
pub extern "system" fn ModuleExit() -> bool {
    true
}

/// Called by hosts when they have loaded the library.
#[cfg(target_os = "macos")]
#[unsafe(no_mangle)]
pub extern "system" fn bundleEntry(_: *mut c_void) -> bool {
    true
}

/// Called by hosts before they unload the library.
#[cfg(target_os = "macos")]
#[unsafe(no_mangle)]
pub extern "system" fn bundleExit() -> bool {
    true
}
