//! The terminal view of a running session.

use super::line::{Line, assumed};
use super::meter::Meter;
use super::spectrum;
use crate::io::live::Band;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};
use ratatui::text::Text;
use ratatui::widgets::{Block, Paragraph, Wrap};
use std::time::Instant;

/// Columns and rows that the view needs; on less, there is the line that `--no-ui` prints.
const LEAST: [u16; 2] = [60, 20];
/// Lines of news that are kept.
const NEWS: usize = 5;

/// What is on the screen between two drawings.
pub struct View {
    input: Meter,
    output: Meter,
    news: Vec<String>,
}

impl View {
    pub fn new() -> Self {
        Self { input: Meter::new(), output: Meter::new(), news: Vec::new() }
    }

    pub fn tell(&mut self, news: impl Iterator<Item = String>) {
        self.news.extend(news);
        let old = self.news.len().saturating_sub(NEWS);
        self.news.drain(..old);
    }

    pub fn draw(&mut self, frame: &mut Frame<'_>, line: &Line, bands: &[Band]) {
        let now = Instant::now();
        self.input.feed(line.input_peak_db, now);
        self.output.feed(line.output_peak_db, now);
        let area = frame.area();
        if area.width < LEAST[0] || area.height < LEAST[1] {
            // The newest of what was said, in case something is wrong.
            let news = self.news.last().map_or(String::new(), |news| format!("{news}\n"));
            let text =
                Paragraph::new(format!("{news}{}", line.to_string().trim_start())).wrap(Wrap { trim: true });
            return frame.render_widget(text, area);
        }
        let [meters, middle, spectra, news, keys] = Layout::vertical([
            Constraint::Length(3),
            Constraint::Length(10),
            Constraint::Fill(1),
            Constraint::Length(area.height.saturating_sub(LEAST[1]).clamp(3, NEWS as u16 + 2)),
            Constraint::Length(1),
        ])
        .areas(area);
        let [left, right] = Layout::horizontal([Constraint::Percentage(50); 2]).areas(meters);
        self.input.draw(frame, left, "microphone");
        self.output.draw(frame, right, "output");
        let [left, right] = Layout::horizontal([Constraint::Percentage(50); 2]).areas(middle);
        frame.render_widget(Paragraph::new(delays(line)).block(Block::bordered().title("delay")), left);
        frame.render_widget(Paragraph::new(state(line)).block(Block::bordered().title("state")), right);
        let block = Block::bordered().title("before and after, and the dB taken away in each band");
        frame.render_widget(spectrum::Bars(bands), block.inner(spectra));
        frame.render_widget(block, spectra);
        // The newest where there is room for few.
        let room = usize::from(news.height.saturating_sub(2)).min(self.news.len());
        let text = Text::from(self.news[self.news.len() - room..].join("\n"));
        frame.render_widget(Paragraph::new(text).block(Block::bordered()), news);
        frame.render_widget("b bypass   l latency   up/down strength   r record   q quit", keys);
    }
}

fn delays(line: &Line) -> String {
    format!(
        "device in    {:7.1} ms{}\nring         {:7.1} ms (target {:.1})\nwindow       {:7.1} ms\nlook-ahead   {:7.1} ms\n\
         resampling   {:7.1} ms\ndevice out   {:7.1} ms{}\ntotal        {:7.1} ms\nclocks       {:+7.1} ppm",
        line.device_in_ms,
        assumed(line.device_in_told),
        line.ring_ms,
        line.ring_target_ms,
        line.window_ms,
        line.look_ahead_ms,
        line.resampling_ms,
        line.device_out_ms,
        assumed(line.device_out_told),
        line.total_ms,
        line.drift_ppm,
    )
}

/// In as many columns as half of the smallest usual screen has.
fn state(line: &Line) -> String {
    if !line.open {
        return "waiting for the devices".into();
    }
    format!(
        "{}{}\nlatency {} frames, strength {}\nhop median {:.2}, p99 {:.2} ms\nworst {:.2} of {:.0} ms\n\
         change of level {:+.1} dB\nunderruns {}  overruns {}\ndropped {}  xruns {}  errors {}\nreopened {}  clipped {}",
        if line.bypass { "BYPASS" } else { "denoising" },
        if line.recording { ", RECORDING" } else { "" },
        line.latency_frames,
        line.strength_db.map_or("full".into(), |strength| format!("{strength:.0} dB")),
        line.hop_median_ms,
        line.hop_p99_ms,
        line.hop_worst_ms,
        line.hop_deadline_ms,
        line.output_peak_db - line.input_peak_db,
        line.underruns,
        line.overruns,
        line.drops,
        line.device_xruns,
        line.device_errors,
        line.reopened,
        line.clipped,
    )
}

#[cfg(test)]
mod tests {
    use super::View;
    use crate::cli::live::line::Line;
    use crate::io::live::Band;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    /// The screen of a view, row by row.
    fn screen(width: u16, height: u16, line: &Line) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal");
        let mut view = View::new();
        view.tell(["an old line", "the newest line"].into_iter().map(String::from));
        let bands = [Band { middle: 500.0, before: -20.0, after: -43.0 }; 24];
        terminal.draw(|frame| view.draw(frame, line, &bands)).expect("a drawing");
        let buffer = terminal.backend().buffer();
        let row = |y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>() + "\n";
        (0..height).map(row).collect()
    }

    #[test]
    fn everything_that_counts_is_on_the_smallest_usual_screen() {
        let line = Line {
            open: true,
            device_in_ms: 1.5,
            device_in_told: true,
            ring_ms: 22.5,
            total_ms: 61.3,
            device_out_ms: 21.3,
            drift_ppm: -37.5,
            recording: true,
            latency_frames: 1,
            hop_worst_ms: 123.45,
            hop_deadline_ms: 10.0,
            underruns: 3,
            overruns: 12_345,
            drops: 123,
            device_xruns: 4321,
            device_errors: 9876,
            reopened: 17,
            clipped: 654_321,
            ..Line::default()
        };
        for (width, height) in [(80, 24), (120, 40)] {
            let screen = screen(width, height, &line);
            for text in [
                "device in        1.5 ms ",
                "ring            22.5 ms",
                "look-ahead",
                "resampling",
                "device out      21.3 ms?",
                "total           61.3 ms",
                "clocks         -37.5 ppm",
                "denoising, RECORDING",
                "latency 1 frames, strength full",
                "hop median 0.00, p99 0.00 ms",
                "worst 123.45 of 10 ms",
                "change of level +0.0 dB",
                "underruns 3  overruns 12345",
                "dropped 123  xruns 4321  errors 9876",
                "reopened 17  clipped 654321",
                "taken away in each band",
                "23 ",
                "the newest line",
                "q quit",
            ] {
                assert!(screen.contains(text), "`{text}` is not on\n{screen}");
            }
        }
        assert!(screen(80, 24, &Line::default()).contains("waiting for the devices"));
        // On a smaller one there is the line, and the newest of what was said.
        let small = screen(40, 12, &line).split_whitespace().collect::<Vec<_>>().join(" ");
        for text in ["the newest line", "delay 61.3 ms", "ring 22.5", "drift -38 ppm", "under 3", "recording"]
        {
            assert!(small.contains(text), "`{text}` is not on\n{small}");
        }
    }

    #[test]
    fn a_screen_of_any_size_is_drawn_on() {
        for (width, height) in [(0, 0), (1, 1), (7, 30), (200, 4), (40, 12), (300, 100), (60, 20), (59, 20)] {
            screen(width, height, &Line::default());
        }
    }
}
