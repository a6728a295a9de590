//! What a user sets, for formats that have parameters of their own in place of ports: texts, and states to be kept.

use crate::instance::Values;
use crate::ports::{BYPASS, Kind, LOOK_AHEAD, MONO, NO_LIMIT, PARAMETERS, POST_FILTER, STRENGTH};
use serde::{Deserialize, Serialize};
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

/// A parameter as people see it; what its values are, the port of its place says.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Its unit, if it has one.
    pub unit: &'static str,
}

/// Every parameter, in the order of the ports.
pub const ALL: [Parameter; PARAMETERS] = [
    Parameter { name: "Strength", unit: "dB" },
    Parameter { name: "Bypass", unit: "" },
    Parameter { name: "Look-ahead", unit: "frames" },
    Parameter { name: "Post-filter", unit: "" },
];

/// Highest value of a parameter; the lowest is 0.
pub const fn most(place: usize) -> f32 {
    if let Kind::Number { most, .. } = MONO[place].kind { most } else { 1.0 }
}

/// Value of a parameter where the user sets none.
pub const fn default(place: usize) -> f32 {
    if let Kind::Number { default, .. } = MONO[place].kind { default } else { 0.0 }
}

/// Whether a parameter has whole values alone.
pub const fn stepped(place: usize) -> bool {
    !matches!(MONO[place].kind, Kind::Number { .. })
}

/// Whether a parameter may change while sound runs; look-ahead changes the delay, which hosts take for fixed.
pub const fn automatable(place: usize) -> bool {
    place != LOOK_AHEAD
}

/// What becomes of a value that a host sets: within the bounds, whole where it must be, the default where it is no number.
fn settled(place: usize, value: f64) -> f32 {
    if value.is_nan() {
        return default(place);
    }
    let value = value.clamp(0.0, most(place).into());
    (if stepped(place) { value.trunc() } else { value }) as f32
}

/// A value for people, with its unit where `unit` says so.
pub fn text(place: usize, value: f64, unit: bool) -> String {
    let value = settled(place, value);
    let ending =
        if unit && !ALL[place].unit.is_empty() { format!(" {}", ALL[place].unit) } else { String::new() };
    match MONO[place].kind {
        Kind::Number { .. } if value >= NO_LIMIT => "no limit".into(),
        Kind::Number { .. } => format!("{value:.1}{ending}"),
        Kind::Count if value == 1.0 && unit => "1 frame".into(),
        Kind::Count => format!("{value}{ending}"),
        _ => if value > 0.0 { "on" } else { "off" }.into(),
    }
}

/// The value that a text of people says, with a unit or without; none where it says none.
pub fn value(place: usize, text: &str) -> Option<f64> {
    let text = text.trim().to_lowercase();
    match (text.as_str(), MONO[place].kind) {
        ("no limit", Kind::Number { most, .. }) => Some(most.into()),
        ("on", Kind::Switch) => Some(1.0),
        ("off", Kind::Switch) => Some(0.0),
        _ => {
            let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).trim_end();
            let number = number.parse().ok().filter(|number: &f64| number.is_finite())?;
            Some(settled(place, number).into())
        }
    }
}

/// The values of an instance, which any thread may set and read.
#[derive(Debug)]
pub struct Store([AtomicU32; PARAMETERS]);

impl Default for Store {
    fn default() -> Self {
        Self(std::array::from_fn(|place| default(place).to_bits().into()))
    }
}

impl Store {
    /// The value in a place.
    pub fn get(&self, place: usize) -> f32 {
        f32::from_bits(self.0[place].load(Relaxed))
    }

    /// Sets the value in a place; one that does not exist is ignored.
    pub fn set(&self, place: usize, value: f64) {
        if let Some(store) = self.0.get(place) {
            store.store(settled(place, value).to_bits(), Relaxed);
        }
    }

    /// All values.
    pub fn values(&self) -> Values {
        std::array::from_fn(|place| self.get(place))
    }

    /// The values as bytes to be kept.
    pub fn save(&self) -> Vec<u8> {
        let state = State {
            strength: self.get(STRENGTH).into(),
            bypass: self.get(BYPASS) > 0.0,
            look_ahead: self.get(LOOK_AHEAD) as u8,
            post_filter: self.get(POST_FILTER) > 0.0,
        };
        serde_json::to_vec(&state).unwrap_or_default()
    }

