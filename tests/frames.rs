//! The frame that a hop brings out of the network pairs what went in with what came of it.

mod common;

use common::signals::{identity, noise};
use framewise::engine::Denoiser;

#[test]
fn both_spectra_of_a_frame_are_of_the_same_label_to_the_last() {
    for delay in [0, 1, 3] {
        let mut denoiser = Denoiser::new(&identity(320, 160, delay));
        for hops in [1u64, 2, 7] {
            denoiser.reset();
            assert!(denoiser.frame().is_none());
            let mut labels = Vec::new();
            let mut see = |denoiser: &Denoiser| {
                let Some(frame) = denoiser.frame() else { return };
                labels.push(frame.label);
                assert_eq!(frame.noisy, frame.enhanced, "frame {} of {hops}, {delay} frames", frame.label);
                assert!(frame.noisy.iter().any(|v| *v != 0.0));
            };
            let mut output = vec![0.0; 160];
            for hop in 0..hops {
                denoiser.process_hop(&noise(hop, 160, 0.5), &mut output);
                see(&denoiser);
            }
            while denoiser.flush(&mut output) {
                see(&denoiser);
            }
            assert!(denoiser.frame().is_none(), "nothing comes after the last");
            // One more frame than hops: the window reaches a hop past the end.
            assert_eq!(labels, (0..=hops).collect::<Vec<_>>(), "{delay} frames");
        }
    }
}
