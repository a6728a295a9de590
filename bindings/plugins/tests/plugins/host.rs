//! A host of one plugin of any format.

use crate::hosts::{clap::Clap, ports::Ports, vst3::Vst3};
use crate::signals::{assert_same, voices};
use framewise_plugins::{ladspa, lv2};

/// A plugin as one of the formats gives it.
#[derive(Clone, Copy)]
pub enum Format {
    Ladspa(&'static ladspa::Descriptor),
    Lv2(&'static lv2::Descriptor),
    Clap,
    Vst3,
}

impl Format {
    /// The formats whose hosts keep what belongs to each port, of the plugin for so many channels.
    pub fn with_ports(channels: usize) -> [Self; 2] {
        let place = channels - 1;
        // SAFETY: they are null, or a constant of the library.
        let (ladspa, lv2) = unsafe {
            (ladspa::ladspa_descriptor(place as _).as_ref(), lv2::lv2_descriptor(place as _).as_ref())
        };
        [Self::Ladspa(ladspa.expect("a plugin")), Self::Lv2(lv2.expect("a plugin"))]
    }

    /// Every format of the plugin for so many channels.
    pub fn all(channels: usize) -> [Self; 4] {
        let [ladspa, lv2] = Self::with_ports(channels);
        [ladspa, lv2, Self::Clap, Self::Vst3]
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Ladspa(_) => "LADSPA",
            Self::Lv2(_) => "LV2",
            Self::Clap => "CLAP",
            Self::Vst3 => "VST 3",
        }
    }
}

/// What a host's audio thread calls.
pub trait Audio: Send {
    /// Runs a plugin.
    ///
    /// # Safety
    /// There is a plane for each of its channels in each direction, with so many samples.
    unsafe fn run(&mut self, inputs: &[*mut f32], outputs: &[*mut f32], count: usize);

    /// Back to the start.
    fn reset(&mut self);
}

/// What the rest of a host calls.
pub trait Plugin {
    /// Sets a value before the next sample. A host that is asked to start the plugin again does so.
    fn set(&mut self, port: usize, value: f32);

    /// The latency that the plugin reports.
    fn latency(&mut self) -> f32;

    fn audio(&mut self) -> &mut dyn Audio;
}

/// An instance.
pub struct Host {
    plugin: Box<dyn Plugin>,
    channels: usize,
}

impl Host {
    /// An instance with everything at its default; none if the plugin refuses the rate.
    pub fn try_new(format: Format, channels: usize, rate: f64) -> Option<Self> {
        let plugin: Box<dyn Plugin> = match format {
            Format::Clap => Box::new(Clap::try_new(channels, rate)?),
            Format::Vst3 => Box::new(Vst3::try_new(channels, rate)?),
            _ => Box::new(Ports::try_new(format, channels, rate)?),
        };
        Some(Self { plugin, channels })
    }

    pub fn new(format: Format, channels: usize, rate: u32) -> Self {
        Self::try_new(format, channels, rate.into()).expect("an instance")
    }

    pub fn set(&mut self, port: usize, value: f32) {
        self.plugin.set(port, value);
    }

    pub fn latency(&mut self) -> f32 {
        self.plugin.latency()
    }

    pub fn reset(&mut self) {
        self.plugin.audio().reset();
    }

    pub fn audio(&mut self) -> &mut dyn Audio {
        self.plugin.audio()
    }

    /// Runs planes through in blocks of these sizes in turn; `in_place` has each output where its input is.
    pub fn run(&mut self, input: &[Vec<f32>], blocks: &[usize], in_place: bool) -> Vec<Vec<f32>> {
        assert_eq!(input.len(), self.channels);
        run(self.audio(), input, blocks, in_place)
    }
}

/// As [`Host::run`], on a thread of audio.
pub fn run(audio: &mut dyn Audio, input: &[Vec<f32>], blocks: &[usize], in_place: bool) -> Vec<Vec<f32>> {
    let mut input = input.to_vec();
    let mut output: Vec<_> = input.iter().map(|plane| vec![0.0; plane.len()]).collect();
    let length = input[0].len();
    let ins: Vec<_> = input.iter_mut().map(|plane| plane.as_mut_ptr()).collect();
    let outs: Vec<_> = output.iter_mut().map(|plane| plane.as_mut_ptr()).collect();
    let outs = if in_place { &ins } else { &outs };
    let mut start = 0;
    for &block in blocks.iter().cycle() {
        let count = block.min(length - start);
        // SAFETY: `start` is within the planes.
        let [ins, outs] = [&ins, outs]
            .map(|planes| planes.iter().map(|plane| unsafe { plane.add(start) }).collect::<Vec<_>>());
        // SAFETY: as many samples are left.
        unsafe { audio.run(&ins, &outs, count) };
        start += count;
        if start == length {
            return if in_place { input } else { output };
        }
    }
    unreachable!("blocks of no samples alone")
}

/// Two instances of the plugin for two channels, at 48 kHz, do the same.
pub fn assert_alike(one: &mut dyn Plugin, other: &mut dyn Plugin) {
    assert_eq!(one.latency(), other.latency());
    let input = voices(2, 48_000, 4_800);
    let heard = |plugin: &mut dyn Plugin| run(plugin.audio(), &input, &[256], false);
    assert_same(&heard(one), &heard(other), "one state");
}
