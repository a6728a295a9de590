//! What was lost and what went wrong, over all the times that devices were open.

use super::Session;
use crate::cli::live::news::News;
use crate::io::live::{Report, Running};
use std::ops::Add;

macro_rules! counts {
    ($($name:ident)*) => {
        /// Counts since the program began.
        #[derive(Clone, Copy, Debug, Default)]
        pub struct Counts { $(pub $name: u64,)* }

        impl Add for Counts {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self { $($name: self.$name + other.$name,)* }
            }
        }
    };
}

counts! { underruns silent overruns lost drops dropped clipped input_clipped tap_lost captured played scrubbed model_lost xruns errors }

impl Counts {
    /// Those of devices that are open.
    pub fn of(running: &Running, report: &Report) -> Self {
        Self {
            underruns: report.underruns,
            silent: report.silent,
            overruns: report.overruns,
            lost: report.lost,
            drops: report.drops,
            dropped: report.dropped,
            clipped: report.clipped,
            input_clipped: report.input_clipped,
            tap_lost: report.tap_lost,
            captured: report.captured,
            played: report.played,
            scrubbed: report.scrubbed,
            model_lost: report.model_lost,
            xruns: running.xruns(),
            errors: running.errors(),
        }
    }
}

impl Session {
    /// Counts since the program began; `report` is that of the devices that are open.
    pub fn counts(&self, report: &Report) -> Counts {
        self.running.as_ref().map_or(self.past, |running| self.past + Counts::of(running, report))
    }

    /// What is to be said of a run that is over.
    pub fn sum_up(&mut self, seconds: f64) {
        let Counts { underruns, drops, xruns, errors, clipped, scrubbed, model_lost, .. } = self.past;
        let times = |count: u64, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        let mut text = format!(
            "ran {seconds:.1} s: {}, {}, {}, {}, {}, {}, {}, opened again {}",
            times(underruns, "underrun"),
            times(drops, "drop"),
            times(xruns, "device xrun"),
            times(errors, "device error"),
            times(clipped, "clipped sample"),
            times(scrubbed, "scrubbed sample"),
            times(model_lost, "lost frame"),
            times(self.reopened, "time"),
        );
        for path in &self.recordings {
            text.push_str(&format!("; {}", path.display()));
        }
        self.tell(News::End, text);
    }
}
