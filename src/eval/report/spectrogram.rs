//! Pictures of sound within a page.

use super::shade::shade;
use super::sound::address;
use crate::eval::EvalError;
use crate::io::Spectrogram;

/// Columns and rows of a picture.
const COLUMNS: usize = 360;
const ROWS: usize = 128;

/// Decibels from the brightest to the darkest colour.
const RANGE: f32 = 70.0;

/// Spectrograms of several versions of one sound, on one scale of colours, as addresses of PNG pictures.
pub(super) fn pictures(tracks: &[&[f32]], sample_rate: u32) -> Result<Vec<String>, EvalError> {
    let levels = tracks.iter().map(|samples| {
        let mut picture = Spectrogram::new(sample_rate, 1, COLUMNS);
        picture.push(&[samples.to_vec()]);
        picture.levels()
    });
    let levels: Vec<_> = levels.collect();
    let loudest = levels.iter().flatten().flatten().fold(-60.0, |most: f32, &level| most.max(level));
    levels.iter().map(|levels| png(levels, loudest)).collect()
}

fn png(levels: &[Vec<f32>], loudest: f32) -> Result<String, EvalError> {
    let failed = |error: png::EncodingError| EvalError::Drawing(error.to_string());
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
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, COLUMNS as u32, ROWS as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(&pixels).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(address("image/png", &bytes))
}
