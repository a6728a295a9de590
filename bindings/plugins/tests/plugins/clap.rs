//! What CLAP has beside the sound: parameters, automation, a latency that may change at a start alone, states.

use crate::delay::impulse;
use crate::host::{Audio, Plugin, assert_alike, run};
use crate::hosts::clap::{Clap, Handlers, entry, event, instance};
use crate::signals::{assert_same, distance, voices};
use clack_extensions::audio_ports::{AudioPortInfoBuffer, AudioPortType, PluginAudioPorts};
use clack_extensions::params::{ParamInfoBuffer, ParamInfoFlags, PluginParams};
use clack_extensions::state::PluginState;
use clack_host::events::io::{EventBuffer, InputEvents, OutputEvents};
use clack_host::prelude::*;
use clack_host::utils::ClapId;
use framewise::engine::Processor;
use framewise_plugins::parameters::ALL;
use framewise_plugins::ports::{BYPASS, LOOK_AHEAD, PARAMETERS, POST_FILTER, STRENGTH};

fn value(host: &mut Clap, port: usize) -> f64 {
    let parameters: PluginParams = host.extension();
    parameters.get_value(&host.instance.plugin_handle(), ClapId::new(port as u32)).expect("a value")
}

/// Asks twice: what plugins told of changes of latency and of values.
fn told(host: &Clap) -> (usize, usize) {
    host.instance.access_handler(|main| (main.latencies.get(), main.values.get()))
}

#[test]
fn a_host_finds_both_plugins_their_ports_and_parameters() {
    let entry = entry();
    let factory = entry.get_plugin_factory().expect("a factory");
    let ids: Vec<_> =
        factory.plugin_descriptors().map(|plugin| plugin.id().expect("an id").to_owned()).collect();
    assert_eq!(ids, [c"framewise.mono".to_owned(), c"framewise.stereo".to_owned()]);
    for channels in [1, 2] {
        let mut instance = instance(&entry, channels);
        let handle = instance.plugin_handle();
        let ports: PluginAudioPorts = handle.get_extension().expect("ports");
        for input in [true, false] {
            assert_eq!(ports.count(&handle, input), 1);
            let mut buffer = AudioPortInfoBuffer::new();
            let port = ports.get(&handle, 0, input, &mut buffer).expect("a port");
            assert_eq!((port.channel_count, port.in_place_pair), (channels as u32, Some(ClapId::new(0))));
            assert_eq!(port.port_type, Some([AudioPortType::MONO, AudioPortType::STEREO][channels - 1]));
        }
        let parameters: PluginParams = handle.get_extension().expect("parameters");
        assert_eq!(parameters.count(&handle), PARAMETERS as u32);
        for (place, parameter) in ALL.iter().enumerate() {
            let mut buffer = ParamInfoBuffer::new();
            let info = parameters.get_info(&handle, place as u32, &mut buffer).expect("a parameter");
            let most = if place == STRENGTH { 100.0 } else { 1.0 };
            assert_eq!((info.min_value, info.max_value), (0.0, most));
            assert_eq!(info.default_value, if place == STRENGTH { 100.0 } else { 0.0 });
            assert_eq!(info.name, parameter.name.as_bytes());
            assert_eq!(info.flags.contains(ParamInfoFlags::IS_STEPPED), place != STRENGTH);
            assert_eq!(info.flags.contains(ParamInfoFlags::IS_BYPASS), place == BYPASS);
            // What changes the latency cannot be automated.
            assert_eq!(info.flags.contains(ParamInfoFlags::IS_AUTOMATABLE), place != LOOK_AHEAD);
        }
        let mut text = [0; 32];
        let strength = ClapId::new(STRENGTH as u32);
        let said = parameters.value_to_text(&handle, strength, 12.0, &mut text).expect("a text");
        assert_eq!(said, b"12.0 dB");
        assert_eq!(parameters.text_to_value(&handle, strength, c"12 dB"), Some(12.0));
        assert_eq!(parameters.text_to_value(&handle, strength, c"\xff"), None);
        assert_eq!(parameters.get_value(&handle, ClapId::new(PARAMETERS as u32)), None);
    }
}

