//! The arguments of `framewise live` and `framewise devices`.

use super::virtual_mic::checked;
use crate::cli::model_selection::ModelSelection;
use crate::cli::values::decibels;
use crate::io::RATES;
use crate::io::live::Channel;
use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// Rates in Hz that a device can be asked for.
const RATES_ASKED: RangeInclusive<i64> = (*RATES.start() as i64)..=(*RATES.end() as i64);

#[derive(Debug, Args)]
pub struct LiveArgs {
    /// Microphone: an id, a name, or a part of either; see `framewise devices`
    #[arg(short, long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub input: Option<String>,
    /// Where the clean sound goes
    #[arg(short, long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub output: Option<String>,
    /// Make a microphone of this name for other programs and play into it; it is gone when this program is. Needs PipeWire or
    /// PulseAudio
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "Framewise", value_parser = checked)]
    #[arg(conflicts_with_all = ["output", "measure"])]
    pub virtual_mic: Option<String>,
    /// Sound system: `pipewire`, `pulseaudio`, `alsa` or another that was built in; without it, the best that runs
    #[arg(long, value_name = "NAME")]
    pub host: Option<String>,
    /// Channel of the microphone, from 1, `mix` for the mean of all, or `all` for each by itself; without it, the one that carries
    /// sound
    #[arg(long, value_name = "N|mix|all", value_parser = channel, default_value = "loudest", hide_default_value = true)]
    pub channel: Channel,
    /// All channels of the microphone, with one mask for all, so that the stereo image stays put
    #[arg(long, conflicts_with = "channel")]
    pub link: bool,
    #[command(flatten)]
    pub selection: ModelSelection,
    /// Built-in family or model by its name, or a model file, instead of the first family
    #[arg(long, value_name = "NAME|FILE")]
    pub model: Option<PathBuf>,
    /// Most attenuation of noise in dB; without it, all that the model does
    #[arg(long, value_name = "DB", value_parser = decibels)]
    pub strength: Option<f32>,
    /// Lower further what the model lowered, by the filter of DeepFilterNet; delays nothing
    #[arg(long)]
    pub post_filter: bool,
    /// Start with the sound unchanged
    #[arg(long)]
    pub bypass: bool,
    /// Block that the devices are asked for, in frames
    #[arg(long, value_name = "FRAMES", value_parser = clap::value_parser!(u32).range(1..))]
    pub block: Option<u32>,
    /// Rate that the devices are asked for; without it, each keeps its own
    #[arg(long, value_name = "HZ", value_parser = clap::value_parser!(u32).range(RATES_ASKED))]
    pub rate: Option<u32>,
    /// Wait for devices that are not there yet, where else the program would end with the reason
    #[arg(long, conflicts_with = "measure")]
    pub wait: bool,
    /// Measure the way round, from the output back to the input and through the program: play chirps, and compare with the
    /// delay that is reported. Needs a cable or a virtual one
    #[arg(long, conflicts_with_all = ["record_dir", "control", "bypass", "seconds", "strength", "post_filter"])]
    pub measure: bool,
    /// Record dry and clean sound into two WAV files in this folder
    #[arg(long, value_name = "DIR")]
    pub record_dir: Option<PathBuf>,
    /// Stop after so many seconds
    #[arg(long, value_name = "N", value_parser = seconds)]
    pub seconds: Option<f64>,
    /// File with lines `bypass on|off`, `latency zero|one`, `strength DB|full`, `post-filter on|off`, `record on|off`, `quit`: done at the start, if
    /// it is there, and again whenever it changes
    #[arg(long, value_name = "FILE")]
    pub control: Option<PathBuf>,
    /// Print a line a second instead of drawing
    #[arg(long)]
    pub no_ui: bool,
    /// Print the lines as JSON
    #[arg(long)]
    pub json: bool,
}

impl LiveArgs {
    /// The channels that are heard.
    pub fn channel(&self) -> Channel {
        if self.link { Channel::All } else { self.channel }
    }
}

fn channel(text: &str) -> Result<Channel, String> {
    match (text, text.parse::<usize>()) {
        ("mix", _) => Ok(Channel::Mix),
        ("all", _) => Ok(Channel::All),
        ("loudest", _) => Ok(Channel::Loudest),
        (_, Ok(channel @ 1..)) => Ok(Channel::One(channel - 1)),
        _ => Err("expected a channel from 1, `mix`, `all` or `loudest`".into()),
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value.is_finite() => Ok(value),
        _ => Err("expected a number of seconds above 0".into()),
    }
}

#[derive(Debug, Args)]
pub struct DevicesArgs {
    /// Devices of this sound system only
    #[arg(long, value_name = "NAME")]
    pub host: Option<String>,
    /// Print JSON instead of a table
    #[arg(long)]
    pub json: bool,
}

#[cfg(test)]
mod tests {
    use crate::cli::args::Args;
    use clap::Parser;

    #[test]
    fn numbers_that_mean_nothing_are_refused_with_what_is_expected() {
        let parse = |option: &str, value: &str| {
            let argument = format!("{option}={value}");
            Args::try_parse_from(["framewise", "live", &argument]).map_err(|error| error.to_string())
        };
        for (option, value) in
            [("--strength", "12.5"), ("--seconds", "0.5"), ("--block", "480"), ("--rate", "48000")]
        {
            assert!(parse(option, value).is_ok(), "{option} {value}");
        }
        for (option, values) in [
            ("--strength", ["-3", "nan", "inf"]),
            ("--seconds", ["-1", "0", "nan"]),
            ("--block", ["0", "-480", "1.5"]),
            ("--rate", ["0", "4294967295", "cd"]),
            ("--channel", ["0", "-1", "left"]),
            ("--latency", ["two", "-1", ""]),
            ("--input", [""; 3]),
            ("--output", [""; 3]),
        ] {
            for value in values {
                let refused = parse(option, value).expect_err("an error");
                assert!(refused.contains(option), "{refused}");
            }
        }
    }
}
