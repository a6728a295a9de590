//! The functions of RNNoise 0.2, so that programs written for it need only be linked again.
//!
//! RNNoise lets a program set memory aside by itself: `rnnoise_get_size` bytes, which `rnnoise_init` makes a state of and
//! which nothing ends. What a state owns is therefore kept by its address, and goes when the address is used anew.

use crate::error::guarded_or;
use denoise::engine::{Blocks, Processor};
use denoise::model::Model;
use std::collections::BTreeMap;
use std::ffi::{c_char, c_float, c_int, c_void, CStr};
use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

const RATE: u32 = 48_000;
const FRAME: usize = 480;
/// Full scale of RNNoise: that of 16 bits.
const FULL_SCALE: f32 = 32_768.0;

extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn free(memory: *mut c_void);
    fn fread(to: *mut c_void, size: usize, count: usize, file: *mut c_void) -> usize;
}

/// A state as the program holds it.
#[repr(C)]
pub struct DenoiseState {
    voice: *mut Voice,
}

/// A model that was read.
pub struct RNNModel(Model);

/// What a state owns.
struct Voice {
    processor: Processor,
    /// Energies of the last frames, so that each is held against what came in as long ago as the delay.
    heard: Box<[f32]>,
    at: usize,
}

impl Voice {
    fn new(model: Option<&RNNModel>) -> Option<Box<Self>> {
        let builder = Processor::builder(RATE, 1).blocks(Blocks::Constant(FRAME));
        let model =
            model.map_or_else(|| Model::builtin(denoise::model::Latency::ZERO), |model| model.0.clone());
        let processor = builder.model(model).build().ok()?;
        let heard = vec![0.0; processor.delays().total() + FRAME].into();
        Some(Box::new(Self { processor, heard, at: 0 }))
    }

    /// Cleans a frame and says which part of its amplitude was left: `sqrt(sum y^2 / sum x^2)`, at most 1, with `x` the input
    /// as late as the output `y`.
    fn process(&mut self, frame: &mut [f32; FRAME]) -> f32 {
        frame.iter_mut().for_each(|sample| *sample /= FULL_SCALE);
        let length = self.heard.len();
        for (n, sample) in frame.iter().enumerate() {
            self.heard[(self.at + n) % length] = if sample.is_finite() { sample * sample } else { 0.0 };
        }
        self.at = (self.at + FRAME) % length;
        self.processor.process_in_place(&mut [&mut frame[..]]);
        // The oldest frame that is kept is the delay older than the newest.
        let came: f32 = (0..FRAME).map(|n| self.heard[(self.at + n) % length]).sum();
        let left: f32 = frame.iter().map(|sample| sample * sample).sum();
        frame.iter_mut().for_each(|sample| *sample *= FULL_SCALE);
        if came > 1e-9 {
            (left / came).sqrt().min(1.0)
        } else {
            0.0
        }
    }
}

/// What states own, by their addresses.
static OWNED: Mutex<BTreeMap<usize, Owned>> = Mutex::new(BTreeMap::new());

/// A box that states point into.
struct Owned(*mut Voice);

// SAFETY: a voice may move between threads, and here it is only freed.
unsafe impl Send for Owned {}

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: `rnnoise_init` made it with `Box::into_raw`, and its state is not used again.
        drop(unsafe { Box::from_raw(self.0) });
    }
}

fn owned() -> MutexGuard<'static, BTreeMap<usize, Owned>> {
    OWNED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Bytes of a state.
#[no_mangle]
pub extern "C" fn rnnoise_get_size() -> c_int {
    size_of::<DenoiseState>() as c_int
}

/// Samples of a frame.
#[no_mangle]
pub extern "C" fn rnnoise_get_frame_size() -> c_int {
    FRAME as c_int
}

/// Makes a state of memory, with a model or, for NULL, the built-in one; 0 if that can be.
///
/// # Safety
/// `state` has as many bytes as `rnnoise_get_size` says.
#[no_mangle]
pub unsafe extern "C" fn rnnoise_init(state: *mut DenoiseState, model: *mut RNNModel) -> c_int {
    if state.is_null() {
        return -1;
    }
    guarded_or(-1, || {
        // SAFETY: as the caller promises.
        let Some(voice) = Voice::new(unsafe { model.as_ref() }) else { return -1 };
        let voice = Box::into_raw(voice);
        // SAFETY: as the caller promises.
        unsafe { (*state).voice = voice };
        owned().insert(state as usize, Owned(voice));
        0
    })
}

/// A new state; NULL if there can be none.
///
/// # Safety
/// The model is NULL or was not freed.
#[no_mangle]
pub unsafe extern "C" fn rnnoise_create(model: *mut RNNModel) -> *mut DenoiseState {
    // SAFETY: `malloc` gives as many bytes or null.
    let state = unsafe { malloc(size_of::<DenoiseState>()) }.cast::<DenoiseState>();
    // SAFETY: as the caller promises; `state` is new.
    if !state.is_null() && unsafe { rnnoise_init(state, model) } != 0 {
        // SAFETY: it is new.
        unsafe { free(state.cast()) };
        return ptr::null_mut();
    }
    state
}

