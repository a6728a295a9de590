//! Pictures of sound within a page.

use super::raster::png;
use super::shade::shade;
use super::sound::address;
use crate::dsp::meters::Spectrogram;
use crate::eval::EvalError;

/// Columns and rows of a picture.
const COLUMNS: usize = 360;
const ROWS: usize = 128;

/// Decibels from the brightest to the darkest colour.
pub(super) const RANGE: f32 = 70.0;

/// Spectrograms of several versions of one sound, on one scale of colours, as addresses of PNG pictures.
pub(super) fn pictures(tracks: &[&[f32]], sample_rate: u32) -> Result<Vec<String>, EvalError> {
    let levels = tracks.iter().map(|samples| {
        let mut picture = Spectrogram::new(sample_rate, 1, COLUMNS);
        picture.push(&[samples.to_vec()]);
        picture.levels()
    });
    let levels: Vec<_> = levels.collect();
    let loudest = levels.iter().flatten().flatten().fold(-60.0, |most: f32, &level| most.max(level));
    levels.iter().map(|levels| picture(levels, loudest)).collect()
}

fn picture(levels: &[Vec<f32>], loudest: f32) -> Result<String, EvalError> {
    let mut pixels = Vec::with_capacity(COLUMNS * ROWS * 3);
    for row in (0..ROWS).rev() {
        for column in 0..COLUMNS {
            let values = levels.get(column * levels.len() / COLUMNS);
            let level = values.map_or(f32::NEG_INFINITY, |values| {
                let (from, to) = (row * values.len() / ROWS, (row + 1) * values.len() / ROWS);
                values[from..to].iter().copied().fold(f32::NEG_INFINITY, f32::max)
            });
            pixels.extend(shade(1.0 + (level - loudest) / RANGE));
        }
    }
    let bytes = png(COLUMNS, ROWS, &pixels).map_err(|error| EvalError::Drawing(error.to_string()))?;
    Ok(address("image/png", &bytes))
}
