//! Spectrograms before and after, one above the other, with axes for time, frequency and level.

mod canvas;
mod font;
mod ticks;

use crate::dsp::meters::Spectrogram;
use crate::eval::report::shade;
use canvas::{Canvas, Colour, LINE, width};
use std::io;

/// Columns of a panel, and its rows.
pub const COLUMNS: usize = 960;
const ROWS: usize = 256;

const LEFT: usize = 84;
const RIGHT: usize = 120;
const ABOVE: usize = 32;
const BELOW: usize = 52;
const TICK: usize = 6;

const GROUND: Colour = [255, 255, 255];
const INK: Colour = [40, 40, 40];

/// Decibels from the brightest to the darkest colour.
const RANGE: f32 = 80.0;

/// The picture of a sound before and after as a PNG file.
pub fn before_and_after(before: &Spectrogram, after: &Spectrogram, sample_rate: u32) -> io::Result<Vec<u8>> {
    let panels = [("before", before.levels()), ("after", after.levels())];
    let loudest = panels.iter().flat_map(|(_, levels)| levels).flatten().fold(-60.0, |a: f32, &b| a.max(b));
    // A whole ten above the loudest, the same for both, so that colours can be compared.
    let top = (loudest / 10.0).ceil() * 10.0;
    let panel_height = ABOVE + ROWS + BELOW;
    let mut canvas = Canvas::new(LEFT + COLUMNS + RIGHT, panels.len() * panel_height, GROUND);
    let seconds = before.samples() as f64 / f64::from(sample_rate);
    for (n, (name, levels)) in panels.iter().enumerate() {
        let y = n * panel_height + ABOVE;
        canvas.write(LEFT, y - LINE - 12, name, INK);
        draw(&mut canvas, y, levels, top);
        frequency_axis(&mut canvas, y, f64::from(sample_rate) / 2.0);
        time_axis(&mut canvas, y, seconds);
        level_axis(&mut canvas, y, top);
    }
    canvas.png()
}

fn draw(canvas: &mut Canvas, y: usize, levels: &[Vec<f32>], top: f32) {
    for column in 0..COLUMNS {
        let values = levels.get(column * levels.len() / COLUMNS);
        for row in 0..ROWS {
            let level = values.map_or(f32::NEG_INFINITY, |values| values[row * values.len() / ROWS]);
            canvas.dot(LEFT + column, y + ROWS - 1 - row, shade(1.0 + (level - top) / RANGE));
        }
    }
}

fn frequency_axis(canvas: &mut Canvas, y: usize, most: f64) {
    for tick in ticks::positions(most / 1e3, 5) {
        let at = y + ROWS - (tick * 1e3 / most * ROWS as f64) as usize;
        canvas.fill(LEFT - TICK, at, TICK, 1, INK);
        let text = ticks::text(tick);
        canvas.write(LEFT - TICK - 4 - width(&text), at.saturating_sub(LINE / 2), &text, INK);
    }
    canvas.write(LEFT - TICK - 4 - width("kHz"), y - LINE - 12, "kHz", INK);
}

fn time_axis(canvas: &mut Canvas, y: usize, seconds: f64) {
    let (unit, length) = if seconds > 300.0 { ("min", seconds / 60.0) } else { ("s", seconds) };
    for tick in ticks::positions(length, 10) {
        let at = LEFT + (tick / length * COLUMNS as f64) as usize;
        canvas.fill(at, y + ROWS, 1, TICK, INK);
        let text = ticks::text(tick);
        canvas.write((at - width(&text) / 2).max(LEFT / 2), y + ROWS + TICK + 4, &text, INK);
    }
    canvas.write(LEFT + COLUMNS + 16, y + ROWS + TICK + 4, unit, INK);
}

fn level_axis(canvas: &mut Canvas, y: usize, top: f32) {
    let x = LEFT + COLUMNS + 16;
    for row in 0..ROWS {
        canvas.fill(x, y + row, 16, 1, shade(1.0 - row as f32 / ROWS as f32));
    }
    for below in [0.0, 20.0, 40.0, 60.0, 80.0] {
        let at = y + (below / RANGE * ROWS as f32) as usize;
        canvas.fill(x + 16, at, TICK, 1, INK);
        canvas.write(x + 16 + TICK + 4, at - LINE / 2, &format!("{:.0}", top - below), INK);
    }
    canvas.write(x, y - LINE - 12, "dBFS", INK);
}
