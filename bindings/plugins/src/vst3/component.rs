//! The plugin as a part of a host's graph: buses, states, start and end.

use super::stream::Stream;
use super::text::wide;
use super::{Denoiser, give, guarded};
use std::io::Write;
use std::sync::atomic::Ordering::Relaxed;
use vst3::Steinberg::Vst::BusDirections_::{kInput, kOutput};
use vst3::Steinberg::Vst::MediaTypes_::kAudio;
use vst3::Steinberg::Vst::{
    BusDirection, BusInfo, BusInfo_::BusFlags_::kDefaultActive, BusTypes_::kMain, IComponentTrait, IoMode,
    MediaType, RoutingInfo,
};
use vst3::Steinberg::{
    FUnknown, IBStream, IPluginBaseTrait, TBool, TUID, int32, kInternalError, kInvalidArgument,
    kNotImplemented, kResultFalse, kResultOk, tresult,
};

/// Whether there is such a bus: one of sound in each direction.
pub fn is_bus(media: MediaType, direction: BusDirection, index: int32) -> bool {
    media == kAudio as MediaType
        && (direction == kInput as BusDirection || direction == kOutput as BusDirection)
        && index == 0
}

#[allow(clippy::missing_safety_doc, reason = "the format's functions")]
impl IPluginBaseTrait for Denoiser {
    unsafe fn initialize(&self, _: *mut FUnknown) -> tresult {
        kResultOk
    }

    unsafe fn terminate(&self) -> tresult {
        // SAFETY: no pointer is given.
        unsafe { vst3::Steinberg::Vst::IEditControllerTrait::setComponentHandler(self, std::ptr::null_mut()) }
    }
}

#[allow(clippy::missing_safety_doc, reason = "the format's functions")]
impl IComponentTrait for Denoiser {
    /// There is none: the plugin is its own controller.
    unsafe fn getControllerClassId(&self, _: *mut TUID) -> tresult {
        kNotImplemented
    }

    unsafe fn setIoMode(&self, _: IoMode) -> tresult {
        kNotImplemented
    }

    unsafe fn getBusCount(&self, media: MediaType, direction: BusDirection) -> int32 {
        is_bus(media, direction, 0).into()
    }

    unsafe fn getBusInfo(
        &self,
        media: MediaType,
        direction: BusDirection,
        index: int32,
        info: *mut BusInfo,
    ) -> tresult {
        if !is_bus(media, direction, index) {
            return kInvalidArgument;
        }
        let known = BusInfo {
            mediaType: media,
            direction,
            channelCount: self.channels.load(Relaxed) as int32,
            name: wide(if direction == kInput as BusDirection { "Input" } else { "Output" }),
            busType: kMain as int32,
            flags: kDefaultActive as u32,
        };
        // SAFETY: the host's pointer.
        unsafe { give(info, known) }
    }

    unsafe fn getRoutingInfo(&self, _: *mut RoutingInfo, _: *mut RoutingInfo) -> tresult {
        kNotImplemented
    }

    unsafe fn activateBus(
        &self,
        media: MediaType,
        direction: BusDirection,
        index: int32,
        _: TBool,
    ) -> tresult {
        if is_bus(media, direction, index) { kResultOk } else { kInvalidArgument }
    }

    unsafe fn setActive(&self, state: TBool) -> tresult {
        guarded(kInternalError, || {
            self.at_rest(|audio| {
                self.active.store(false, Relaxed);
                if state == 0 {
                    return kResultOk;
                }
                let Some(instance) = self.instance(audio) else { return kResultFalse };
                instance.reset();
                self.told.store(self.look_ahead(), Relaxed);
                self.active.store(true, Relaxed);
                kResultOk
            })
        })
    }

    unsafe fn setState(&self, state: *mut IBStream) -> tresult {
        guarded(kInternalError, || {
            // SAFETY: the host's object, for this call.
            let Some(stream) = (unsafe { Stream::new(state) }) else { return kInvalidArgument };
            let Ok(bytes) = stream.read_state() else { return kResultFalse };
            if self.store.load(&bytes).is_err() {
                return kResultFalse;
            }
            self.tell_latency();
            kResultOk
        })
    }

    unsafe fn getState(&self, state: *mut IBStream) -> tresult {
        guarded(kInternalError, || {
            // SAFETY: as above.
            let Some(mut stream) = (unsafe { Stream::new(state) }) else { return kInvalidArgument };
            if stream.write_all(&self.store.save()).is_ok() { kResultOk } else { kResultFalse }
        })
    }
}
