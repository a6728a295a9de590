//! The terminal view of a running session.

use super::line::{Line, assumed};
use super::meter::Meter;
use super::screen::Picture;
use super::spectrum::Bars;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Style};
use ratatui::text::{Line as Text, Span};
use ratatui::widgets::{Paragraph, Wrap};
use std::time::Instant;

/// Columns and rows that the view needs; on less, there is the line that `--no-ui` prints.
const LEAST: [u16; 2] = [60, 20];
/// Rows of the state above the spectrum, and of the news below it at the least.
const STATE: u16 = 7;
const NEWS: u16 = 4;
/// Lines of news that are kept.
const KEPT: usize = 20;
/// Columns of a meter.
const METER: u16 = 16;

/// What is on the screen between two drawings.
pub struct View {
    input: Meter,
    output: Meter,
    news: Vec<String>,
    /// Letters alone.
    plain: bool,
}

/// Whether a terminal shows letters alone, by the locale that the environment names.
pub fn plain(variable: impl Fn(&str) -> Option<String>) -> bool {
    let named =
        ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(variable).find(|value| !value.is_empty());
    cfg!(unix) && !named.is_some_and(|locale| locale.to_lowercase().replace('-', "").contains("utf8"))
}

impl View {
    pub fn new(plain: bool) -> Self {
        Self { input: Meter::new(), output: Meter::new(), news: Vec::new(), plain }
    }

    pub fn tell(&mut self, news: impl Iterator<Item = String>) {
        self.news.extend(news);
        let old = self.news.len().saturating_sub(KEPT);
        self.news.drain(..old);
    }

    pub fn draw(&mut self, frame: &mut Frame<'_>, picture: &Picture) {
        let (line, now) = (&picture.line, Instant::now());
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
        let spare = area.height - LEAST[1];
        let [state, title, middle, news, keys] = Layout::vertical([
            Constraint::Length(STATE),
            Constraint::Length(1),
            Constraint::Fill(1),
            Constraint::Length(NEWS + spare / 4),
            Constraint::Length(1),
        ])
        .areas(area);
        frame.render_widget(Paragraph::new(self.state(line)), state);
        let heading = Style::new().bold().underlined();
        if picture.details {
            frame.render_widget(Text::styled("delay by cause", heading), title);
            frame.render_widget(Paragraph::new(delays(line)), middle);
        } else {
            let text = "before and after, and the dB taken away in each band";
            frame.render_widget(Text::styled(text, heading), title);
            frame.render_widget(Bars { bands: &picture.bands, plain: self.plain }, middle);
        }
        self.draw_news(frame, news);
        frame.render_widget("b bypass  l latency  up/down strength  r record  d delays  q quit", keys);
    }

    /// The newest lines, each in as many rows as it needs.
    fn draw_news(&self, frame: &mut Frame<'_>, area: Rect) {
        let rows = |text: &str| 1 + text.chars().count().saturating_sub(1) / usize::from(area.width.max(1));
        let mut free = usize::from(area.height);
        let fits = self.news.iter().rev().take_while(|text| {
            let fits = rows(text) <= free;
            free = free.saturating_sub(rows(text));
            fits
        });
        let first = self.news.len() - fits.count().max(1).min(self.news.len());
        // Broken where a row ends, so that it takes no more rows than were counted.
        let broken = self.news[first..].iter().flat_map(|text| {
            let letters: Vec<char> = text.chars().collect();
            letters
                .chunks(usize::from(area.width.max(1)))
                .map(|row| row.iter().collect())
                .collect::<Vec<String>>()
        });
        frame.render_widget(Paragraph::new(broken.map(Text::from).collect::<Vec<_>>()), area);
    }

