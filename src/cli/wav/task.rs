//! One file from end to end, by the arguments.

use super::drawing::Drawing;
use super::endpoint::Endpoint;
use super::report::Report;
use crate::cli::args::WavArgs;
use crate::engine::Mask;
use crate::io::wav::{OutEncoding, WavOutSpec, WavReader};
use crate::io::{CleanConfig, WavConfig, clean_wav};
use crate::model::Model;
use std::error::Error;
use std::time::Instant;

/// Seed of the dither: the same file gives the same output.
const DITHER: u64 = 0x5EED;

/// What is done to each file.
pub struct Task<'a> {
    model: &'a Model,
    args: &'a WavArgs,
}

/// How far a file is.
#[derive(Debug, Clone, Copy)]
pub struct Done {
    /// Seconds of sound taken.
    pub seconds: f64,
    /// Seconds that the file holds by its header.
    pub of: Option<f64>,
    /// Bytes taken.
    pub bytes: u64,
}

impl<'a> Task<'a> {
    pub fn new(model: &'a Model, args: &'a WavArgs) -> Self {
        Self { model, args }
    }

    /// Cleans one file.
    pub fn run(
        &self,
        input: &Endpoint,
        output: &Endpoint,
        mut progress: impl FnMut(Done),
    ) -> Result<Report, Box<dyn Error + Send + Sync>> {
        output.check_output()?;
        let start = Instant::now();
        let reader = input.open(&self.args.raw)?;
        let spec = reader.spec();
        let seconds = |frames: u64| frames as f64 / f64::from(spec.sample_rate);
        let of = reader.declared_frames().map(seconds);
        let config = WavConfig { clean: self.clean_config(), live: input.is_stream() || output.is_stream() };
        let create = |reader: &WavReader| {
            output.create(&self.args.raw, self.out_spec(reader, config), self.args.force)
        };
        let picture = self.args.spectrogram.as_ref();
        let mut drawing = picture.map(|path| Drawing::begin(path, spec, self.args.force));
        let (cleaned, reader) = clean_wav(self.model, reader, create, config, |step| {
            if let Some(drawing) = &mut drawing {
                drawing.take(step);
            }
            let bytes = step.frames * spec.bytes_per_sample_frame() as u64;
            progress(Done { seconds: seconds(step.frames), of, bytes });
        })?;
        if let Some(drawing) = drawing {
            drawing.finish()?;
        }
        input.drain();
        Ok(Report::new(cleaned, &reader, start.elapsed()))
    }

    fn clean_config(&self) -> CleanConfig {
        let sound = &self.args.sound;
        CleanConfig {
            strength: sound.strength,
            high_band: sound.high_band.into(),
            mask: if sound.link { Mask::Shared } else { Mask::Each },
            post_filter: sound.post_filter,
            raw_delay: sound.raw_delay,
        }
    }

    /// The input's own form, but for what was asked to be another.
    fn out_spec(&self, reader: &WavReader, config: WavConfig) -> WavOutSpec {
        let (spec, storage) = (reader.spec(), &self.args.storage);
        let encoding = storage.bit_depth.map_or(spec.kept_encoding(), OutEncoding::from);
        WavOutSpec {
            channel_mask: spec.channel_mask,
            // The length in a header may be a lie, which only a file of known length would not survive.
            expected_frames: reader.declared_frames().filter(|_| !config.live),
            dither: storage.dither.then_some(DITHER),
            ..WavOutSpec::new(spec.sample_rate, spec.channels, encoding)
        }
    }
}