    /// Takes the values of bytes that were kept; of such that are none, nothing.
    ///
    /// # Errors
    /// If the bytes are no state.
    pub fn load(&self, bytes: &[u8]) -> Result<(), serde_json::Error> {
        let state: State = serde_json::from_slice(bytes)?;
        self.set(STRENGTH, state.strength);
        self.set(BYPASS, f64::from(u8::from(state.bypass)));
        self.set(LOOK_AHEAD, state.look_ahead.into());
        self.set(POST_FILTER, f64::from(u8::from(state.post_filter)));
        Ok(())
    }
}

/// What is kept: JSON. A field that is missing has its default, one that is not known is passed over.
#[derive(Deserialize, Serialize)]
#[serde(default)]
struct State {
    strength: f64,
    bypass: bool,
    look_ahead: u8,
    post_filter: bool,
}

impl Default for State {
    fn default() -> Self {
        Self { strength: default(STRENGTH).into(), bypass: false, look_ahead: 0, post_filter: false }
    }
}

/// Most bytes that are read of a state.
pub const MOST_STATE: u64 = 1 << 16;

#[cfg(test)]
mod tests {
    use super::{ALL, Store, settled, text, value};
    use crate::ports::{BYPASS, LOOK_AHEAD, MONO, POST_FILTER, STRENGTH};

    #[test]
    fn names_and_units_are_those_of_the_ports() {
        for (parameter, port) in ALL.iter().zip(&MONO) {
            let unit =
                if parameter.unit.is_empty() { String::new() } else { format!(" ({})", parameter.unit) };
            assert_eq!(format!("{}{unit}", parameter.name), port.name.to_str().expect("plain text"));
        }
    }

    #[test]
    fn values_stay_within_bounds_and_steps() {
        for (place, given, expected) in [
            (STRENGTH, -1.0, 0.0),
            (STRENGTH, 12.5, 12.5),
            (STRENGTH, 1e300, 100.0),
            (STRENGTH, f64::NAN, 100.0),
            (BYPASS, 1.0, 1.0),
            (BYPASS, 0.9, 0.0),
            (LOOK_AHEAD, f64::INFINITY, 1.0),
            (LOOK_AHEAD, f64::NAN, 0.0),
        ] {
            assert_eq!(settled(place, given), expected, "{place} {given}");
        }
    }

    #[test]
    fn texts_say_values_and_values_texts() {
        for (place, number, with, without) in [
            (STRENGTH, 12.5, "12.5 dB", "12.5"),
            (STRENGTH, 100.0, "no limit", "no limit"),
            (BYPASS, 1.0, "on", "on"),
            (POST_FILTER, 0.0, "off", "off"),
            (LOOK_AHEAD, 0.0, "0 frames", "0"),
            (LOOK_AHEAD, 1.0, "1 frame", "1"),
        ] {
            assert_eq!(
                (text(place, number, true).as_str(), text(place, number, false).as_str()),
                (with, without)
            );
            for said in [with, without, &with.to_uppercase(), &format!(" {without} ")] {
                assert_eq!(value(place, said), Some(number), "{said}");
            }
        }
        for nothing in ["", "much", "dB", "nan", "inf", "1 2"] {
            assert_eq!(value(STRENGTH, nothing), None, "{nothing}");
        }
        assert_eq!(value(STRENGTH, "-3 dB"), Some(0.0));
    }

    #[test]
    fn a_state_survives_and_what_is_none_changes_nothing() {
        let store = Store::default();
        for (place, value) in [12.3f32, 1.0, 1.0, 1.0].into_iter().enumerate() {
            store.set(place, value.into());
        }
        let kept = store.save();
        let other = Store::default();
        other.load(&kept).expect("a state");
        assert_eq!(other.values(), [12.3, 1.0, 1.0, 1.0]);
        for broken in
            [&b""[..], b"{", b"[]x", b"{\"strength\":\"loud\"}", b"\xff\xff", &kept[..kept.len() - 1]]
        {
            assert!(other.load(broken).is_err(), "{broken:?}");
            assert_eq!(other.values(), [12.3, 1.0, 1.0, 1.0]);
        }
        // Of a later version: what is not known is passed over, what is missing has its default, what is too much is bounded.
        other.load(b"{\"strength\":1e30,\"look_ahead\":9,\"colour\":\"blue\"}").expect("a state");
        assert_eq!(other.values(), [100.0, 0.0, 1.0, 0.0]);
    }
}
