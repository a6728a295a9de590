//! The ports of the plugins: what both formats tell their hosts, and in which order.

use std::ffi::CStr;

/// What flows through a port, and in which direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A number that the host sets.
    Number {
        /// Highest value; the lowest is 0.
        most: f32,
        /// Value where the user sets none.
        default: f32,
    },
    /// Off (0) or on (above 0), set by the host; off where the user sets nothing.
    Switch,
    /// 0 or 1, set by the host; 0 where the user sets nothing.
    Count,
    /// Delay from sample in to sample out in samples, told to the host.
    Latency,
    /// Sound in.
    Input,
    /// Sound out.
    Output,
}

/// A port.
#[derive(Clone, Copy, Debug)]
pub struct Port {
    /// Its name for machines.
    pub symbol: &'static str,
    /// Its name for people.
    pub name: &'static CStr,
    /// What it carries.
    pub kind: Kind,
}

/// Strength in dB at which the attenuation has no limit.
pub const NO_LIMIT: f32 = 100.0;

/// The place of each control port; sound in comes next, sound out last.
pub const STRENGTH: usize = 0;
/// Lets the sound through, as late as the denoised one.
pub const BYPASS: usize = 1;
/// Frames of look-ahead.
pub const LOOK_AHEAD: usize = 2;
/// Lowers further what the network lowers.
pub const POST_FILTER: usize = 3;
/// Number of those that the host sets, which come first.
pub const PARAMETERS: usize = 4;
/// The delay.
pub const LATENCY: usize = 4;
/// Number of control ports.
pub const CONTROLS: usize = 5;

const fn port(symbol: &'static str, name: &'static CStr, kind: Kind) -> Port {
    Port { symbol, name, kind }
}

const CONTROL_PORTS: [Port; CONTROLS] = [
    port("strength", c"Strength (dB)", Kind::Number { most: NO_LIMIT, default: NO_LIMIT }),
    port("bypass", c"Bypass", Kind::Switch),
    port("look_ahead", c"Look-ahead (frames)", Kind::Count),
    port("post_filter", c"Post-filter", Kind::Switch),
    port("latency", c"latency", Kind::Latency),
];

/// Ports of the plugin for one channel.
pub const MONO: [Port; CONTROLS + 2] = {
    let [strength, bypass, look_ahead, post_filter, latency] = CONTROL_PORTS;
    let (input, output) = (port("input", c"Input", Kind::Input), port("output", c"Output", Kind::Output));
    [strength, bypass, look_ahead, post_filter, latency, input, output]
};

/// Ports of the plugin for two channels, which share a mask.
pub const STEREO: [Port; CONTROLS + 4] = {
    let [strength, bypass, look_ahead, post_filter, latency] = CONTROL_PORTS;
    [
        strength,
        bypass,
        look_ahead,
        post_filter,
        latency,
        port("input_left", c"Input left", Kind::Input),
        port("input_right", c"Input right", Kind::Input),
        port("output_left", c"Output left", Kind::Output),
        port("output_right", c"Output right", Kind::Output),
    ]
};
