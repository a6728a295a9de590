//! What is refused, and by what words. That the sound is right is shown with the module itself, in JavaScript.

use crate::live::*;
use crate::metrics::*;
use crate::model::framewise_model;
use crate::recording::*;
use crate::status::*;

fn message() -> String {
    // SAFETY: the message is that long, in UTF-8, and nothing replaces it meanwhile.
    let bytes = unsafe { std::slice::from_raw_parts(framewise_message(), framewise_message_length()) };
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[test]
fn what_cannot_be_is_refused_with_words() {
    for (rate, channels, latency, mask, quantum, words) in [
        (0.0, 1.0, 0.0, 0, 128.0, "sample rate 0 Hz"),
        (1e6, 1.0, 0.0, 0, 128.0, "sample rate 1000000 Hz"),
        (44_100.5, 1.0, 0.0, 0, 128.0, "a sample rate of 44100.5"),
        (f64::NAN, 1.0, 0.0, 0, 128.0, "a sample rate of NaN"),
        (48_000.0, 0.0, 0.0, 0, 128.0, "0 channels"),
        (48_000.0, 257.0, 0.0, 0, 128.0, "257 channels"),
        (48_000.0, -1.0, 0.0, 0, 128.0, "a number of channels of -1"),
        (48_000.0, 1.0, 7.0, 0, 128.0, "no model for a latency of 7"),
        (48_000.0, 1.0, 0.5, 0, 128.0, "a latency of 0.5"),
        (48_000.0, 1.0, 0.0, 9, 128.0, "mask 9"),
    ] {
        assert_eq!(framewise_create(rate, channels, latency, mask, 0, quantum), 0);
        assert!(message().starts_with(words), "{}", message());
        assert_eq!(framewise_open(rate, channels, latency, f32::INFINITY, mask, 0, 0, 4096.0), 0);
        assert!(message().starts_with(words), "{}", message());
    }
    assert_eq!(framewise_create(48_000.0, 1.0, 0.0, 0, 3, 128.0), 0);
    assert!(message().starts_with("high band 3"));
    for quantum in [0.0, 1e5] {
        assert_eq!(framewise_create(48_000.0, 1.0, 0.0, 0, 0, quantum), 0);
        assert!(message().starts_with("a quantum of "), "{}", message());
    }
    assert_eq!(framewise_open(48_000.0, 1.0, 0.0, -1.0, 0, 0, 0, 4096.0), 0);
    assert!(message().starts_with("strength of -1 dB"));
    assert_eq!(framewise_open(48_000.0, 1.0, 0.0, 0.0, 0, 0, 0, 1e9), 0);
    assert!(message().starts_with("a piece of "));
}

#[test]
fn a_model_that_is_none_is_refused_and_not_kept_for_the_next() {
    assert!(!framewise_model(10).is_null());
    assert_eq!(framewise_create(48_000.0, 1.0, 0.0, 0, 0, 128.0), 0);
    assert!(message().contains("the model"), "{}", message());
    let denoiser = framewise_create(48_000.0, 1.0, 0.0, 0, 0, 128.0);
    assert_eq!((framewise_latency(denoiser), framewise_destroy(denoiser)), (0, DONE));
}

#[test]
fn what_was_destroyed_is_found_missing_by_every_function() {
    let denoiser = framewise_create(48_000.0, 2.0, 1.0, 1, 0, 128.0);
    assert!(denoiser > 0);
    assert!(!framewise_samples(denoiser, 1).is_null() && framewise_samples(denoiser, 2).is_null());
    assert_eq!((framewise_process(denoiser, 128), framewise_process(denoiser, 129)), (DONE, REFUSED));
    assert_eq!(
        (framewise_set_strength(denoiser, f32::NAN), framewise_set_latency(denoiser, 2.0)),
        (REFUSED, REFUSED)
    );
    assert_eq!(framewise_delay(denoiser, 4), REFUSED);
    // At 48 kHz a hop is 480 samples and the window two of them; quanta of 128 wait for all but 32 of them.
    assert_eq!([0, 1, 2].map(|cause| framewise_delay(denoiser, cause)), [480, 480, 448]);
    assert_eq!(framewise_destroy(denoiser), DONE);
    let next = framewise_create(48_000.0, 2.0, 1.0, 1, 0, 128.0);
    assert_ne!(next, denoiser);
    for answer in [
        framewise_process(denoiser, 128),
        framewise_set_latency(denoiser, 0.0),
        framewise_set_strength(denoiser, 0.0),
        framewise_set_bypass(denoiser, 1),
        framewise_set_post_filter(denoiser, 1),
        framewise_delay(denoiser, 0),
        framewise_latency(denoiser),
        framewise_reset(denoiser),
        framewise_destroy(denoiser),
    ] {
        assert_eq!(answer, GONE);
    }
    assert!(framewise_samples(denoiser, 0).is_null());
    let recording = framewise_open(48_000.0, 1.0, 0.0, f32::INFINITY, 0, 0, 0, 64.0);
    assert_eq!((framewise_push(recording, 65), framewise_push(recording, 64)), (REFUSED, 0));
    assert_eq!((framewise_finish(recording), framewise_finish(recording)), (64, REFUSED));
    assert_eq!((framewise_push(recording, 1), framewise_close(recording)), (REFUSED, DONE));
    assert_eq!(
        (framewise_push(recording, 1), framewise_finish(recording), framewise_close(recording)),
        (GONE, GONE, GONE)
    );
    assert!(framewise_noisy(recording, 0).is_null() && framewise_clean(recording, 0).is_null());
}

#[test]
fn scores_of_what_has_none_are_no_numbers() {
    framewise_signal(0, 100);
    framewise_signal(1, 99);
    assert!(framewise_si_sdr().is_nan());
    assert!(message().contains("100") && message().contains("99"), "{}", message());
    assert_eq!((framewise_spectrogram(0, 0.0, 10.0), framewise_spectrogram(0, 16_000.0, 0.0)), (0, 0));
    // Nothing but silence is heard, in half as many hops of 16 ms as a window has.
    framewise_signal(0, 16_000);
    assert_eq!((framewise_spectrogram(0, 16_000.0, 100.0), framewise_levels_length()), (62, 62 * 256));
    assert!(framewise_stoi(16_000.0).is_nan() && framewise_stoi(0.5).is_nan());
}
