//! A link on two open devices.

use super::choice::{Chosen, Wish, choose};
use super::direction::Direction;
use super::faults::{Faults, Watch};
use super::hosts::Hosts;
use crate::io::live::error::LiveError;
use crate::io::live::link::DeviceSample;
use crate::io::live::link::Handle;
use crate::io::live::link::Moment;
use crate::io::live::link::Tap;
use crate::io::live::link::{Capture, Playback};
use crate::io::live::link::{Link, LinkConfig, Side};
use crate::io::live::probe::Loopback;
use crate::model::Model;
use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{ErrorKind, I24, SampleFormat, Stream, U24};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Two devices, a link between them, and sound that runs until this is dropped.
pub struct Running {
    /// The link's handle.
    pub handle: Handle,
    /// Dry and denoised sound; taken by whoever listens.
    pub tap: Option<Tap>,
    /// Dry sound and what is heard, for a view.
    pub monitor: Tap,
    /// The measurement, where devices were opened for one.
    pub loopback: Option<Loopback>,
    /// What was negotiated.
    pub input: Opened,
    /// What was negotiated.
    pub output: Opened,
    faults: [Arc<Faults>; 2],
    watch: Watch,
    // Streams end when they are dropped.
    _streams: [Stream; 2],
}

/// A device as it was opened.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Opened {
    /// The device's id.
    pub device: String,
    /// Frames a second.
    pub rate: u32,
    /// Samples of a frame.
    pub channels: u16,
    /// Format of a sample.
    pub format: String,
    /// Frames of a block, where the device says so.
    pub block: Option<u32>,
    /// Devices whose id or name fits what was asked for as well as this one's, itself included: of several the first that
    /// works is taken.
    pub alike: usize,
}

impl Opened {
    /// Length of a block, where the device says so.
    fn length(&self) -> Duration {
        Duration::from_secs_f64(f64::from(self.block.unwrap_or(0)) / f64::from(self.rate.max(1)))
    }
}

impl fmt::Display for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} Hz, {} channels, {}", self.device, self.rate, self.channels, self.format)?;
        self.block.map_or(Ok(()), |block| write!(f, ", blocks of {block}"))?;
        if self.alike > 1 { write!(f, ", the first of {} that match", self.alike) } else { Ok(()) }
    }
}

impl Running {
    /// Opens two devices of this machine and starts them. The first of `models` is heard first.
    ///
    /// # Errors
    /// If a device is not there, offers nothing usable, or refuses.
    ///
    /// # Panics
    /// As [`Link::new`].
    pub fn open(input: &Wish, output: &Wish, models: &[Model]) -> Result<Self, LiveError> {
        Self::open_on(&Hosts::available(), [input, output], models, false)
    }

    /// Opens an input and an output of these hosts; `measured` if chirps are to be played, as by [`Link::measure`].
    ///
    /// # Errors
    /// As [`Running::open`].
    ///
    /// # Panics
    /// As [`Link::new`].
    pub fn open_on(
        hosts: &Hosts,
        [input, output]: [&Wish; 2],
        models: &[Model],
        measured: bool,
    ) -> Result<Self, LiveError> {
        let (channel, mask) = (input.channel, input.mask);
        let mut input = choose(hosts, input, Direction::Input)?;
        let mut output = choose(hosts, output, Direction::Output)?;
        let side = |chosen: &Chosen| Side::new(chosen.config.sample_rate, chosen.config.channels.into());
        let config = LinkConfig { channel, mask, ..LinkConfig::new(side(&input), side(&output)) };
        let faults = [(); 2].map(|()| Arc::new(Faults::new()));
        let epoch = Instant::now();
        let (mut first, mut second) = (input.blocks.clone().into_iter(), output.blocks.clone().into_iter());
        let (mut next_in, mut next_out) = (first.next(), second.next());
        // A callback that was refused is lost with its half of the link: every try has a link of its own.
        let (handle, taps, loopback, source, sink) = loop {
            let mut link = Link::new(&config, models);
            let loopback = measured.then(|| link.measure());
            input.config.buffer_size = next_in.unwrap_or_default();
            output.config.buffer_size = next_out.unwrap_or_default();
            let source = match listen(&input, link.capture, Arc::clone(&faults[0]), epoch) {
                Ok(source) => source,
                Err(error) => {
                    next_in = Some(first.next().ok_or(error)?);
                    continue;
                }
            };
            match play(&output, link.playback, Arc::clone(&faults[1]), epoch) {
                Ok(sink) => break (link.handle, [link.tap, link.monitor], loopback, source, sink),
                Err(error) => next_out = Some(second.next().ok_or(error)?),
            }
        };
        for (stream, chosen) in [(&sink, &output), (&source, &input)] {
            stream.play().map_err(|source| LiveError::Device { device: chosen.id.clone(), source })?;
        }
        let opened = |chosen: &Chosen, stream: &Stream| Opened {
            device: chosen.id.clone(),
            rate: chosen.config.sample_rate,
            channels: chosen.config.channels,
            format: chosen.format.to_string(),
            block: stream.buffer_size().ok(),
            alike: chosen.alike,
        };
        let [tap, monitor] = taps;
        let (input, output) = (opened(&input, &source), opened(&output, &sink));
        let blocks = [&input, &output].map(Opened::length);
        Ok(Self {
            handle,
            tap: Some(tap),
            monitor,
            loopback,
            input,
            output,
            faults,
            watch: Watch::new(blocks, Instant::now()),
            _streams: [source, sink],
        })
    }

