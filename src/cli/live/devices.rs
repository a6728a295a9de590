//! `framewise devices`: what there is to listen to and to play on.

use super::args::DevicesArgs;
use super::opening;
use super::quiet::Quiet;
use crate::io::live::{Listed, Offer, list};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::Write;

/// Prints every device.
pub fn run(args: &DevicesArgs) -> Result<(), Box<dyn Error>> {
    let quiet = Quiet::begin();
    let hosts = opening::find(args.host.as_deref())();
    let devices = hosts.map(|hosts| list(&hosts));
    drop(quiet);
    let devices = devices?;
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&devices)?)?;
        return Ok(());
    }
    if devices.is_empty() {
        eprintln!("framewise: no sound devices were found");
    }
    let width = devices.iter().map(|device| device.id.chars().count()).max().unwrap_or(0);
    for Listed { id, name, direction, default, default_config, configs, .. } in &devices {
        let mark = if *default { "*" } else { " " };
        writeln!(out, "{mark} {:6}  {id:width$}  {name}", direction.word())?;
        if let Some(own) = default_config {
            writeln!(out, "            its own: {}", offer(own))?;
        }
        for line in summary(configs) {
            writeln!(out, "            {line}")?;
        }
    }
    if devices.iter().any(|device| device.default) {
        writeln!(out, "* the system's default")?;
    }
    Ok(())
}

fn rates(offer: &Offer) -> String {
    let Offer { least_rate, most_rate, .. } = offer;
    if least_rate == most_rate { least_rate.to_string() } else { format!("{least_rate} to {most_rate}") }
}

fn offer(offer: &Offer) -> String {
    let blocks = offer.blocks.map_or(String::new(), |[least, most]| format!(", blocks of {least} to {most}"));
    format!("{} channels, {} Hz, {}{blocks}", offer.channels, rates(offer), offer.format)
}

/// What a device offers, in few lines: numbers of channels that offer the same share one.
fn summary(configs: &[Offer]) -> Vec<String> {
    // Of every number of channels, the formats at each range of rates.
    let mut offers: BTreeMap<u16, BTreeMap<(u32, u32), BTreeSet<&str>>> = BTreeMap::new();
    let mut words = BTreeMap::new();
    for config in configs {
        let range = (config.least_rate, config.most_rate);
        words.insert(range, rates(config));
        offers.entry(config.channels).or_default().entry(range).or_default().insert(&config.format);
    }
    let offers: Vec<_> = offers.into_iter().collect();
    let mut lines = Vec::new();
    for alike in offers.chunk_by(|(few, offered), (more, others)| offered == others && more - few == 1) {
        let [(least, offered), ..] = alike else { continue };
        let most = alike[alike.len() - 1].0;
        let channels = if *least == most { least.to_string() } else { format!("{least} to {most}") };
        // Rates that come in the same formats share a line, too.
        let mut by_formats: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (range, formats) in offered {
            let formats = formats.iter().copied().collect::<Vec<_>>().join(" ");
            by_formats.entry(formats).or_default().push(&words[range]);
        }
        for (formats, rates) in by_formats {
            lines.push(format!("{channels} channels, {} Hz, {formats}", rates.join(", ")));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{Offer, summary};

    #[test]
    fn what_is_offered_alike_shares_a_line() {
        let offer = |channels, rate, format: &str| Offer {
            channels,
            least_rate: rate,
            most_rate: rate,
            format: format.into(),
            blocks: None,
        };
        let mut offers = Vec::new();
        for channels in [1, 2, 3, 6] {
            for rate in [44_100, 48_000] {
                offers.extend([offer(channels, rate, "i16"), offer(channels, rate, "f32")]);
            }
        }
        offers.push(offer(6, 96_000, "i16"));
        let expected = [
            "1 to 3 channels, 44100, 48000 Hz, f32 i16",
            "6 channels, 44100, 48000 Hz, f32 i16",
            "6 channels, 96000 Hz, i16",
        ];
        assert_eq!(summary(&offers), expected);
        assert!(summary(&[]).is_empty());
    }
}
