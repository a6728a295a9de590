//! Levels before and after, drawn as one bar a band: what is left stands before what was there.

use crate::dsp::meters::Band;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::widgets::Widget;

/// The quietest level of a bar in dB; the loudest is full scale.
const FLOOR: f32 = -90.0;
/// Quieter bands than this have nothing to take away from.
const SILENT: f32 = -85.0;
const EIGHTHS: [&str; 9] =
    [" ", "\u{2581}", "\u{2582}", "\u{2583}", "\u{2584}", "\u{2585}", "\u{2586}", "\u{2587}", "\u{2588}"];
const BEFORE: Color = Color::DarkGray;
const AFTER: Color = Color::Cyan;
/// Rows below the bars: decibels, and frequencies.
const LABELS: u16 = 2;

/// The bars of all bands.
pub struct Bars<'a> {
    pub bands: &'a [Band],
    /// Letters alone, for terminals that have nothing else.
    pub plain: bool,
}

/// Eighths of a cell that a level fills in all of so many rows.
fn eighths(level: f32, rows: u16) -> usize {
    let share = ((level - FLOOR) / -FLOOR).clamp(0.0, 1.0);
    (share * f32::from(rows) * 8.0).round() as usize
}

fn frequency(middle: f32) -> String {
    if middle < 1000.0 { format!("{middle:.0}") } else { format!("{:.1}k", middle / 1000.0) }
}

impl Widget for Bars<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let count = self.bands.len() as u16;
        if count == 0 || area.width < count || area.height <= LABELS {
            return;
        }
        let (width, rows) = (area.width / count, area.height - LABELS);
        // A gap between bars where there is room for one.
        let solid = if width > 2 { width - 1 } else { width };
        let mut free = area.left();
        for (n, band) in self.bands.iter().enumerate() {
            let left = area.left() + n as u16 * width;
            let [before, after] = [band.before, band.after].map(|level| eighths(level, rows));
            for row in 0..rows {
                let fill = |all: usize| all.saturating_sub(8 * usize::from(row)).min(8);
                let (before, after) = (fill(before), fill(after));
                let y = area.top() + rows - 1 - row;
                let (symbol, style) = match after {
                    _ if self.plain => match (after, before) {
                        (4.., _) => ("#", Style::new().fg(AFTER)),
                        (_, 4..) => (".", Style::new().fg(BEFORE)),
                        _ => (" ", Style::new()),
                    },
                    0 => (EIGHTHS[before], Style::new().fg(BEFORE)),
                    // Behind a cell that is filled in part stands what was there, as far as it filled the cell.
                    _ if before == 8 => (EIGHTHS[after], Style::new().fg(AFTER).bg(BEFORE)),
                    _ => (EIGHTHS[after], Style::new().fg(AFTER)),
                };
                for x in left..left + solid {
                    buffer[(x, y)].set_symbol(symbol).set_style(style);
                }
            }
            let taken = band.before - band.after;
            if width > 2 && band.before > SILENT {
                let text = format!("{:.0}", taken.max(0.0));
                buffer.set_stringn(left, area.bottom() - 2, text, usize::from(width - 1), Style::new());
            }
            let text = frequency(band.middle);
            if left >= free && left + text.len() as u16 <= area.right() {
                buffer.set_string(left, area.bottom() - 1, &text, Style::new().fg(Color::Gray));
                free = left + text.len() as u16 + 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AFTER, BEFORE, Bars};
    use crate::dsp::meters::Band;
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::widgets::Widget;

    #[test]
    fn what_is_left_stands_before_what_was_there() {
        let area = Rect::new(0, 0, 8, 10);
        let mut buffer = Buffer::empty(area);
        let band = |before, after| Band { middle: 1000.0, before, after };
        let bands = [band(0.0, -45.0), band(-120.0, -120.0)];
        Bars { bands: &bands, plain: false }.render(area, &mut buffer);
        let colour = |x: u16, y: u16| buffer[(x, y)].fg;
        // Eight rows for 90 dB: four are left, eight were there.
        assert_eq!(
            ((0..4).map(|y| colour(0, y)).all(|c| c == BEFORE), colour(0, 4), colour(0, 7)),
            (true, AFTER, AFTER)
        );
        assert_eq!(buffer[(0, 0)].symbol(), "\u{2588}");
        assert_eq!((buffer[(0, 8)].symbol(), buffer[(1, 8)].symbol()), ("4", "5"));
        assert_eq!((buffer[(4, 7)].symbol(), buffer[(4, 8)].symbol()), (" ", " "));
        assert_eq!(buffer[(0, 9)].symbol(), "1");
        // In letters alone.
        let mut buffer = Buffer::empty(area);
        Bars { bands: &bands, plain: true }.render(area, &mut buffer);
        let column: String = (0..9).map(|y| buffer[(0, y)].symbol()).collect();
        assert_eq!(column, "....####4");
    }

    #[test]
    fn an_area_of_any_size_is_drawn_into() {
        let bands = [Band { middle: 100.0, before: -10.0, after: -20.0 }; 24];
        for width in 0..60 {
            for height in 0..6 {
                let area = Rect::new(0, 0, width, height);
                Bars { bands: &bands, plain: false }.render(area, &mut Buffer::empty(area));
            }
        }
    }
}
