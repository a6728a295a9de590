//! What VST 3 has beside the sound: arrangements, parameters, automation, states, a latency that is told when it changes.

use crate::delay::impulse;
use crate::host::{Audio, Plugin, assert_alike, run};
use crate::hosts::vst3::{Bytes, Vst3, component};
use crate::signals::{assert_same, voices};
use framewise::engine::Processor;
use framewise_plugins::parameters::ALL;
use framewise_plugins::ports::{BYPASS, LOOK_AHEAD, PARAMETERS, POST_FILTER, STRENGTH};
use framewise_plugins::vst3::GetPluginFactory;
use std::mem::zeroed;
use std::ptr;
use vst3::Steinberg::Vst::*;
use vst3::Steinberg::*;
use vst3::{ComPtr, Interface};

/// A text in UTF-16 up to its zero.
fn text(units: &[TChar]) -> String {
    String::from_utf16(units.split(|&unit| unit == 0).next().expect("a text")).expect("a text")
}

#[test]
fn the_factory_has_one_plugin_and_refuses_others() {
    // SAFETY: calls of the format, with what it says may be wrong.
    unsafe {
        let factory = ComPtr::from_raw(GetPluginFactory().cast::<IPluginFactory>()).expect("a factory");
        let factory: ComPtr<IPluginFactory2> = factory.cast().expect("of the second kind");
        assert_eq!(factory.countClasses(), 1);
        let mut known: PClassInfo2 = zeroed();
        assert_eq!(factory.getClassInfo2(0, &raw mut known), kResultOk);
        assert_eq!(std::ffi::CStr::from_ptr(known.category.as_ptr()), c"Audio Module Class");
        assert_eq!(std::ffi::CStr::from_ptr(known.subCategories.as_ptr()), c"Fx|Restoration");
        assert_eq!(factory.getClassInfo2(1, &raw mut known), kInvalidArgument);
        assert_eq!(factory.getClassInfo2(0, ptr::null_mut()), kInvalidArgument);
        let mut object = ptr::null_mut();
        let other = [1; 16];
        let interface = IComponent::IID.as_ptr().cast();
        assert_eq!(factory.createInstance(other.as_ptr(), interface, &raw mut object), kInvalidArgument);
        assert_eq!(
            factory.createInstance(known.cid.as_ptr(), other.as_ptr(), &raw mut object),
            kInvalidArgument
        );
        assert!(object.is_null());
    }
}

#[test]
fn mono_and_stereo_are_taken_and_nothing_else() {
    let component = component();
    let processor: ComPtr<IAudioProcessor> = component.cast().expect("a processor");
    let (mono, stereo) = (SpeakerArr::kMono, SpeakerArr::kStereo);
    // SAFETY: calls of the format.
    unsafe {
        for (mut input, mut output, taken) in
            [(mono, mono, 1), (mono, stereo, 0), (stereo, stereo, 2), (3 << 3, 3 << 3, 0)]
        {
            let answer = processor.setBusArrangements(&raw mut input, 1, &raw mut output, 1);
            assert_eq!(answer == kResultTrue, taken > 0);
            let mut bus: BusInfo = zeroed();
            let of = MediaTypes_::kAudio as MediaType;
            assert_eq!(component.getBusInfo(of, 0, 0, &raw mut bus), kResultOk);
            assert_eq!(text(&bus.name), "Input");
            assert!(taken == 0 || bus.channelCount == taken);
        }
        assert_eq!(processor.setBusArrangements(ptr::null_mut(), 0, ptr::null_mut(), 0), kResultFalse);
        assert_eq!(processor.canProcessSampleSize(SymbolicSampleSizes_::kSample64 as i32), kResultFalse);
        assert_eq!(processor.setupProcessing(ptr::null_mut()), kInvalidArgument);
        assert_eq!(processor.process(ptr::null_mut()), kInvalidArgument);
        assert_eq!((component.getBusCount(1, 0), component.getBusCount(0, 7)), (0, 0));
    }
}

#[test]
fn parameters_have_names_units_steps_and_texts() {
    let host = Vst3::try_new(1, 48_000.0).expect("an instance");
    let controller = &host.controller;
    // SAFETY: calls of the format.
    unsafe {
        assert_eq!(controller.getParameterCount(), PARAMETERS as i32);
        for (place, parameter) in ALL.iter().enumerate() {
            let mut info: ParameterInfo = zeroed();
            assert_eq!(controller.getParameterInfo(place as i32, &raw mut info), kResultOk);
            assert_eq!(
                (text(&info.title).as_str(), text(&info.units).as_str()),
                (parameter.name, parameter.unit)
            );
            assert_eq!(info.stepCount, i32::from(place != STRENGTH));
            assert_eq!(info.defaultNormalizedValue, f64::from(u8::from(place == STRENGTH)));
            let flag = |flag| info.flags & flag != 0;
            assert_eq!(flag(ParameterInfo_::ParameterFlags_::kIsBypass), place == BYPASS);
            assert_eq!(flag(ParameterInfo_::ParameterFlags_::kCanAutomate), place != LOOK_AHEAD);
        }
        let mut info: ParameterInfo = zeroed();
        assert_eq!(controller.getParameterInfo(PARAMETERS as i32, &raw mut info), kInvalidArgument);
        assert_eq!(controller.getParameterInfo(-1, &raw mut info), kInvalidArgument);
        let mut said = [0; 128];
        assert_eq!(controller.getParamStringByValue(STRENGTH as u32, 0.125, &raw mut said), kResultOk);
        assert_eq!(text(&said), "12.5");
        let mut value = 0.0;
        assert_eq!(
            controller.getParamValueByString(STRENGTH as u32, said.as_mut_ptr(), &raw mut value),
            kResultOk
        );
        assert_eq!(value, 0.125);
        assert_eq!(controller.plainParamToNormalized(STRENGTH as u32, 50.0), 0.5);
        assert_eq!(controller.normalizedParamToPlain(STRENGTH as u32, 0.5), 50.0);
        assert_eq!(controller.setParamNormalized(99, 1.0), kInvalidArgument);
    }
}