    /// What is wrong, in one line, if anything: then the devices must be opened anew.
    pub fn fault(&mut self) -> Option<String> {
        let looked = self.watch.look(self.handle.calls(), Instant::now());
        if looked.paused {
            self.faults.iter().for_each(|faults| faults.called());
        }
        if let Some(fault) = self.faults.iter().find_map(|faults| faults.fault()) {
            return Some(fault);
        }
        let silent = looked.silent?;
        let device = if silent == Direction::Input { &self.input } else { &self.output };
        Some(format!("{}: the {} device has stopped calling", device.device, silent.word()))
    }

    /// Overruns and underruns that the devices reported.
    pub fn xruns(&self) -> u64 {
        self.faults.iter().map(|faults| faults.xruns()).sum()
    }

    /// Other errors that the devices reported; they are a fault only where a device does not go on by itself.
    pub fn errors(&self) -> u64 {
        self.faults.iter().map(|faults| faults.errors()).sum()
    }
}

/// Calls a generic function for the type of a sample format.
macro_rules! with_format {
    ($format:expr, $device:expr, $function:ident($($argument:expr),*)) => {
        match $format {
            SampleFormat::I8 => $function::<i8>($($argument),*),
            SampleFormat::I16 => $function::<i16>($($argument),*),
            SampleFormat::I24 => $function::<I24>($($argument),*),
            SampleFormat::I32 => $function::<i32>($($argument),*),
            SampleFormat::I64 => $function::<i64>($($argument),*),
            SampleFormat::U8 => $function::<u8>($($argument),*),
            SampleFormat::U16 => $function::<u16>($($argument),*),
            SampleFormat::U24 => $function::<U24>($($argument),*),
            SampleFormat::U32 => $function::<u32>($($argument),*),
            SampleFormat::U64 => $function::<u64>($($argument),*),
            SampleFormat::F32 => $function::<f32>($($argument),*),
            SampleFormat::F64 => $function::<f64>($($argument),*),
            _ => Err(cpal::Error::new(ErrorKind::UnsupportedConfig)),
        }
        .map_err(|source| LiveError::Device { device: $device.clone(), source })
    };
}

fn listen(
    chosen: &Chosen,
    capture: Capture,
    faults: Arc<Faults>,
    epoch: Instant,
) -> Result<Stream, LiveError> {
    fn open<T: DeviceSample>(
        chosen: &Chosen,
        mut capture: Capture,
        faults: Arc<Faults>,
        epoch: Instant,
    ) -> Result<Stream, cpal::Error> {
        let (id, heard) = (chosen.id.clone(), Arc::clone(&faults));
        chosen.device.build_input_stream::<T, _, _>(
            chosen.config,
            move |data, info| {
                heard.called();
                let at = info.timestamp();
                let device = at.callback.saturating_duration_since(at.capture);
                capture.capture(data, Moment { now: epoch.elapsed(), device });
            },
            move |error| faults.take(&id, &error),
            None,
        )
    }
    with_format!(chosen.format, chosen.id, open(chosen, capture, faults, epoch))
}

fn play(
    chosen: &Chosen,
    playback: Playback,
    faults: Arc<Faults>,
    epoch: Instant,
) -> Result<Stream, LiveError> {
    fn open<T: DeviceSample>(
        chosen: &Chosen,
        mut playback: Playback,
        faults: Arc<Faults>,
        epoch: Instant,
    ) -> Result<Stream, cpal::Error> {
        let (id, heard) = (chosen.id.clone(), Arc::clone(&faults));
        chosen.device.build_output_stream::<T, _, _>(
            chosen.config,
            move |data, info| {
                heard.called();
                let at = info.timestamp();
                let device = at.playback.saturating_duration_since(at.callback);
                playback.playback(data, Moment { now: epoch.elapsed(), device });
            },
            move |error| faults.take(&id, &error),
            None,
        )
    }
    with_format!(chosen.format, chosen.id, open(chosen, playback, faults, epoch))
}
