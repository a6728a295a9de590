//! Models that take turns: what is heard, and what is about to be.

use super::voice::Voice;
use super::{Counts, Denoiser, Frame, Mask};
use crate::model::Model;

/// Hops that another model runs unheard before a change to it, so that its state is that of a running stream.
pub(crate) const WARM: usize = 30;
/// Hops of the cross-fade between models.
pub(crate) const FADE: usize = 4;

/// Models of one hop and one rate, of which one is heard. Another runs only while a change to it is under way.
#[derive(Clone, Debug)]
pub(crate) struct Voices {
    voices: Vec<Voice>,
    active: usize,
    /// The model to come, and hops since it was asked for.
    next: Option<(usize, usize)>,
}

/// What a hop is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    /// The model that was heard before this hop.
    pub active: usize,
    /// The model that is faded in, and samples of the fade before this hop.
    pub fade: Option<(usize, usize)>,
}

impl Voices {
    /// The first model is heard. There is at least one, and all have its hop and rate: whoever builds this has checked.
    pub fn new(models: &[Model], channels: usize, mask: Mask) -> Self {
        let voice = |model: &Model| Voice::new(Denoiser::new(model), channels, mask);
        Self { voices: models.iter().map(voice).collect(), active: 0, next: None }
    }

    /// Takes a hop of every channel and writes one of each. `wanted` is the model that should be heard; one that is not
    /// there changes nothing. `filter` says whether the filter after the network is on: windows that overlap fade it in and
    /// out. `watch` is shown what every running model makes of every channel: its place, whether it has
    /// just begun, the channel, and the frame.
    pub fn process<I: AsRef<[f32]>>(
        &mut self,
        input: &[I],
        wanted: usize,
        filter: bool,
        output: &mut [Vec<f32>],
        mut watch: impl FnMut(usize, bool, usize, Option<Frame<'_>>),
    ) -> Turn {
        self.turn(wanted);
        let mut turn = Turn { active: self.active, fade: None };
        self.voices[self.active].take(input, filter, |c, frame| watch(turn.active, false, c, frame));
        for (output, wet) in output.iter_mut().zip(self.voices[self.active].wet()) {
            output.copy_from_slice(wet);
        }
        if let Some((next, age)) = self.next {
            self.voices[next].take(input, filter, |c, frame| watch(next, age == 0, c, frame));
            if age >= WARM {
                let hop = self.voices[next].hop();
                let start = (age - WARM) * hop;
                turn.fade = Some((next, start));
                for (output, wet) in output.iter_mut().zip(self.voices[next].wet()) {
                    for (n, (output, wet)) in output.iter_mut().zip(wet).enumerate() {
                        *output += (wet - *output) * faded(start + n, FADE * hop);
                    }
                }
            }
            self.next = Some((next, age + 1));
            if age + 1 == WARM + FADE {
                self.active = next;
                self.next = None;
            }
        }
        turn
    }

    /// Begins a change to another model, or calls one off that is not heard yet.
    fn turn(&mut self, wanted: usize) {
        if wanted >= self.voices.len() || self.next.is_some_and(|(next, age)| next == wanted || age >= WARM) {
            return;
        }
        self.next = (wanted != self.active).then_some((wanted, 0));
        if self.next.is_some() {
            self.voices[wanted].reset();
        }
    }

    /// What had to be done since the last call, by all models in all channels.
    pub fn take_counts(&mut self) -> Counts {
        self.voices.iter_mut().map(Voice::take_counts).fold(Counts::default(), Counts::and)
    }

    /// Back to the start, with this model heard.
    pub fn reset(&mut self, active: usize) {
        self.active = active.min(self.voices.len() - 1);
        self.next = None;
        self.voices.iter_mut().for_each(Voice::reset);
    }
}

/// How far a fade of `length` samples is at its sample `n`.
pub(crate) fn faded(n: usize, length: usize) -> f32 {
    ((n + 1) as f32 * (1.0 / length as f32)).min(1.0)
}
