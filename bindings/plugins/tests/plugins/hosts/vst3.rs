//! A host of VST 3.

use crate::host::{Audio, Plugin};
use framewise_plugins::ports::{PARAMETERS, STRENGTH};
use framewise_plugins::vst3::{GetPluginFactory, ID};
use std::cell::RefCell;
use std::ptr;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use vst3::Steinberg::Vst::SymbolicSampleSizes_::kSample32;
use vst3::Steinberg::Vst::*;
use vst3::Steinberg::*;
use vst3::{Class, ComPtr, ComWrapper, Interface};

/// Whether the host allocates where it is asked within a run, for the test that this is seen.
#[cfg(framewise_rtsan)]
pub static ALLOCATES: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

/// Changes of one parameter: samples and values.
#[derive(Default)]
pub struct Queue {
    id: ParamID,
    points: RefCell<Vec<(i32, f64)>>,
}

impl Class for Queue {
    type Interfaces = (IParamValueQueue,);
}

impl IParamValueQueueTrait for Queue {
    unsafe fn getParameterId(&self) -> ParamID {
        self.id
    }

    unsafe fn getPointCount(&self) -> int32 {
        self.points.borrow().len() as int32
    }

    unsafe fn getPoint(&self, index: int32, at: *mut int32, value: *mut ParamValue) -> tresult {
        #[cfg(framewise_rtsan)]
        if ALLOCATES.load(Relaxed) {
            drop(std::hint::black_box(vec![0u8; 100]));
        }
        let point = self.points.borrow()[index as usize];
        // SAFETY: the plugin's pointers.
        unsafe { (*at, *value) = point };
        kResultOk
    }

    unsafe fn addPoint(&self, _: int32, _: ParamValue, _: *mut int32) -> tresult {
        kNotImplemented
    }
}

/// Changes of every parameter.
pub struct Changes {
    queues: Vec<ComWrapper<Queue>>,
    pointers: Vec<ComPtr<IParamValueQueue>>,
}

impl Class for Changes {
    type Interfaces = (IParameterChanges,);
}

impl IParameterChangesTrait for Changes {
    unsafe fn getParameterCount(&self) -> int32 {
        self.pointers.len() as int32
    }

    unsafe fn getParameterData(&self, index: int32) -> *mut IParamValueQueue {
        self.pointers[index as usize].as_ptr()
    }

    unsafe fn addParameterData(&self, _: *const ParamID, _: *mut int32) -> *mut IParamValueQueue {
        ptr::null_mut()
    }
}

/// Hears what the plugin asks for.
#[derive(Default)]
pub struct Handler {
    latencies: AtomicUsize,
}

impl Class for Handler {
    type Interfaces = (IComponentHandler,);
}

impl IComponentHandlerTrait for Handler {
    unsafe fn beginEdit(&self, _: ParamID) -> tresult {
        kResultOk
    }

    unsafe fn performEdit(&self, _: ParamID, _: ParamValue) -> tresult {
        kResultOk
    }

    unsafe fn endEdit(&self, _: ParamID) -> tresult {
        kResultOk
    }

    unsafe fn restartComponent(&self, flags: int32) -> tresult {
        assert_eq!(flags, RestartFlags_::kLatencyChanged);
        self.latencies.fetch_add(1, Relaxed);
        kResultOk
    }
}

/// Bytes that are written or read.
#[derive(Default)]
pub struct Bytes {
    pub bytes: Mutex<Vec<u8>>,
    at: AtomicUsize,
}

impl Bytes {
    pub fn of(bytes: &[u8]) -> ComWrapper<Self> {
        ComWrapper::new(Self { bytes: Mutex::new(bytes.to_vec()), at: 0.into() })
    }
}

impl Class for Bytes {
    type Interfaces = (IBStream,);
}

impl IBStreamTrait for Bytes {
    /// In pieces of a few bytes, and with an error at the end, as some hosts have it.
    unsafe fn read(&self, buffer: *mut std::ffi::c_void, count: int32, read: *mut int32) -> tresult {
        let bytes = self.bytes.lock().expect("unharmed");
        let left = &bytes[self.at.load(Relaxed)..];
        let now = left.len().min(count as usize).min(7);
        // SAFETY: the plugin's buffer has as many bytes.
        unsafe {
            ptr::copy_nonoverlapping(left.as_ptr(), buffer.cast(), now);
            *read = now as int32;
        }
        self.at.fetch_add(now, Relaxed);
        if now == 0 && count > 0 { kResultFalse } else { kResultOk }
    }

    unsafe fn write(&self, buffer: *mut std::ffi::c_void, count: int32, written: *mut int32) -> tresult {
        // SAFETY: as above.
        unsafe {
            let bytes = std::slice::from_raw_parts(buffer.cast::<u8>(), count as usize);
            self.bytes.lock().expect("unharmed").extend(bytes);
            *written = count;
        }
        kResultOk
    }

    unsafe fn seek(&self, _: int64, _: int32, _: *mut int64) -> tresult {
        kNotImplemented
    }

    unsafe fn tell(&self, _: *mut int64) -> tresult {
        kNotImplemented
    }
}

/// An instance.
pub struct Vst3 {
    pub component: ComPtr<IComponent>,
    pub controller: ComPtr<IEditController>,
    pub active: Active,
    handler: ComWrapper<Handler>,
}

/// The half of an instance that belongs to an audio thread.
pub struct Active {
    pub processor: ComPtr<IAudioProcessor>,
    changes: ComWrapper<Changes>,
}

