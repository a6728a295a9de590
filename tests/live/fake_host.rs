//! A sound system of the test's own behind cpal's interface: its devices call when the test says so, can be unplugged and
//! plugged in, refuse block sizes, and are joined by a cable if need be.

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    BufferSize, Data, DeviceDescription, DeviceDescriptionBuilder, DeviceId, Error, ErrorKind, FrameCount,
    HostId, I24, InputCallbackInfo, InputStreamTimestamp, OutputCallbackInfo, OutputStreamTimestamp,
    SampleFormat, StreamConfig, StreamInstant, SupportedBufferSize, SupportedStreamConfig,
    SupportedStreamConfigRange, U24,
};
use framewise::io::live::DeviceSample;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// A device of either direction.
#[derive(Clone, Debug)]
pub struct Hardware {
    pub name: &'static str,
    pub input: bool,
    pub rate: u32,
    pub channels: u16,
    pub format: SampleFormat,
    /// Least frames of a block; anything below is refused.
    pub least_block: u32,
    /// What its driver says of its own delay, besides a captured block's length; zero says nothing.
    pub held: Duration,
}

impl Hardware {
    pub fn new(name: &'static str, input: bool) -> Self {
        Self {
            name,
            input,
            rate: 48_000,
            channels: 1,
            format: SampleFormat::F32,
            least_block: 1,
            held: Duration::ZERO,
        }
    }
}

