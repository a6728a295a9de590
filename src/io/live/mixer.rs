//! Denoised and dry sound in one hop: models side by side, each with a dry path of its own delay.

use super::controls::Controls;
use crate::engine::{Delays, Denoiser};
use crate::model::Model;

/// Hops that another model runs unheard before the change, so that its state is that of a running stream.
const WARM: usize = 30;
/// Hops of the cross-fade between models.
const FADE: usize = 4;

struct Voice {
    denoiser: Denoiser,
    wet: Vec<f32>,
    /// The last samples in: as many as the delay of the wet sound, and a hop.
    line: Vec<f32>,
}

impl Voice {
    fn new(model: &Model) -> Self {
        let denoiser = Denoiser::new(model);
        let (hop, delay) = (denoiser.hop(), denoiser.delays().total());
        Self { denoiser, wet: vec![0.0; hop], line: vec![0.0; delay + hop] }
    }

    fn hear(&mut self, hop: &[f32]) {
        self.line.copy_within(hop.len().., 0);
        let end = self.line.len();
        self.line[end - hop.len()..].copy_from_slice(hop);
    }
}

/// Models that take turns, and the dry sound beside them. One model runs; another only while a change to it is under way.
pub(super) struct Mixer {
    voices: Vec<Voice>,
    active: usize,
    /// The model to come, and hops since it was asked for.
    next: Option<(usize, usize)>,
    /// Share of the dry sound, and loudness, in the last sample.
    dry: f32,
    gain: f32,
}

impl Mixer {
    /// # Panics
    /// If there is no model, or they differ in hop or rate.
    pub fn new(models: &[Model]) -> Self {
        let [first, ..] = models else { panic!("a mixer of no models") };
        for model in models {
            assert_eq!(model.stft().hop(), first.stft().hop(), "hops of models that take turns");
            assert_eq!(model.sample_rate(), first.sample_rate(), "rates of models that take turns");
        }
        let voices = models.iter().map(Voice::new).collect();
        Self { voices, active: 0, next: None, dry: 0.0, gain: 1.0 }
    }

    pub fn delays(&self, model: usize) -> Delays {
        self.voices[model].denoiser.delays()
    }

    /// The model that is heard.
    pub fn active(&self) -> usize {
        self.active
    }

    /// Takes a hop; writes the mixture, and dry and wet sound by themselves, which lie beside each other in time.
    pub fn process(&mut self, input: &[f32], controls: &Controls, [out, dry, wet]: [&mut [f32]; 3]) {
        for voice in &mut self.voices {
            voice.hear(input);
        }
        self.turn(controls.model());
        let active = &mut self.voices[self.active];
        active.denoiser.process_hop(input, &mut active.wet);
        wet.copy_from_slice(&active.wet);
        dry.copy_from_slice(&active.line[..input.len()]);
        if let Some((next, age)) = self.next {
            let voice = &mut self.voices[next];
            voice.denoiser.process_hop(input, &mut voice.wet);
            if age >= WARM {
                let step = 1.0 / (FADE * input.len()) as f32;
                let start = ((age - WARM) * input.len()) as f32;
                fade(wet, &voice.wet, start, step);
                fade(dry, &voice.line, start, step);
            }
            self.next = Some((next, age + 1));
            if age + 1 == WARM + FADE {
                self.active = next;
                self.next = None;
            }
        }
        let hop = input.len() as f32;
        let (share, gain) = (controls.dry_share(), if controls.muted() { 0.0 } else { 1.0 });
        for (n, (out, (&dry, &wet))) in out.iter_mut().zip(dry.iter().zip(wet.iter())).enumerate() {
            let place = (n + 1) as f32 / hop;
            let (share, gain) =
                (self.dry + (share - self.dry) * place, self.gain + (gain - self.gain) * place);
            // Either by itself comes out to the bit.
            *out = gain
                * if share == 1.0 {
                    dry
                } else if share == 0.0 {
                    wet
                } else {
                    wet + share * (dry - wet)
                };
        }
        (self.dry, self.gain) = (share, gain);
    }

    /// Begins a change to another model unless one is under way.
    fn turn(&mut self, wanted: usize) {
        if self.next.is_none() && wanted != self.active && wanted < self.voices.len() {
            self.voices[wanted].denoiser.reset();
            self.next = Some((wanted, 0));
        }
    }
}

fn fade(from: &mut [f32], to: &[f32], start: f32, step: f32) {
    for (n, (from, to)) in from.iter_mut().zip(to).enumerate() {
        *from += (to - *from) * (start + (n + 1) as f32) * step;
    }
}
