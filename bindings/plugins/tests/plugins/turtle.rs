//! The bundle says of the plugins what the table of ports says.

use framewise_plugins::lv2::{MONO_URI, STEREO_URI};
use framewise_plugins::ports::{Kind, MONO, Port, STEREO};
use std::fmt::Write;

/// The lines on ports of a plugin, as the bundle must have them.
fn ports(ports: &[Port]) -> String {
    let mut text = String::new();
    for (index, port) in ports.iter().enumerate() {
        let (classes, more) = match port.kind {
            Kind::Number { most, default } => (
                "lv2:InputPort , lv2:ControlPort",
                format!("lv2:default {default:.1} ;\n\t\tlv2:minimum 0.0 ;\n\t\tlv2:maximum {most:.1} ;\n\t\tunits:unit units:db"),
            ),
            Kind::Switch | Kind::Count => {
                let property = if port.kind == Kind::Switch { "toggled" } else { "integer" };
                (
                    "lv2:InputPort , lv2:ControlPort",
                    format!("lv2:default 0 ;\n\t\tlv2:minimum 0 ;\n\t\tlv2:maximum 1 ;\n\t\tlv2:portProperty lv2:{property}"),
                )
            }
            Kind::Latency => (
                "lv2:OutputPort , lv2:ControlPort",
                "lv2:designation lv2:latency ;\n\t\tlv2:portProperty lv2:reportsLatency , lv2:integer ;\n\t\tunits:unit units:frame"
                    .into(),
            ),
            Kind::Input => ("lv2:InputPort , lv2:AudioPort", String::new()),
            Kind::Output => ("lv2:OutputPort , lv2:AudioPort", String::new()),
        };
        let name = port.name.to_str().expect("plain text");
        write!(
            text,
            "\t\ta {classes} ;\n\t\tlv2:index {index} ;\n\t\tlv2:symbol \"{}\" ;\n\t\tlv2:name \"{name}\"",
            port.symbol
        )
        .expect("text");
        let more = if more.is_empty() { String::new() } else { format!(" ;\n\t\t{more}") };
        let end = if index + 1 == ports.len() { "\n\t] ." } else { "\n\t] , [\n" };
        text += &(more + end);
    }
    text
}

#[test]
fn the_bundle_describes_the_ports_as_they_are() {
    let bundle = include_str!("../../framewise.lv2/framewise.ttl");
    let manifest = include_str!("../../framewise.lv2/manifest.ttl");
    for (uri, table) in [(MONO_URI, &MONO[..]), (STEREO_URI, &STEREO[..])] {
        let uri = format!("<{}>", uri.to_str().expect("plain text"));
        assert!(manifest.contains(&uri), "{uri} is not in the manifest");
        let plugin = bundle.split(&format!("\n{uri}\n")).nth(1).expect("the plugin is described");
        let found = plugin.split("lv2:port [\n").nth(1).and_then(|ports| ports.split("] .").next());
        assert_eq!(format!("{}] .", found.expect("ports")), ports(table));
    }
}
