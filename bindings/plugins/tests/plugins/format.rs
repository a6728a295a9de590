//! What each format promises its hosts.

use crate::host::{Format, Host};
use framewise_plugins::ports::{MONO, Port, STEREO};
use framewise_plugins::{ladspa, lv2};
use std::ffi::CStr;
use std::slice;

#[test]
fn a_list_of_plugins_ends_with_null() {
    assert!(ladspa::ladspa_descriptor(2).is_null() && lv2::lv2_descriptor(2).is_null());
    assert!(ladspa::ladspa_descriptor(u64::MAX as _).is_null() && lv2::lv2_descriptor(u32::MAX).is_null());
}

#[test]
fn ladspa_tells_what_the_ports_are() {
    for (ports, channels) in [(&MONO[..], 1), (&STEREO[..], 2)] {
        let ports: &[Port] = ports;
        let [Format::Ladspa(plugin), _] = Format::with_ports(channels) else { panic!("LADSPA first") };
        let count = plugin.port_count as usize;
        assert_eq!(count, ports.len());
        // SAFETY: arrays of as many entries, and texts, all constant.
        let (names, kinds, hints, label) = unsafe {
            (
                slice::from_raw_parts(plugin.port_names, count),
                slice::from_raw_parts(plugin.port_descriptors, count),
                slice::from_raw_parts(plugin.port_range_hints, count),
                CStr::from_ptr(plugin.label),
            )
        };
        assert_eq!(label, [c"framewise_mono", c"framewise_stereo"][channels - 1]);
        for (port, name) in ports.iter().zip(names) {
            // SAFETY: a constant text.
            assert_eq!(unsafe { CStr::from_ptr(*name) }, port.name);
        }
        // Numbers from `ladspa.h`: control 4, audio 8, input 1, output 2.
        assert_eq!(kinds[..5], [4 | 1, 4 | 1, 4 | 1, 4 | 1, 4 | 2]);
        assert_eq!(kinds[5..5 + channels], [8 | 1, 8 | 1][..channels]);
        assert_eq!(kinds[5 + channels..], [8 | 2, 8 | 2][..channels]);
        // Bounded 3, highest by default 0x140; switch 4, 0 by default 0x200; whole number 0x20.
        assert_eq!((hints[0].descriptor, hints[0].lower, hints[0].upper), (3 | 0x140, 0.0, 100.0));
        assert_eq!([hints[1].descriptor, hints[3].descriptor], [4 | 0x200; 2]);
        assert_eq!((hints[2].descriptor, hints[2].upper), (3 | 0x20 | 0x200, 1.0));
        // Fit for hard real time (4), and buffers may be shared (not 2).
        assert_eq!(plugin.properties, 4);
    }
}

#[test]
fn rates_that_cannot_be_are_refused_and_others_are_not() {
    for format in Format::all(2) {
        for rate in [0.0, 100.0, 1e9] {
            assert!(Host::try_new(format, 2, rate).is_none(), "{} {rate}", format.name());
        }
        for rate in [8_000.0, 11_025.0, 22_050.0, 32_000.0, 88_200.0, 192_000.0] {
            assert!(Host::try_new(format, 2, rate).is_some(), "{} {rate}", format.name());
        }
    }
    let [_, lv2] = Format::with_ports(1);
    for rate in [44_100.5, f64::NAN, -1.0, f64::INFINITY] {
        assert!(Host::try_new(lv2, 1, rate).is_none(), "{rate}");
    }
    for format in [Format::Clap, Format::Vst3] {
        assert!(Host::try_new(format, 1, 44_100.5).is_none());
    }
}
