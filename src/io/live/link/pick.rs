//! Which channels of the microphone are heard.

use super::sample::DeviceSample;
use crate::dsp::scrub;

/// Channels of an input device that are denoised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Channel {
    /// The one that carries sound: the loudest of late, the first where all are alike.
    #[default]
    Loudest,
    /// This one, counted from 0.
    One(usize),
    /// The mean of all.
    Mix,
    /// All of them, each for itself.
    All,
}

impl Channel {
    /// How many are denoised, of a device that has so many.
    pub(super) fn count(self, channels: usize) -> usize {
        if self == Self::All { channels } else { 1 }
    }
}

/// Seconds over which powers are averaged.
const MEMORY: f32 = 0.4;
/// How much louder, as a ratio of powers, another channel must be, and for how many seconds, to be taken instead.
const LOUDER: f32 = 10.0;
const LASTING: f32 = 0.2;
/// Powers of a channel that never carried anything, and of one that is worth a change.
const NOTHING: f32 = 1e-8;
const SOMETHING: f32 = 1e-6;
/// Length of the cross-fade between channels in seconds.
const FADE: f32 = 0.01;
/// Power below which channels that are mixed say nothing of each other, and the share of it that is left where they cancel.
const AUDIBLE: f32 = 1e-5;
const LEFT: f32 = 0.01;

/// A sample, or silence in the place of what is none.
fn sound<T: DeviceSample>(sample: &T) -> f32 {
    let mut value = [sample.to_f32()];
    scrub(&mut value);
    value[0]
}

/// Chooses among channels while sound runs. Allocates nothing once it is built.
pub(super) struct Picker {
    channel: Channel,
    rate: f32,
    active: usize,
    /// The channel before, and frames of the cross-fade that are over.
    before: usize,
    faded: usize,
    fade: usize,
    power: Vec<f32>,
    /// Power of the mean of all channels.
    mixed: f32,
    /// Frames for which another channel was louder.
    louder: usize,
    /// Frames for which channels that are mixed have cancelled each other.
    cancelled: u64,
}

impl Picker {
    /// # Panics
    /// If there is no such channel.
    pub fn new(channel: Channel, channels: usize, rate: u32) -> Self {
        let active = if let Channel::One(one) = channel { one } else { 0 };
        assert!(active < channels, "channel {active} of {channels}");
        let rate = rate as f32;
        let fade = (FADE * rate) as usize + 1;
        Self {
            channel,
            rate,
            active,
            before: active,
            faded: fade,
            fade,
            power: vec![0.0; channels],
            mixed: 0.0,
            louder: 0,
            cancelled: 0,
        }
    }

    /// The channel that is heard; none where several are.
    pub fn heard(&self) -> Option<usize> {
        (!matches!(self.channel, Channel::Mix | Channel::All)).then_some(self.active)
    }

    /// Frames for which channels that are mixed have cancelled each other, up to now without a break.
    pub fn cancelled(&self) -> u64 {
        self.cancelled
    }

    /// Looks at a block before its frames are taken.
    pub fn look<T: DeviceSample>(&mut self, data: &[T]) {
        let channels = self.power.len();
        let frames = data.len() / channels;
        if frames == 0 || channels == 1 || matches!(self.channel, Channel::One(_) | Channel::All) {
            return;
        }
        let keep = (-(frames as f32) / (MEMORY * self.rate)).exp();
        let fresh = (1.0 - keep) / frames as f32;
        self.power.iter_mut().for_each(|power| *power *= keep);
        self.mixed *= keep;
        for frame in data.chunks_exact(channels) {
            let mut sum = 0.0;
            for (sample, power) in frame.iter().zip(&mut self.power) {
                let value = sound(sample);
                sum += value;
                *power += value * value * fresh;
            }
            self.mixed += (sum / channels as f32).powi(2) * fresh;
        }
        if self.channel == Channel::Mix {
            let mean = self.power.iter().sum::<f32>() / channels as f32;
            let cancels = mean > AUDIBLE && self.mixed < LEFT * mean;
            self.cancelled = if cancels { self.cancelled + frames as u64 } else { 0 };
        } else {
            self.choose(frames);
        }
    }

    fn choose(&mut self, frames: usize) {
        let now = self.power[self.active];
        // Of several that are as loud, the first.
        let (mut best, mut most) = (self.active, now);
        for (channel, &power) in self.power.iter().enumerate() {
            if power > most {
                (best, most) = (channel, power);
            }
        }
        if best == self.active || most < LOUDER * now {
            self.louder = 0;
            return;
        }
        self.louder += frames;
        let lasting = most > SOMETHING && self.louder as f32 >= LASTING * self.rate;
        if now < NOTHING && most > NOTHING || lasting {
            (self.before, self.active, self.faded, self.louder) = (self.active, best, 0, 0);
        }
    }