/// Ends a state, and frees its memory, which `malloc` gave.
///
/// # Safety
/// The state is NULL, or it and its memory are not used again.
#[no_mangle]
pub unsafe extern "C" fn rnnoise_destroy(state: *mut DenoiseState) {
    guarded_or((), || drop(owned().remove(&(state as usize))));
    // SAFETY: as the caller promises.
    unsafe { free(state.cast()) };
}

/// Cleans 480 samples; `output` may be `input`. Returns which part of the amplitude was left, from 0 to 1.
///
/// # Safety
/// The state was made by `rnnoise_create` or `rnnoise_init`; 480 samples can be read and written.
#[no_mangle]
#[cfg_attr(framewise_rtsan, sanitize(realtime = "nonblocking"))]
pub unsafe extern "C" fn rnnoise_process_frame(
    state: *mut DenoiseState,
    output: *mut c_float,
    input: *const c_float,
) -> c_float {
    guarded_or(0.0, || {
        let mut frame = [0.0; FRAME];
        // SAFETY: as the caller promises.
        let voice = unsafe {
            ptr::copy_nonoverlapping(input, frame.as_mut_ptr(), FRAME);
            &mut *(*state).voice
        };
        let left = voice.process(&mut frame);
        // SAFETY: as the caller promises.
        unsafe { ptr::copy_nonoverlapping(frame.as_ptr(), output, FRAME) };
        left
    })
}

/// Samples by which the output of a state is later than its input.
///
/// # Safety
/// The state was made by `rnnoise_create` or `rnnoise_init`.
#[no_mangle]
pub unsafe extern "C" fn framewise_rnnoise_latency(state: *const DenoiseState) -> c_int {
    // SAFETY: as the caller promises.
    guarded_or(0, || unsafe { &*(*state).voice }.processor.delays().total() as c_int)
}

/// Hands a model over, or null.
fn handed(model: Result<Model, impl Sized>) -> *mut RNNModel {
    model.map_or(ptr::null_mut(), |model| Box::into_raw(Box::new(RNNModel(model))))
}

/// Reads a model from the bytes of a model file of Framewise; NULL if they are none.
///
/// # Safety
/// As many bytes can be read.
#[no_mangle]
pub unsafe extern "C" fn rnnoise_model_from_buffer(bytes: *const c_void, length: c_int) -> *mut RNNModel {
    guarded_or(ptr::null_mut(), || match usize::try_from(length) {
        Ok(length) if !bytes.is_null() => {
            // SAFETY: as the caller promises.
            let bytes = unsafe { std::slice::from_raw_parts(bytes.cast(), length) };
            handed(Model::from_bytes("buffer", bytes))
        }
        _ => ptr::null_mut(),
    })
}

/// Reads a model from a file of Framewise; NULL if it is none.
///
/// # Safety
/// The name ends with a zero.
#[no_mangle]
pub unsafe extern "C" fn rnnoise_model_from_filename(name: *const c_char) -> *mut RNNModel {
    guarded_or(ptr::null_mut(), || {
        if name.is_null() {
            return ptr::null_mut();
        }
        // SAFETY: as the caller promises.
        match unsafe { CStr::from_ptr(name) }.to_str() {
            Ok(name) => handed(Model::open(name)),
            Err(_) => ptr::null_mut(),
        }
    })
}

/// Reads a model from an open file of Framewise, from where it stands to its end; NULL if it is none.
///
/// # Safety
/// `file` is a FILE that is open for reading.
#[no_mangle]
pub unsafe extern "C" fn rnnoise_model_from_file(file: *mut c_void) -> *mut RNNModel {
    guarded_or(ptr::null_mut(), || {
        let (mut bytes, mut piece) = (Vec::new(), [0u8; 4096]);
        while !file.is_null() {
            // SAFETY: as the caller promises; `piece` has as many bytes.
            let count = unsafe { fread(piece.as_mut_ptr().cast(), 1, piece.len(), file) };
            bytes.extend_from_slice(&piece[..count.min(piece.len())]);
            if count == 0 {
                break;
            }
        }
        handed(Model::from_bytes("file", &bytes))
    })
}

/// Frees a model. States made with it are not touched.
///
/// # Safety
/// The model is NULL or was not freed.
#[no_mangle]
pub unsafe extern "C" fn rnnoise_model_free(model: *mut RNNModel) {
    if !model.is_null() {
        // SAFETY: `handed` made it with `Box::into_raw`.
        guarded_or((), || drop(unsafe { Box::from_raw(model) }));
    }
}
