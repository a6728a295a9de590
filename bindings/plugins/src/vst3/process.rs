//! The plugin as a processor of sound.

use super::component::is_bus;
use super::controller::{place_of, plain};
use super::{Audio, Denoiser, give, guarded};
use crate::connected::Planes;
use std::ptr;
use std::sync::atomic::Ordering::Relaxed;
use vst3::ComRef;
use vst3::Steinberg::Vst::MediaTypes_::kAudio;
use vst3::Steinberg::Vst::SymbolicSampleSizes_::kSample32;
use vst3::Steinberg::Vst::{
    AudioBusBuffers, BusDirection, IAudioProcessorTrait, IParamValueQueueTrait, IParameterChanges,
    IParameterChangesTrait, IProcessContextRequirementsTrait, MediaType, ProcessData, ProcessSetup,
    SpeakerArr, SpeakerArrangement,
};
use vst3::Steinberg::{
    TBool, int32, kInternalError, kInvalidArgument, kResultFalse, kResultOk, kResultTrue, tresult, uint32,
};

/// Channels of an arrangement; none if this plugin has no use for it.
fn channels_of(arrangement: SpeakerArrangement) -> Option<usize> {
    match arrangement {
        SpeakerArr::kMono => Some(1),
        SpeakerArr::kStereo => Some(2),
        _ => None,
    }
}

#[allow(clippy::missing_safety_doc, reason = "the format's functions")]
impl IAudioProcessorTrait for Denoiser {
    unsafe fn setBusArrangements(
        &self,
        inputs: *mut SpeakerArrangement,
        in_count: int32,
        outputs: *mut SpeakerArrangement,
        out_count: int32,
    ) -> tresult {
        if (in_count, out_count) != (1, 1)
            || inputs.is_null()
            || outputs.is_null()
            || self.active.load(Relaxed)
        {
            return kResultFalse;
        }
        // SAFETY: the host's arrays of one element.
        let (input, output) = unsafe { (channels_of(*inputs), channels_of(*outputs)) };
        match input {
            Some(channels) if input == output => {
                self.channels.store(channels, Relaxed);
                kResultTrue
            }
            _ => kResultFalse,
        }
    }

    unsafe fn getBusArrangement(
        &self,
        direction: BusDirection,
        index: int32,
        arrangement: *mut SpeakerArrangement,
    ) -> tresult {
        if !is_bus(kAudio as MediaType, direction, index) {
            return kInvalidArgument;
        }
        let mono = self.channels.load(Relaxed) == 1;
        // SAFETY: the host's pointer.
        unsafe { give(arrangement, if mono { SpeakerArr::kMono } else { SpeakerArr::kStereo }) }
    }

    unsafe fn canProcessSampleSize(&self, size: int32) -> tresult {
        if size == kSample32 as int32 { kResultTrue } else { kResultFalse }
    }

    unsafe fn getLatencySamples(&self) -> uint32 {
        self.latencies[self.look_ahead()].load(Relaxed)
    }

    unsafe fn setupProcessing(&self, setup: *mut ProcessSetup) -> tresult {
        // SAFETY: null, or the host's structure.
        let Some(setup) = (unsafe { setup.as_ref() }) else { return kInvalidArgument };
        if setup.symbolicSampleSize != kSample32 as int32 || self.active.load(Relaxed) {
            return kResultFalse;
        }
        guarded(kInternalError, || {
            self.at_rest(|audio| {
                audio.rate = setup.sampleRate;
                if self.instance(audio).is_some() { kResultOk } else { kResultFalse }
            })
        })
    }

    #[cfg_attr(framewise_rtsan, sanitize(realtime = "nonblocking"))]
    unsafe fn setProcessing(&self, state: TBool) -> tresult {
        guarded(kInternalError, || {
            if state != 0 {
                self.at_once(Audio::reset);
            }
            kResultOk
        })
    }

