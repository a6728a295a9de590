//! A meter of the terminal view: a level and its peak.

use ratatui::style::{Color, Style};
use ratatui::text::Span;
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

    /// A bar of so many columns, and the level and its peak.
    pub fn spans(&self, columns: usize, plain: bool) -> Vec<Span<'static>> {
        let colour = match self.level {
            level if level > -1.0 => Color::Red,
            level if level > -9.0 => Color::Yellow,
            _ => Color::Green,
        };
        let place = |level: f32| {
            let share = ((level - FLOOR) / -FLOOR).clamp(0.0, 1.0);
            (share * columns as f32).round() as usize
        };
        let (filled, peak) = (place(self.level), place(self.held).saturating_sub(1));
        let [full, empty, mark] = if plain { ["#", ".", "|"] } else { ["\u{2588}", "\u{2591}", "\u{2502}"] };
        let rest: String = (filled..columns).map(|n| if n == peak { mark } else { empty }).collect();
        vec![
            Span::styled(full.repeat(filled), Style::new().fg(colour)),
            Span::styled(rest, Style::new().fg(Color::DarkGray)),
            Span::raw(format!(" {:6.1} dB, peak {:6.1}", self.level, self.held)),
        ]
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
