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
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

/// Seed of the dither: the same file gives the same output.
const DITHER: u64 = 0x5EED;

/// Why a file could not be cleaned.
pub type Failure = Box<dyn Error + Send + Sync>;

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

    /// Cleans one file. A fault of the program that ends this one is an error, so that it does not end the others.
    pub fn run(
        &self,
        input: &Endpoint,
        output: &Endpoint,
        progress: impl FnMut(Done),
    ) -> Result<Report, Failure> {
        contained(input, || self.clean(input, output, progress))
    }

    fn clean(
        &self,
        input: &Endpoint,
        output: &Endpoint,
        mut progress: impl FnMut(Done),
    ) -> Result<Report, Failure> {
        output.check_output()?;
        let start = Instant::now();
        let reader = input.open(&self.args.raw)?;
        let spec = reader.spec();
        let seconds = |frames: u64| frames as f64 / f64::from(spec.sample_rate);
        let of = reader.declared_frames().map(seconds);
        let config = WavConfig { clean: self.clean_config(), live: input.is_stream() || output.is_stream() };
        let create = |reader: &WavReader| {
            let mut extras = reader.extras().clone();
            if self.args.sound.raw_delay {
                extras.drop_pointing();
            }
            output.create(&self.args.raw, self.out_spec(reader, config), &extras.before, self.args.force)
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
        let (kept, storage) = (WavOutSpec::like(reader), &self.args.storage);
        WavOutSpec {
            encoding: storage.bit_depth.map_or(kept.encoding, OutEncoding::from),
            expected_frames: kept.expected_frames.filter(|_| !config.live),
            dither: storage.dither.then_some(DITHER),
            ..kept
        }
    }
}

/// Does the work on one file; a panic in it becomes an error that names the file.
fn contained<T>(input: &Endpoint, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    // What the work leaves half done is dropped with it; the model is only read.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        Err(format!("{input}: a fault of the program, please report it: {}", text.replace('\n', " ")).into())
    })
}

#[cfg(test)]
mod tests {
    use super::{Endpoint, Failure, contained};
    use std::path::Path;

    #[test]
    fn a_panic_in_one_file_is_an_error_that_names_the_file_and_the_cause() {
        let input = Endpoint::new(Path::new("speech.wav"));
        let failed =
            |work: fn() -> Result<u8, Failure>| contained(&input, work).expect_err("a fault").to_string();
        let number = std::hint::black_box(3);
        let message =
            contained::<()>(&input, || panic!("plain {number}\nwords")).expect_err("a fault").to_string();
        assert_eq!(message, "speech.wav: a fault of the program, please report it: plain 3 words");
        assert!(failed(|| panic!("words")).ends_with(": words"));
        assert_eq!(failed(|| Err("an ordinary error".into())), "an ordinary error");
        assert_eq!(contained(&input, || Ok(7)).expect("no fault"), 7);
    }
}