    #[cfg_attr(framewise_rtsan, sanitize(realtime = "nonblocking"))]
    unsafe fn process(&self, data: *mut ProcessData) -> tresult {
        // SAFETY: null, or the host's structure for this call.
        let Some(data) = (unsafe { data.as_mut() }) else { return kInvalidArgument };
        let count = usize::try_from(data.numSamples).unwrap_or(0);
        if data.symbolicSampleSize != kSample32 as int32 {
            return kInvalidArgument;
        }
        // SAFETY: the host's buffers have as many samples, and those that are not there are null.
        let mut sound = unsafe {
            let planes = [planes(data.inputs, data.numInputs), planes(data.outputs, data.numOutputs)];
            Planes::<2>::new(planes[0], planes[1])
        };
        // SAFETY: null, or the host's object for this call.
        let changes = unsafe { ComRef::from_raw(data.inputParameterChanges) };
        let ran = guarded(false, || {
            self.at_once(|audio| self.run(audio, changes, &mut sound, count)).unwrap_or(false)
        });
        if !ran {
            sound.silence(count);
        }
        // SAFETY: as above.
        if let Some(bus) = unsafe { bus(data.outputs, data.numOutputs).as_mut() } {
            bus.silenceFlags = 0;
        }
        kResultOk
    }

    /// Never silent for itself: hosts must not stop it while sound is under way.
    unsafe fn getTailSamples(&self) -> uint32 {
        self.latencies[self.look_ahead()].load(Relaxed)
    }
}

#[allow(clippy::missing_safety_doc, reason = "the format's functions")]
impl IProcessContextRequirementsTrait for Denoiser {
    unsafe fn getProcessContextRequirements(&self) -> uint32 {
        0
    }
}

impl Audio {
    fn reset(&mut self) {
        if let Some(instance) = &mut self.instance {
            instance.reset();
        }
    }
}

impl Denoiser {
    /// Takes and gives so many samples, each change of a parameter at its own; says whether it could.
    fn run(
        &self,
        audio: &mut Audio,
        changes: Option<ComRef<'_, IParameterChanges>>,
        sound: &mut Planes<2>,
        count: usize,
    ) -> bool {
        let active = self.active.load(Relaxed);
        let mut done = 0;
        loop {
            let next =
                changes.and_then(|changes| self.change(changes, done)).map_or(count, |next| next.min(count));
            let instance = audio.instance.as_mut().filter(|_| active);
            if let Some(instance) = instance {
                instance.run(self.store.values(), sound, done..next);
            }
            done = next;
            if done == count {
                // What the host wants to be set behind the last sample.
                if let Some(changes) = changes {
                    self.change(changes, usize::MAX);
                }
                return active;
            }
        }
    }

    /// Sets what is to be set up to this sample, this included; gives the sample of the next change.
    fn change(&self, changes: ComRef<'_, IParameterChanges>, done: usize) -> Option<usize> {
        let mut next = None;
        // SAFETY: the host's objects, for the call in which it handed them over.
        unsafe {
            for index in 0..changes.getParameterCount() {
                let Some(queue) = ComRef::from_raw(changes.getParameterData(index)) else { continue };
                let Some(place) = place_of(queue.getParameterId()) else { continue };
                for point in 0..queue.getPointCount() {
                    let (mut at, mut value) = (0, 0.0);
                    if queue.getPoint(point, &raw mut at, &raw mut value) != kResultOk {
                        continue;
                    }
                    let at = usize::try_from(at).unwrap_or(0);
                    if at > done {
                        next = Some(next.map_or(at, |next: usize| next.min(at)));
                        break;
                    }
                    self.store.set(place, plain(place, value));
                }
            }
        }
        next
    }
}

/// The first bus of a host's; null where there is none.
fn bus(buses: *mut AudioBusBuffers, count: int32) -> *mut AudioBusBuffers {
    if count > 0 { buses } else { ptr::null_mut() }
}

/// The first two channels of a host's first bus; null where there is none.
///
/// # Safety
/// `buses` is null, or an array of so many buses of 32-bit samples.
unsafe fn planes(buses: *mut AudioBusBuffers, count: int32) -> [*mut f32; 2] {
    // SAFETY: as the caller promises.
    let Some(bus) = (unsafe { bus(buses, count).as_ref() }) else { return [ptr::null_mut(); 2] };
    // SAFETY: pointers of either kind are pointers.
    let channels = unsafe { bus.__field0.channelBuffers32 };
    [0, 1].map(|c| {
        let there = c < bus.numChannels && !channels.is_null();
        // SAFETY: there are as many.
        if there { unsafe { *channels.add(c as usize) } } else { ptr::null_mut() }
    })
}
