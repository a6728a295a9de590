//! Sound in and out: files and pipes.

pub mod wav;
