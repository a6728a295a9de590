//! A picture of dots: rectangles, letters, and the PNG file of them.

use super::font;
use crate::eval::report::png;
use std::io;

pub type Colour = [u8; 3];

/// Size of a letter's dot.
const DOT: usize = 2;

/// From one letter to the next, and the height of a line.
pub const STEP: usize = (font::WIDTH + 1) * DOT;
pub const LINE: usize = font::HEIGHT * DOT;

pub struct Canvas {
    width: usize,
    height: usize,
    dots: Vec<u8>,
}

impl Canvas {
    pub fn new(width: usize, height: usize, ground: Colour) -> Self {
        Self { width, height, dots: ground.repeat(width * height) }
    }

    /// Colours a dot; outside the picture there is none.
    pub fn dot(&mut self, x: usize, y: usize, colour: Colour) {
        if x < self.width && y < self.height {
            self.dots[3 * (y * self.width + x)..][..3].copy_from_slice(&colour);
        }
    }

    pub fn fill(&mut self, x: usize, y: usize, width: usize, height: usize, colour: Colour) {
        for y in y..y + height {
            for x in x..x + width {
                self.dot(x, y, colour);
            }
        }
    }

    /// Writes from left to right, the upper left corner at (x, y).
    pub fn write(&mut self, x: usize, y: usize, text: &str, colour: Colour) {
        for (n, letter) in text.chars().enumerate() {
            for (row, bits) in font::rows(letter).into_iter().enumerate() {
                for column in (0..font::WIDTH).filter(|column| bits >> (font::WIDTH - 1 - column) & 1 == 1) {
                    self.fill(x + n * STEP + column * DOT, y + row * DOT, DOT, DOT, colour);
                }
            }
        }
    }

    /// The picture as a PNG file.
    pub fn png(&self) -> io::Result<Vec<u8>> {
        png(self.width, self.height, &self.dots).map_err(io::Error::other)
    }
}

/// Width of a text.
pub fn width(text: &str) -> usize {
    text.chars().count() * STEP
}
