//! `framewise devices`: what there is to listen to and to play on.

use super::args::DevicesArgs;
use crate::io::live::{Listed, Offer, list};
use std::error::Error;
use std::io::Write;

/// Prints every device.
pub fn run(args: &DevicesArgs) -> Result<(), Box<dyn Error>> {
    let devices = list();
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
        for config in configs {
            writeln!(out, "            {}", offer(config))?;
        }
    }
    writeln!(out, "* the system's default")?;
    Ok(())
}

fn offer(offer: &Offer) -> String {
    let Offer { channels, least_rate, most_rate, format, blocks } = offer;
    let rates =
        if least_rate == most_rate { least_rate.to_string() } else { format!("{least_rate} to {most_rate}") };
    let blocks = blocks.map_or(String::new(), |[least, most]| format!(", blocks of {least} to {most}"));
    format!("{channels} channels, {rates} Hz, {format}{blocks}")
}