/// The machine that the devices belong to; clones are the same machine.
#[derive(Clone, Default)]
pub struct Machine(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    devices: Vec<Hardware>,
    streams: Vec<Streaming>,
    defaults: [Option<&'static str>; 2],
    count: usize,
}

type Taken = Box<dyn FnMut(&Data, &InputCallbackInfo) + Send>;
type Given = Box<dyn FnMut(&mut Data, &OutputCallbackInfo) + Send>;
type Failed = Box<dyn FnMut(Error) + Send>;

enum Callback {
    Input(Taken),
    Output(Given),
}

struct Streaming {
    id: usize,
    hardware: Hardware,
    block: usize,
    callback: Callback,
    failed: Failed,
    playing: bool,
    buffer: Buffer,
}

macro_rules! buffers {
    ($($format:ident $sample:ty;)*) => {
        enum Buffer { $($format(Vec<$sample>),)* }

        impl Buffer {
            fn new(format: SampleFormat, length: usize) -> Self {
                match format {
                    $(SampleFormat::$format => Self::$format(vec![<$sample>::from_f32(0.0); length]),)*
                    _ => panic!("a format that devices here do not have"),
                }
            }

            fn set(&mut self, place: usize, value: f32) {
                // What is no sample as well, where the format has it.
                if let Self::F32(samples) = self {
                    samples[place] = value;
                    return;
                }
                match self { $(Self::$format(samples) => samples[place] = <$sample>::from_f32(value),)* }
            }

            fn get(&self, place: usize) -> f32 {
                match self { $(Self::$format(samples) => samples[place].to_f32(),)* }
            }

            fn data(&mut self) -> Data {
                match self {
                    $(Self::$format(samples) => {
                        // SAFETY: as many samples of that format as the vector holds, and used up before it is touched.
                        unsafe {
                            Data::from_parts(samples.as_mut_ptr().cast(), samples.len(), SampleFormat::$format)
                        }
                    })*
                }
            }
        }
    };
}

buffers! {
    I8 i8; I16 i16; I24 I24; I32 i32; I64 i64;
    U8 u8; U16 u16; U24 U24; U32 u32; U64 u64;
    F32 f32; F64 f64;
}

impl Machine {
    /// A machine with these devices; the first of a direction is its default.
    pub fn new(devices: Vec<Hardware>) -> Self {
        let default = |input| devices.iter().find(|device| device.input == input).map(|device| device.name);
        let defaults = [default(true), default(false)];
        Self(Arc::new(Mutex::new(State { devices, defaults, ..State::default() })))
    }

    pub fn hosts(&self) -> framewise::io::live::Hosts {
        let host = cpal::platform::CustomHost::from_host(self.clone());
        framewise::io::live::Hosts::only(host.into())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no test failed meanwhile")
    }

    /// Takes a device away; whoever streams is told so many times.
    pub fn unplug(&self, name: &str, errors: usize) {
        let mut state = self.state();
        state.devices.retain(|device| device.name != name);
        for streaming in state.streams.iter_mut().filter(|streaming| streaming.hardware.name == name) {
            streaming.playing = false;
            (0..errors).for_each(|_| (streaming.failed)(Error::new(ErrorKind::DeviceNotAvailable)));
        }
    }

    pub fn plug(&self, hardware: Hardware) {
        self.state().devices.push(hardware);
    }

    pub fn set_default(&self, input: bool, name: Option<&'static str>) {
        self.state().defaults[usize::from(!input)] = name;
    }

    /// Has a device report that it lost sound.
    pub fn xrun(&self, name: &str) {
        for streaming in self.state().streams.iter_mut().filter(|streaming| streaming.hardware.name == name) {
            (streaming.failed)(Error::new(ErrorKind::Xrun));
        }
    }

    /// Every input calls once with what `heard` gives, then every output; `played` takes frame by frame what comes out.
    /// Allocates nothing itself.
    pub fn turn(&self, mut heard: impl FnMut() -> f32, mut played: impl FnMut(f32)) {
        let mut state = self.state();
        for input in [true, false] {
            let streams = state.streams.iter_mut();
            for streaming in streams.filter(|stream| stream.playing && stream.hardware.input == input) {
                let Streaming { hardware, block, callback, buffer, .. } = streaming;
                let channels = usize::from(hardware.channels);
                let now = StreamInstant::new(1000, 0);
                let length = Duration::from_secs_f64(*block as f64 / f64::from(hardware.rate));
                match callback {
                    Callback::Input(taken) => {
                        for frame in 0..*block {
                            let value = heard();
                            (0..channels).for_each(|n| buffer.set(frame * channels + n, value));
                        }
                        let age =
                            if hardware.held.is_zero() { Duration::ZERO } else { hardware.held + length };
                        let capture = now.checked_sub(age).expect("a time after the start");
                        let info = InputCallbackInfo::new(InputStreamTimestamp { callback: now, capture });
                        taken(&buffer.data(), &info);
                    }
                    Callback::Output(given) => {
                        let playback = now + hardware.held;
                        let info = OutputCallbackInfo::new(OutputStreamTimestamp { callback: now, playback });
                        given(&mut buffer.data(), &info);
                        (0..*block).for_each(|frame| played(buffer.get(frame * channels)));
                    }
                }
            }
        }
    }

    fn stream(
        &self,
        name: &str,
        config: StreamConfig,
        format: SampleFormat,
        callback: Callback,
        failed: Failed,
    ) -> Result<FakeStream, Error> {
        let mut state = self.state();
        let found = state.devices.iter().find(|device| device.name == name).cloned();
        let hardware = found.ok_or(ErrorKind::DeviceNotAvailable)?;
        let block = match config.buffer_size {
            BufferSize::Fixed(block) if block < hardware.least_block => {
                return Err(ErrorKind::UnsupportedConfig.into());
            }
            BufferSize::Fixed(block) => block,
            BufferSize::Default => hardware.least_block,
        };
        assert_eq!(
            (config.sample_rate, config.channels, format),
            (hardware.rate, hardware.channels, hardware.format)
        );
        let buffer = Buffer::new(format, block as usize * usize::from(config.channels));
        state.count += 1;
        let id = state.count;
        let block = block as usize;
        state.streams.push(Streaming { id, hardware, block, callback, failed, playing: false, buffer });
        Ok(FakeStream { id, block: block as u32, machine: self.clone() })
    }
}

impl HostTrait for Machine {
    type Devices = std::vec::IntoIter<FakeDevice>;
    type Device = FakeDevice;

    fn is_available() -> bool {
        true
    }

    fn devices(&self) -> Result<Self::Devices, Error> {
        let devices = self.state().devices.clone();
        let named = devices.into_iter().map(|device| FakeDevice { name: device.name, machine: self.clone() });
        Ok(named.collect::<Vec<_>>().into_iter())
    }

    fn default_input_device(&self) -> Option<FakeDevice> {
        let name = self.state().defaults[0]?;
        Some(FakeDevice { name, machine: self.clone() })
    }

    fn default_output_device(&self) -> Option<FakeDevice> {
        let name = self.state().defaults[1]?;
        Some(FakeDevice { name, machine: self.clone() })
    }
}

#[derive(Clone)]
pub struct FakeDevice {
    name: &'static str,
    machine: Machine,
}

impl PartialEq for FakeDevice {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for FakeDevice {}

impl Hash for FakeDevice {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl fmt::Debug for FakeDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl FakeDevice {
    fn hardware(&self, input: bool) -> Result<Hardware, Error> {
        let state = self.machine.state();
        let found = state.devices.iter().find(|device| device.name == self.name && device.input == input);
        found.cloned().ok_or_else(|| ErrorKind::DeviceNotAvailable.into())
    }

    fn ranges(&self, input: bool) -> Result<std::vec::IntoIter<SupportedStreamConfigRange>, Error> {
        let Hardware { channels, rate, format, .. } = self.hardware(input)?;
        let range =
            SupportedStreamConfigRange::new(channels, rate, rate, SupportedBufferSize::Unknown, format);
        Ok(vec![range].into_iter())
    }

    fn own(&self, input: bool) -> Result<SupportedStreamConfig, Error> {
        let Hardware { channels, rate, format, .. } = self.hardware(input)?;
        Ok(SupportedStreamConfig::new(channels, rate, SupportedBufferSize::Unknown, format))
    }
}

impl fmt::Display for FakeDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl DeviceTrait for FakeDevice {
    type SupportedInputConfigs = std::vec::IntoIter<SupportedStreamConfigRange>;
    type SupportedOutputConfigs = std::vec::IntoIter<SupportedStreamConfigRange>;
    type Stream = FakeStream;

    fn description(&self) -> Result<DeviceDescription, Error> {
        Ok(DeviceDescriptionBuilder::new(self.name).build())
    }

    fn id(&self) -> Result<DeviceId, Error> {
        Ok(DeviceId::new(HostId::Custom, self.name))
    }

    fn supported_input_configs(&self) -> Result<Self::SupportedInputConfigs, Error> {
        self.ranges(true)
    }

    fn supported_output_configs(&self) -> Result<Self::SupportedOutputConfigs, Error> {
        self.ranges(false)
    }

    fn default_input_config(&self) -> Result<SupportedStreamConfig, Error> {
        self.own(true)
    }

    fn default_output_config(&self) -> Result<SupportedStreamConfig, Error> {
        self.own(false)
    }

    fn build_input_stream_raw<D, E>(
        &self,
        config: StreamConfig,
        format: SampleFormat,
        taken: D,
        failed: E,
        _: Option<Duration>,
    ) -> Result<FakeStream, Error>
    where
        D: FnMut(&Data, &InputCallbackInfo) + Send + 'static,
        E: FnMut(Error) + Send + 'static,
    {
        self.machine.stream(self.name, config, format, Callback::Input(Box::new(taken)), Box::new(failed))
    }

    fn build_output_stream_raw<D, E>(
        &self,
        config: StreamConfig,
        format: SampleFormat,
        given: D,
        failed: E,
        _: Option<Duration>,
    ) -> Result<FakeStream, Error>
    where
        D: FnMut(&mut Data, &OutputCallbackInfo) + Send + 'static,
        E: FnMut(Error) + Send + 'static,
    {
        self.machine.stream(self.name, config, format, Callback::Output(Box::new(given)), Box::new(failed))
    }
}

pub struct FakeStream {
    id: usize,
    block: u32,
    machine: Machine,
}

impl FakeStream {
    fn set_playing(&self, on: bool) {
        let mut state = self.machine.state();
        if let Some(streaming) = state.streams.iter_mut().find(|streaming| streaming.id == self.id) {
            streaming.playing = on;
        }
    }
}

impl StreamTrait for FakeStream {
    fn play(&self) -> Result<(), Error> {
        self.set_playing(true);
        Ok(())
    }

    fn pause(&self) -> Result<(), Error> {
        self.set_playing(false);
        Ok(())
    }

    fn buffer_size(&self) -> Result<FrameCount, Error> {
        Ok(self.block)
    }

    fn now(&self) -> StreamInstant {
        StreamInstant::new(1000, 0)
    }
}

impl Drop for FakeStream {
    fn drop(&mut self) {
        self.machine.state().streams.retain(|streaming| streaming.id != self.id);
    }
}