    /// The sample of the next frame, of so many as [`Channel::count`] says.
    pub fn take<T: DeviceSample>(&mut self, frame: &[T], channel: usize) -> f32 {
        if self.channel == Channel::All {
            return sound(&frame[channel]);
        }
        if self.channel == Channel::Mix {
            return frame.iter().map(sound).sum::<f32>() / frame.len() as f32;
        }
        let value = sound(&frame[self.active]);
        if self.faded == self.fade {
            return value;
        }
        self.faded += 1;
        let before = sound(&frame[self.before]);
        before + (value - before) * self.faded as f32 / self.fade as f32
    }
}

#[cfg(test)]
mod tests {
    use super::{Channel, Picker};

    const RATE: u32 = 48_000;
    const BLOCK: usize = 480;

    /// What comes out of so many seconds of channels; `sound` gives the sample of a channel at a frame.
    fn run(
        picker: &mut Picker,
        channels: usize,
        seconds: f64,
        sound: impl Fn(usize, usize) -> f32,
    ) -> Vec<f32> {
        let frames = (seconds * f64::from(RATE)) as usize;
        let mut out = Vec::new();
        for block in 0..frames / BLOCK {
            let data: Vec<f32> =
                (0..BLOCK * channels).map(|n| sound(n % channels, block * BLOCK + n / channels)).collect();
            picker.look(&data);
            out.extend(data.chunks_exact(channels).map(|frame| picker.take(frame, 0)));
        }
        out
    }

    fn tone(frame: usize) -> f32 {
        0.3 * (frame as f32 * std::f32::consts::TAU * 200.0 / RATE as f32).sin()
    }

    #[test]
    fn a_voice_on_one_of_several_channels_comes_out_at_its_level() {
        for (channels, voice) in [(2, 1), (8, 5), (2, 0)] {
            let mut picker = Picker::new(Channel::default(), channels, RATE);
            let hiss = |frame: usize| ((frame * 7919) % 1000) as f32 * 1e-7;
            let sound = |channel, frame| if channel == voice { tone(frame) } else { hiss(frame) };
            let out = run(&mut picker, channels, 2.0, sound);
            assert_eq!(picker.heard(), Some(voice));
            let late = RATE as usize / 2;
            assert!(out[late..].iter().enumerate().all(|(n, &v)| v == tone(late + n)), "{channels} channels");
        }
    }

    #[test]
    fn channels_that_are_alike_or_out_of_phase_lose_nothing() {
        for sign in [1.0, -1.0, 0.5] {
            let mut picker = Picker::new(Channel::default(), 2, RATE);
            let out =
                run(&mut picker, 2, 2.0, |channel, n| if channel == 0 { tone(n) } else { sign * tone(n) });
            assert!(out.iter().enumerate().all(|(n, &v)| v == tone(n)), "{sign}");
        }
    }

    #[test]
    fn a_voice_that_moves_to_another_channel_is_followed_without_a_click() {
        let mut picker = Picker::new(Channel::default(), 2, RATE);
        let moved = 2 * RATE as usize;
        let quiet = |n: usize| 0.001 * tone(n);
        let sound = |channel, n: usize| if (channel == 0) == (n < moved) { tone(n) } else { quiet(n) };
        let out = run(&mut picker, 2, 6.0, sound);
        assert_eq!(picker.heard(), Some(1));
        // The voice itself breaks off at its first channel, where it is zero.
        let steps = out.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(steps < 0.012, "{steps}");
        let end = out.len() - 4800;
        assert!(out[end..].iter().enumerate().all(|(n, &v)| v == tone(end + n)));
    }

    #[test]
    fn a_chosen_channel_stays_and_a_mix_that_cancels_is_noticed() {
        let mut picker = Picker::new(Channel::One(1), 2, RATE);
        let out = run(&mut picker, 2, 1.0, |channel, n| if channel == 0 { tone(n) } else { 0.0 });
        assert!(out.iter().all(|&v| v == 0.0) && picker.heard() == Some(1));
        let mut picker = Picker::new(Channel::Mix, 2, RATE);
        let out = run(&mut picker, 2, 2.0, |channel, n| if channel == 0 { tone(n) } else { -tone(n) });
        assert!(out.iter().all(|&v| v == 0.0) && picker.heard().is_none());
        assert!(picker.cancelled() > u64::from(RATE), "{}", picker.cancelled());
        run(&mut picker, 2, 2.0, |_, n| tone(n));
        assert_eq!(picker.cancelled(), 0);
    }
}
