//! What can be set while a session runs, and is set again when its devices are opened anew.

use super::Session;
use crate::cli::live::control::Order;
use crate::cli::live::news::News;
use crate::engine::Mask;

impl Session {
    pub(super) fn set_controls(&self) {
        if let Some(running) = &self.running {
            let controls = running.handle.controls();
            controls.set_bypass(self.bypass);
            controls.set_strength(self.strength);
            controls.set_model(self.model);
            controls.set_post_filter(self.post_filter);
            running.handle.switches().set_monitored(true);
        }
    }

    /// Does what a key or a line asks for; false to end.
    pub fn obey(&mut self, order: Order) -> bool {
        match order {
            Order::Bypass(on) => self.bypass = on,
            Order::PostFilter(on) => self.post_filter = on,
            Order::Strength(decibels) => self.strength = decibels.max(0.0),
            Order::Latency(latency) => {
                match self.models.iter().position(|model| model.graph().delay() == latency.frames()) {
                    Some(place) => {
                        self.model = place;
                        self.tell(News::Setting, format!("latency {} frames", latency.frames()));
                    }
                    None => self.tell(News::Error, "the model has no other latency"),
                }
            }
            Order::Record(on) => self.record(on),
            Order::Quit => return false,
        }
        self.set_controls();
        true
    }

    /// Whether channels share a mask.
    pub fn linked(&self) -> bool {
        self.wishes[0].mask == Mask::Shared
    }

    /// Future frames that the chosen model uses.
    pub fn frames(&self) -> usize {
        self.models[self.model].graph().delay()
    }
}
