//! What C cannot see: that no memory is asked for, and whose samples they are. The rest is in `tests/interface.c`.

#[path = "../../../tests/common/allocator.rs"]
mod allocator;

use crate::error::{guarded, guarded_or};
use crate::rnnoise::*;
use crate::*;
use allocator::calls;
use denoise::engine::{Blocks, Processor};
use denoise::model::{Latency, Model};
use std::ptr;

fn sound(samples: usize) -> Vec<f32> {
    (0..samples).map(|n| 0.2 * (n as f32 * 0.03).sin() * (n as f32 * 0.0007).sin()).collect()
}

fn create(rate: u32, channels: u32, latency: u32) -> *mut Framewise {
    let mut denoiser = ptr::null_mut();
    // SAFETY: the place can be written.
    assert_eq!(unsafe { framewise_create(rate, channels, latency, 0, &mut denoiser) }, FramewiseStatus::Ok);
    denoiser
}

#[test]
fn a_panic_ends_at_the_border() {
    assert_eq!(guarded(|| panic!("on purpose")), FramewiseStatus::Internal);
    assert_eq!(guarded_or(3, || panic!("on purpose")), 3);
}

#[test]
fn samples_are_those_of_the_processor_to_the_bit() {
    for rate in [16_000, 44_100, 48_000, 96_000] {
        for latency in Latency::ALL {
            let mut expected = [sound(20_000), sound(20_000)];
            Processor::builder(rate, 2)
                .latency(latency)
                .build()
                .expect("a processor")
                .process_in_place(&mut expected);
            let mut found = [sound(20_000), sound(20_000)];
            let denoiser = create(rate, 2, latency.frames() as u32);
            let [a, b] = found.each_mut().map(|plane| plane.as_mut_ptr());
            // SAFETY: both channels have as many samples.
            unsafe {
                let status =
                    framewise_process(denoiser, [a.cast_const(), b].as_ptr(), [a, b].as_ptr(), 20_000);
                assert_eq!(status, FramewiseStatus::Ok);
                framewise_destroy(denoiser);
            }
            assert_eq!(found, expected, "{rate} Hz, {latency}");
        }
    }
}

#[test]
fn what_is_for_a_thread_of_sound_asks_for_no_memory() {
    let mut samples = sound(4_800);
    for rate in [16_000, 44_100, 48_000] {
        let denoiser = create(rate, 1, 0);
        let plane = samples.as_mut_ptr();
        // SAFETY: the denoiser lives, and the channel has as many samples.
        let count = calls(|| unsafe {
            for round in 0..24 {
                framewise_process(denoiser, [plane.cast_const()].as_ptr(), [plane].as_ptr(), 4_800);
                framewise_process_interleaved(denoiser, plane, plane, 4_000 + round);
                framewise_process(denoiser, ptr::null(), [plane].as_ptr(), 1);
                framewise_set_strength(denoiser, round as f32);
                framewise_set_post_filter(denoiser, round % 3 == 0);
                framewise_set_bypass(denoiser, round % 5 == 0);
                framewise_set_latency(denoiser, (round / 12) as u32);
                framewise_set_latency(denoiser, 9);
                framewise_latency(denoiser);
                framewise_status_message(1);
            }
            framewise_reset(denoiser);
        });
        assert_eq!(count, 0, "{rate} Hz");
        // SAFETY: it is not used again.
        unsafe { framewise_destroy(denoiser) };
    }
}

#[test]
fn rnnoise_frames_are_the_processors_and_ask_for_no_memory() {
    let noisy = sound(48_000);
    let model = Model::builtin(Latency::ZERO);
    let builder = Processor::builder(48_000, 1).model(model).blocks(Blocks::Constant(480));
    let mut processor = builder.build().expect("a processor");
    let late = processor.delays().total();
    let mut expected = [noisy.clone()];
    processor.process_in_place(&mut expected);
    // SAFETY: there is no model.
    let state = unsafe { rnnoise_create(ptr::null_mut()) };
    // SAFETY: the state lives.
    assert_eq!(unsafe { framewise_rnnoise_latency(state) }, late as i32);
    for (k, frame) in noisy.chunks(480).enumerate() {
        let mut frame: Vec<f32> = frame.iter().map(|v| v * 32_768.0).collect();
        let mut left = 0.0;
        let count = calls(|| {
            // SAFETY: a frame has 480 samples.
            left = unsafe { rnnoise_process_frame(state, frame.as_mut_ptr(), frame.as_ptr()) };
        });
        assert_eq!(count, 0);
        let found: Vec<f32> = frame.iter().map(|v| v / 32_768.0).collect();
        assert_eq!(found, expected[0][480 * k..][..480]);
        // The part of the amplitude that was left, from its definition.
        let energy = |sound: &[f32]| sound.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>();
        let from = (480 * k).saturating_sub(late);
        let came = energy(&noisy[from..(480 * (k + 1)).saturating_sub(late).max(from)]);
        let part = if came > 1e-9 { (energy(&found) / came).sqrt().min(1.0) } else { 0.0 };
        assert!((f64::from(left) - part).abs() < 1e-3, "frame {k}: {left}, {part}");
    }
    // SAFETY: it is not used again.
    unsafe { rnnoise_destroy(state) };
}