#[test]
fn automation_is_heard_at_its_sample_whatever_the_blocks() {
    let input = voices(1, 48_000, 24_000);
    for (port, value, at) in [(BYPASS, 1.0, 7_001), (STRENGTH, 6.0, 12_345), (POST_FILTER, 1.0, 9_600)] {
        let mut expected = input.clone();
        let mut processor = Processor::builder(48_000, 1).build().expect("a processor");
        let (before, after) = expected[0].split_at_mut(at);
        processor.process_in_place(&mut [before]);
        let controls = processor.controls();
        match port {
            BYPASS => controls.set_bypass(true),
            STRENGTH => controls.set_strength(6.0),
            _ => controls.set_post_filter(true),
        }
        processor.process_in_place(&mut [after]);
        for block in [24_000, 480, 333, 64] {
            let mut host = Clap::try_new(1, 48_000.0).expect("an instance");
            let mut found = Vec::new();
            for start in (0..24_000).step_by(block) {
                let piece = input[0][start..(start + block).min(24_000)].to_vec();
                if (start..start + piece.len()).contains(&at) {
                    host.active.events.push(&event((at - start) as u32, port, value));
                    // One of no parameter of this plugin, and one behind the block's end, do no harm.
                    host.active.events.push(&event((at - start) as u32, 99, 1.0));
                    host.active.events.push(&event(u32::MAX, port, value));
                }
                let length = piece.len();
                found.extend(run(host.audio(), &[piece], &[length], false).remove(0));
            }
            assert_same(&[found], &expected, &format!("{port} in blocks of {block}"));
            assert_eq!(self::value(&mut host, port), value);
        }
    }
}

#[test]
fn look_ahead_that_changes_while_sound_runs_waits_for_a_new_start_and_is_told_then() {
    for rate in [16_000, 44_100, 48_000, 96_000] {
        let input = voices(1, rate, rate as usize / 2);
        let mut steady = Clap::try_new(1, rate.into()).expect("an instance");
        let mut host = Clap::try_new(1, rate.into()).expect("an instance");
        let zero = host.latency();
        run(host.audio(), &input, &[256], false);
        run(steady.audio(), &input, &[256], false);
        host.active.events.push(&event(17, LOOK_AHEAD, 1.0));
        let [found, expected] = [&mut host, &mut steady].map(|host| run(host.audio(), &input, &[256], false));
        // As long as the host has not started the plugin again, both the sound and its delay are those that it was told.
        assert_same(&found, &expected, "before the start");
        assert_eq!((host.latency(), told(&host)), (zero, (0, 0)));
        assert!(host.oblige(), "asks for a start");
        assert_eq!(host.latency() - zero, rate as f32 / 100.0, "{rate} Hz");
        assert_eq!(told(&host), (1, 0));
        host.set(BYPASS, 1.0);
        assert_eq!(impulse(host.audio(), 1, rate as usize), host.latency(), "{rate} Hz");
        assert!(!host.oblige(), "one start for each change");
        host.set(LOOK_AHEAD, 0.0);
        assert_eq!((host.latency(), told(&host)), (zero, (2, 0)));
    }
}

#[test]
fn a_state_brings_back_every_value_and_is_told() {
    let mut host = Clap::try_new(2, 48_000.0).expect("an instance");
    for (port, value) in [(STRENGTH, 12.5), (BYPASS, 1.0), (LOOK_AHEAD, 1.0), (POST_FILTER, 1.0)] {
        host.set(port, value);
    }
    let state: PluginState = host.extension();
    let mut kept = Vec::new();
    state.save(&host.instance.plugin_handle(), &mut kept).expect("saved");

    let mut other = Clap::try_new(2, 48_000.0).expect("an instance");
    let state: PluginState = other.extension();
    for broken in [&b""[..], b"nothing", &kept[1..], &[0xff; 100_000]] {
        assert!(state.load(&other.instance.plugin_handle(), &mut &broken[..]).is_err());
        assert_eq!((value(&mut other, STRENGTH), told(&other)), (100.0, (0, 0)));
    }
    state.load(&other.instance.plugin_handle(), &mut &kept[..]).expect("loaded");
    assert_eq!([0, 1, 2, 3].map(|port| value(&mut other, port)), [12.5, 1.0, 1.0, 1.0]);
    assert_eq!(told(&other), (0, 1));
    assert!(other.oblige(), "another look-ahead needs another start");
    assert_alike(&mut other, &mut host);
}

