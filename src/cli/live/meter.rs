//! A meter of the terminal view: a level and its peak.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::widgets::{Block, Gauge};
use std::time::{Duration, Instant};

/// How long a peak is held.
const HOLD: Duration = Duration::from_millis(1500);
/// The quietest level of a meter in dB.
const FLOOR: f32 = -60.0;

/// A level that falls slowly, and its held peak, in dB.
#[derive(Clone, Copy, Debug)]
pub struct Meter {
    level: f32,
    held: f32,
    since: Instant,
}

impl Meter {
    pub fn new() -> Self {
        Self { level: FLOOR, held: FLOOR, since: Instant::now() }
    }

    pub fn feed(&mut self, decibels: f32, now: Instant) {
        self.level = decibels.max(self.level - 2.0).max(FLOOR);
        if decibels >= self.held || now.saturating_duration_since(self.since) > HOLD {
            (self.held, self.since) = (decibels.max(FLOOR), now);
        }
    }

    pub fn draw(&self, frame: &mut Frame<'_>, area: Rect, title: &str) {
        let colour = match self.level {
            level if level > -1.0 => Color::Red,
            level if level > -9.0 => Color::Yellow,
            _ => Color::Green,
        };
        let ratio = f64::from(((self.level - FLOOR) / -FLOOR).clamp(0.0, 1.0));
        let label = format!("{:.1} dB, peak {:.1} dB", self.level, self.held);
        let gauge = Gauge::default()
            .block(Block::bordered().title(title.to_owned()))
            .gauge_style(Style::new().fg(colour))
            .ratio(ratio)
            .label(label);
        frame.render_widget(gauge, area);
    }
}

#[cfg(test)]
mod tests {
    use super::{FLOOR, HOLD, Meter};
    use std::time::Duration;

    #[test]
    fn a_peak_is_held_and_a_level_falls_slowly() {
        let mut meter = Meter::new();
        let start = meter.since;
        meter.feed(-6.0, start);
        meter.feed(-50.0, start + Duration::from_millis(50));
        assert_eq!((meter.level, meter.held), (-8.0, -6.0));
        meter.feed(-50.0, start + HOLD + Duration::from_millis(1));
        assert_eq!(meter.held, -50.0);
        (0..100).for_each(|_| meter.feed(-120.0, start));
        assert_eq!(meter.level, FLOOR);
    }
}
