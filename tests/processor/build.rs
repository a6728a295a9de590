//! What a builder refuses, and what the types promise.

use super::common::signals::identity;
use framewise::engine::{Blocks, Builder, Controls, EngineError, Processor};
use framewise::model::{Latency, Model};

fn refused(builder: Builder) -> EngineError {
    builder.build().expect_err("it cannot be")
}

#[test]
fn what_cannot_be_is_refused_with_its_cause() {
    for (channels, rate) in [(0, 48_000), (257, 48_000)] {
        let error = refused(Processor::builder(rate, channels));
        assert_eq!(error.to_string(), format!("{channels} channels: expected 1 to 256"));
    }
    for rate in [0, 1, 3_999, 384_001, u32::MAX] {
        let error = refused(Processor::builder(rate, 1));
        assert_eq!(error.to_string(), format!("sample rate {rate} Hz: expected 4000 to 384000 Hz"));
    }
    for strength in [f32::NAN, -1.0] {
        let error = refused(Processor::builder(16_000, 1).strength(strength));
        assert!(
            error.to_string().starts_with(&format!("strength of {strength} dB: expected 0 dB")),
            "{error}"
        );
    }
    assert_eq!(refused(Processor::builder(16_000, 1).blocks(Blocks::Constant(0))), EngineError::Blocks);
    assert_eq!(refused(Processor::builder(16_000, 1).models([])), EngineError::NoModel);
    let error = refused(Processor::builder(16_000, 1).models([identity(320, 160, 0), identity(512, 256, 0)]));
    assert!(error.to_string().contains("256 samples at 16000 Hz"), "{error}");
    let one = Model::builtin(Latency::ONE);
    let error = refused(Processor::builder(16_000, 1).model(one.clone()).latency(Latency::ZERO));
    assert_eq!(error.to_string(), "no model for a latency of zero: there is one");
    let processor = Processor::builder(16_000, 1).model(one).build().expect("a processor");
    assert!(processor.controls().set_latency(Latency::ZERO).is_err());
    processor.controls().set_model(7);
    assert_eq!((processor.controls().model(), processor.controls().models()), (0, 1));
}

#[test]
fn every_rate_in_range_can_be_had() {
    for rate in [4_000, 7_919, 44_056, 47_999, 384_000] {
        let mut processor = Processor::builder(rate, 1).build().expect("a processor");
        let mut block = vec![vec![0.1; 10_000]];
        processor.process_in_place(&mut block);
        assert_eq!(processor.controls().uneven(), 0, "{rate} Hz");
        // Window, blocks of any size, and resamplers of 64 samples at the lower rate each.
        let seconds = processor.delays().total() as f64 / f64::from(rate);
        assert!(
            seconds < 0.0201 + 64.0 / f64::from(rate.min(16_000)) + 3.0 / 4_000.0,
            "{rate} Hz: {seconds}"
        );
    }
}

#[test]
fn processors_move_between_threads_and_controls_are_shared() {
    fn send<T: Send>() {}
    fn sync<T: Sync>() {}
    send::<Processor>();
    sync::<Processor>();
    send::<Controls>();
    sync::<Controls>();
    send::<EngineError>();
    sync::<EngineError>();
}