#[test]
fn values_set_before_the_start_hold_from_the_first_sample() {
    let mut instance = instance(&entry(), 1);
    let mut events = EventBuffer::new();
    events.push(&event(0, LOOK_AHEAD, 1.0));
    let parameters: PluginParams = instance.plugin_handle().get_extension().expect("parameters");
    let mut handle = instance.inactive_plugin_handle().expect("inactive");
    parameters.flush(&mut handle, &events.as_input(), &mut OutputEvents::void());
    assert_eq!(
        instance.access_shared_handler(|shared| shared.starts.load(std::sync::atomic::Ordering::Relaxed)),
        0
    );
    let configuration =
        PluginAudioConfiguration { sample_rate: 48_000.0, min_frames_count: 1, max_frames_count: 64 };
    let processor = instance.activate(|_, _| (), configuration).expect("active");
    let latency: clack_extensions::latency::PluginLatency =
        instance.plugin_handle().get_extension().expect("latency");
    let one = Clap::try_new(1, 48_000.0).map(|mut host| {
        host.set(LOOK_AHEAD, 1.0);
        host.latency()
    });
    assert_eq!(Some(latency.get(&instance.plugin_handle()) as f32), one);
    instance.deactivate(processor);
}

#[test]
fn a_host_that_gives_other_channels_than_announced_gets_silence_for_what_it_lacks() {
    let mut host = Clap::try_new(2, 48_000.0).expect("an instance");
    let input = voices(1, 48_000, 24_000);
    let alone = run(host.audio(), &input, &[256], false);
    let mut full = Clap::try_new(2, 48_000.0).expect("an instance");
    let both = run(full.audio(), &[input[0].clone(), vec![0.0; 24_000]], &[256], false);
    assert_same(&alone, &both[..1], "the other channel is silent");
    assert!(distance(&alone[0], &vec![0.0; 24_000]) > 0.01);
    // None at all.
    let nothing: [*mut f32; 0] = [];
    // SAFETY: no plane is read or written.
    unsafe { host.active.run(&nothing, &nothing, 512) };
}

#[test]
fn through_the_hosts_own_buffers_the_samples_are_the_same() {
    let input = voices(2, 48_000, 4_800);
    let mut host = Clap::try_new(2, 48_000.0).expect("an instance");
    let expected = run(host.audio(), &input, &[480], false);
    let mut instance = instance(&entry(), 2);
    let configuration =
        PluginAudioConfiguration { sample_rate: 48_000.0, min_frames_count: 1, max_frames_count: 480 };
    let processor: StoppedPluginAudioProcessor<Handlers> =
        instance.activate(|_, _| (), configuration).expect("active");
    let mut processor = processor.start_processing().expect("starts");
    let (mut ins, mut outs) = (AudioPorts::with_capacity(2, 1), AudioPorts::with_capacity(2, 1));
    let mut found = vec![Vec::new(); 2];
    for start in (0..4_800).step_by(480) {
        let mut block: Vec<_> = input.iter().map(|plane| plane[start..start + 480].to_vec()).collect();
        let mut output = vec![vec![0.0; 480]; 2];
        let buffers = ins.with_input_buffers([AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_input_only(block.iter_mut().map(InputChannel::variable)),
        }]);
        let mut results = outs.with_output_buffers([AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_output_only(output.iter_mut().map(Vec::as_mut_slice)),
        }]);
        let status = processor.process(
            &buffers,
            &mut results,
            &InputEvents::empty(),
            &mut OutputEvents::void(),
            None,
            None,
        );
        assert_eq!(status.expect("processed"), ProcessStatus::Continue);
        found.iter_mut().zip(output).for_each(|(found, plane)| found.extend(plane));
    }
    assert_same(&found, &expected, "clack-host");
    instance.deactivate(processor.stop_processing());
}