#[test]
fn automation_is_heard_at_its_sample_whatever_the_blocks() {
    let input = voices(1, 48_000, 24_000);
    // Strength first, later bypass; the first again at the end of the same block where blocks are long.
    let changes =
        [(4_801, STRENGTH, 0.06), (7_001, BYPASS, 1.0), (12_345, BYPASS, 0.0), (12_345, POST_FILTER, 1.0)];
    let mut expected = input.clone();
    let mut processor = Processor::builder(48_000, 1).build().expect("a processor");
    let mut done = 0;
    for (at, port, value) in changes {
        processor.process_in_place(&mut [&mut expected[0][done..at]]);
        done = at;
        match port {
            STRENGTH => processor.controls().set_strength(6.0),
            BYPASS => processor.controls().set_bypass(value > 0.0),
            _ => processor.controls().set_post_filter(true),
        }
    }
    processor.process_in_place(&mut [&mut expected[0][done..]]);
    for block in [24_000, 480, 333, 64] {
        let mut host = Vst3::try_new(1, 48_000.0).expect("an instance");
        let mut found = Vec::new();
        for start in (0..24_000).step_by(block) {
            let piece = input[0][start..(start + block).min(24_000)].to_vec();
            for (at, port, value) in
                changes.into_iter().filter(|(at, ..)| (start..start + piece.len()).contains(at))
            {
                host.active.change((at - start) as i32, port, value);
            }
            let length = piece.len();
            found.extend(run(host.audio(), &[piece], &[length], false).remove(0));
        }
        assert_same(&[found], &expected, &format!("blocks of {block}"));
    }
}

#[test]
fn a_change_of_look_ahead_is_told_at_once_and_heard_soon() {
    for rate in [16_000, 44_100, 48_000, 96_000] {
        let mut host = Vst3::try_new(1, rate.into()).expect("an instance");
        let input = voices(1, rate, rate as usize);
        let zero = host.latency();
        run(host.audio(), &input, &[256], false);
        host.set(LOOK_AHEAD, 1.0);
        assert_eq!(host.latency() - zero, rate as f32 / 100.0);
        assert_eq!(host.told(), 1);
        host.set(LOOK_AHEAD, 1.0);
        assert_eq!(host.told(), 1, "once for each change");
        host.set(BYPASS, 1.0);
        run(host.audio(), &input, &[256], false);
        run(host.audio(), &[vec![0.0; rate as usize / 2]], &[256], false);
        let told = host.latency();
        assert_eq!(impulse(host.audio(), 1, rate as usize), told, "{rate} Hz");
    }
}

#[test]
fn a_state_brings_back_every_value() {
    let mut host = Vst3::try_new(2, 48_000.0).expect("an instance");
    for (port, value) in [(STRENGTH, 12.5), (BYPASS, 1.0), (LOOK_AHEAD, 1.0), (POST_FILTER, 1.0)] {
        host.set(port, value);
    }
    let mut other = Vst3::try_new(2, 48_000.0).expect("an instance");
    // SAFETY: calls of the format.
    unsafe {
        let kept = Bytes::of(b"");
        let stream = kept.to_com_ptr::<IBStream>().expect("a stream");
        assert_eq!(host.component.getState(stream.as_ptr()), kResultOk);
        let kept = kept.bytes.lock().expect("unharmed").clone();
        for broken in [&b""[..], b"nothing", &kept[1..], &[0xff; 100_000]] {
            let stream = Bytes::of(broken).to_com_ptr::<IBStream>().expect("a stream");
            assert_eq!(other.component.setState(stream.as_ptr()), kResultFalse);
            assert_eq!(other.controller.getParamNormalized(STRENGTH as u32), 1.0);
        }
        assert_eq!(other.component.setState(ptr::null_mut()), kInvalidArgument);
        let stream = Bytes::of(&kept).to_com_ptr::<IBStream>().expect("a stream");
        assert_eq!(other.component.setState(stream.as_ptr()), kResultOk);
        let found = [0, 1, 2, 3].map(|port| other.controller.getParamNormalized(port));
        assert_eq!(found, [0.125, 1.0, 1.0, 1.0]);
        assert_eq!(other.told(), 1);
    }
    assert_alike(&mut other, &mut host);
}

#[test]
fn values_without_sound_and_sound_without_an_active_plugin_do_no_harm() {
    let mut host = Vst3::try_new(2, 48_000.0).expect("an instance");
    host.active.change(5, STRENGTH, 0.25);
    let nothing: [*mut f32; 0] = [];
    // SAFETY: no plane is read or written.
    unsafe { host.active.run(&nothing, &nothing, 0) };
    // SAFETY: calls of the format.
    unsafe {
        assert_eq!(host.controller.getParamNormalized(STRENGTH as u32), 0.25);
        host.component.setActive(0);
    }
    let found = run(host.audio(), &voices(2, 48_000, 4_800), &[256], true);
    assert_same(&found, &[vec![0.0; 4_800], vec![0.0; 4_800]], "silence");
}
