//! `framewise wav`: a noisy file in, a clean file out.

use super::args::WavArgs;
use super::model;
use crate::io::wav::{WavOutSpec, WavReader, WavWriter};
use crate::io::{CleanConfig, IoError, clean_wav};
use indicatif::{ProgressBar, ProgressStyle};
use std::error::Error;
use std::time::{Duration, Instant};

/// Work shorter than this shows no bar.
const LONG: Duration = Duration::from_millis(700);

/// Cleans one file and says what was done.
pub fn run(args: &WavArgs) -> Result<(), Box<dyn Error>> {
    let model = args.choice.load(args.model.as_ref())?;
    let reader = WavReader::open(&args.input)?;
    let spec = reader.spec();
    let start = Instant::now();
    let mut bar =
        Bar { start, total: reader.declared_frames(), rate: spec.sample_rate, bar: None, quiet: args.quiet };
    let config = CleanConfig { raw_delay: args.raw_delay, ..CleanConfig::default() };
    let create = |reader: &WavReader| -> Result<WavWriter, IoError> {
        let out = WavOutSpec {
            channel_mask: spec.channel_mask,
            expected_frames: reader.declared_frames(),
            ..WavOutSpec::new(spec.sample_rate, spec.channels, spec.encoding.kept())
        };
        Ok(WavWriter::create(&args.output, out, args.force)?)
    };
    let (cleaned, reader) = clean_wav(&model, reader, create, config, |frames| bar.advance(frames))?;
    bar.finish();
    if args.quiet {
        return Ok(());
    }

    for warning in reader.warnings() {
        eprintln!("framewise: {}: {warning}", args.input.display());
    }
    if cleaned.clipped > 0 {
        eprintln!(
            "framewise: {}: {} samples beyond full scale, saturated",
            args.output.display(),
            cleaned.clipped
        );
    }
    let seconds = cleaned.frames as f64 / f64::from(spec.sample_rate);
    let took = start.elapsed().as_secs_f64();
    let name = &model.header().name;
    let frames = model.graph().delay();
    let delay = model::delay(&model);
    let state = if args.raw_delay { "left in" } else { "compensated" };
    eprintln!(
        "{}: {name}, latency {frames} frames, delay {delay}, {state}; {seconds:.2} s of sound in {took:.2} s, {:.0} x real time",
        args.output.display(),
        seconds / took.max(1e-9),
    );
    Ok(())
}

/// A progress bar that appears when the work turns out to be long.
struct Bar {
    start: Instant,
    total: Option<u64>,
    rate: u32,
    bar: Option<ProgressBar>,
    quiet: bool,
}

impl Bar {
    fn advance(&mut self, frames: u64) {
        if self.quiet || self.start.elapsed() < LONG {
            return;
        }
        let seconds = |frames: u64| frames / u64::from(self.rate);
        let bar = self.bar.get_or_insert_with(|| match self.total {
            Some(total) => ProgressBar::new(seconds(total))
                .with_elapsed(self.start.elapsed())
                .with_style(style("{wide_bar} {pos}/{len} s of sound, {per_sec}, {eta} left")),
            None => ProgressBar::new_spinner()
                .with_elapsed(self.start.elapsed())
                .with_style(style("{spinner} {pos} s of sound, {per_sec}")),
        });
        bar.set_position(seconds(frames));
    }

    fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the templates above are well formed")
}