// SAFETY: the processor is for one thread at a time, and the changes are the host's own.
unsafe impl Send for Active {}

impl Active {
    /// Hands the plugin another value at a sample of the next block.
    pub fn change(&self, at: i32, port: usize, value: f64) {
        self.changes.queues[port].points.borrow_mut().push((at, value));
    }
}

/// A new plugin, neither set up nor active.
pub fn component() -> ComPtr<IComponent> {
    // SAFETY: the library's factory, asked as the format says.
    unsafe {
        let factory = ComPtr::from_raw(GetPluginFactory().cast::<IPluginFactory>()).expect("a factory");
        let mut component = ptr::null_mut();
        let interface = IComponent::IID.as_ptr().cast();
        assert_eq!(factory.createInstance(ID.as_ptr(), interface, &raw mut component), kResultOk);
        ComPtr::from_raw(component.cast()).expect("a component")
    }
}

impl Vst3 {
    pub fn try_new(channels: usize, rate: f64) -> Option<Self> {
        let component = component();
        let processor: ComPtr<IAudioProcessor> = component.cast().expect("a processor");
        let controller: ComPtr<IEditController> = component.cast().expect("a controller");
        let handler = ComWrapper::new(Handler::default());
        let queue = |id| ComWrapper::new(Queue { id, points: RefCell::new(Vec::with_capacity(64)) });
        let queues: Vec<_> = (0..PARAMETERS as u32).map(queue).collect();
        let pointers = queues.iter().map(|queue| queue.to_com_ptr().expect("a queue")).collect();
        let mut arrangement = [SpeakerArr::kMono, SpeakerArr::kStereo][channels - 1];
        let arrangements = &raw mut arrangement;
        let mut setup = ProcessSetup {
            processMode: 0,
            symbolicSampleSize: kSample32 as i32,
            maxSamplesPerBlock: 1 << 20,
            sampleRate: rate,
        };
        // SAFETY: the calls of the format, in its order.
        unsafe {
            assert_eq!(component.initialize(ptr::null_mut()), kResultOk);
            let told = handler.to_com_ptr::<IComponentHandler>().expect("a handler");
            assert_eq!(controller.setComponentHandler(told.as_ptr()), kResultOk);
            assert_eq!(processor.setBusArrangements(arrangements, 1, arrangements, 1), kResultTrue);
            let ready = processor.setupProcessing(&raw mut setup) == kResultOk;
            // What some hosts ask before the start is what holds after it.
            let before = processor.getLatencySamples();
            if component.setActive(1) != kResultOk {
                return None;
            }
            assert!(ready);
            assert_eq!(processor.getLatencySamples(), before);
            assert_eq!(processor.setProcessing(1), kResultOk);
        }
        let active = Active { processor, changes: ComWrapper::new(Changes { queues, pointers }) };
        Some(Self { component, controller, active, handler })
    }

    /// How often the plugin told that its latency is another.
    pub fn told(&self) -> usize {
        self.handler.latencies.load(Relaxed)
    }
}

impl Plugin for Vst3 {
    fn set(&mut self, port: usize, value: f32) {
        let value = f64::from(value) / if port == STRENGTH { 100.0 } else { 1.0 };
        self.active.change(0, port, value);
        // SAFETY: a call of the format.
        assert_eq!(unsafe { self.controller.setParamNormalized(port as u32, value) }, kResultOk);
    }

    fn latency(&mut self) -> f32 {
        // SAFETY: as above.
        unsafe { self.active.processor.getLatencySamples() as f32 }
    }

    fn audio(&mut self) -> &mut dyn Audio {
        &mut self.active
    }
}

impl Audio for Active {
    unsafe fn run(&mut self, inputs: &[*mut f32], outputs: &[*mut f32], count: usize) {
        let bus = |planes: &[*mut f32]| AudioBusBuffers {
            numChannels: planes.len() as i32,
            silenceFlags: 3,
            __field0: AudioBusBuffers__type0 { channelBuffers32: planes.as_ptr().cast_mut() },
        };
        let (mut input, mut output) = (bus(inputs), bus(outputs));
        let changes = self.changes.as_com_ref::<IParameterChanges>().expect("changes");
        let mut data = ProcessData {
            processMode: 0,
            symbolicSampleSize: kSample32 as i32,
            numSamples: count as i32,
            numInputs: 1,
            numOutputs: 1,
            inputs: &raw mut input,
            outputs: &raw mut output,
            inputParameterChanges: changes.as_ptr(),
            outputParameterChanges: ptr::null_mut(),
            inputEvents: ptr::null_mut(),
            outputEvents: ptr::null_mut(),
            processContext: ptr::null_mut(),
        };
        // SAFETY: all that is handed over lives until it returns.
        assert_eq!(unsafe { self.processor.process(&raw mut data) }, kResultOk);
        assert_eq!(output.silenceFlags, 0);
        self.changes.queues.iter().for_each(|queue| queue.points.borrow_mut().clear());
    }

    fn reset(&mut self) {
        // SAFETY: calls of the format.
        unsafe {
            assert_eq!(self.processor.setProcessing(0), kResultOk);
            assert_eq!(self.processor.setProcessing(1), kResultOk);
        }
    }
}

impl Drop for Vst3 {
    fn drop(&mut self) {
        // SAFETY: as above.
        unsafe {
            self.active.processor.setProcessing(0);
            self.component.setActive(0);
            self.component.terminate();
        }
    }
}