    fn state(&self, line: &Line) -> Vec<Text<'static>> {
        let loud = |text: &str, colour| {
            Span::styled(format!(" {text} "), Style::new().bg(colour).fg(Color::Black).bold())
        };
        let mut first = vec![Span::raw(format!("framewise {}  ", clock(line.seconds)))];
        first.push(match (line.open, line.bypass) {
            (false, _) => loud("waiting for the devices", Color::Yellow),
            (true, true) => loud("BYPASS", Color::Yellow),
            (true, false) => loud("denoising", Color::Green),
        });
        if line.recording {
            first.extend([Span::raw(" "), loud("RECORDING", Color::Red)]);
            first.push(Span::raw(format!(
                " {}",
                line.recording_file.as_deref().unwrap_or("when they are back")
            )));
        }
        let meter = |name: &str, meter: &Meter, clipped: u64, device: &Option<String>, channel: String| {
            let mut spans = vec![Span::raw(format!("{name} "))];
            spans.extend(meter.spans(usize::from(METER), self.plain));
            if clipped > 0 {
                spans.extend([Span::raw(" "), loud(&format!("CLIPPED {clipped}"), Color::Red)]);
            }
            spans.push(Span::raw(format!("  {}{channel}", device.as_deref().unwrap_or("none"))));
            Text::from(spans)
        };
        let strength = line.strength_db.map_or("full".into(), |strength| format!("{strength:.0} dB"));
        vec![
            Text::from(first),
            meter("in ", &self.input, line.input_clipped, &line.input, channels(line)),
            meter("out", &self.output, line.clipped, &line.output, String::new()),
            Text::from(format!("delay {:.1} ms: {}", line.total_ms, largest(line))),
            Text::from(format!(
                "latency {} frames, strength {strength}{}, level {:+.1} dB, clocks {:+.0} ppm",
                line.latency_frames,
                if line.post_filter { ", post-filter" } else { "" },
                line.output_peak_db - line.input_peak_db,
                line.drift_ppm
            )),
            Text::from(format!(
                "underruns {}  overruns {}  dropped {}  xruns {}  errors {}  reopened {}",
                line.underruns,
                line.overruns,
                line.drops,
                line.device_xruns,
                line.device_errors,
                line.reopened
            )),
            Text::from(format!(
                "hop: median {:.2}, p99 {:.2}, worst {:.2} of {:.0} ms  scrubbed {}  lost {}",
                line.hop_median_ms,
                line.hop_p99_ms,
                line.hop_worst_ms,
                line.hop_deadline_ms,
                line.scrubbed,
                line.model_lost
            )),
        ]
    }
}

/// Which channels are heard.
fn channels(line: &Line) -> String {
    match (line.channel, line.channels) {
        (Some(channel), _) => format!(", channel {channel}"),
        (None, 2..) => format!(", {} channels{}", line.channels, if line.linked { " linked" } else { "" }),
        _ => String::new(),
    }
}

/// Hours, minutes and seconds.
fn clock(seconds: f64) -> String {
    let whole = seconds as u64;
    format!("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
}

fn causes(line: &Line) -> [(&'static str, f64, bool); 6] {
    [
        ("device in", line.device_in_ms, line.device_in_told),
        ("ring", line.ring_ms, true),
        ("window", line.window_ms, true),
        ("look-ahead", line.look_ahead_ms, true),
        ("resampling", line.resampling_ms, true),
        ("device out", line.device_out_ms, line.device_out_told),
    ]
}

/// The largest causes of the delay.
fn largest(line: &Line) -> String {
    let mut causes = causes(line);
    causes.sort_by(|a, b| b.1.total_cmp(&a.1));
    let text = |(name, ms, told): &(&str, f64, bool)| format!("{name} {ms:.1}{}", assumed(*told));
    causes[..3].iter().map(text).collect::<Vec<_>>().join(", ") + ", ..."
}

fn delays(line: &Line) -> String {
    let row = |(name, ms, told): (&str, f64, bool)| format!("{name:11}{ms:7.1} ms{}\n", assumed(told));
    let rows: String = causes(line).map(row).concat();
    format!("{rows}total      {:7.1} ms   (ring: {:.1} ms needed)", line.total_ms, line.ring_target_ms)
}

#[cfg(test)]
mod tests;
