//! The header of a model file.

use super::ModelError;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The format number that this version reads and writes.
pub const FORMAT: u32 = 1;

/// What a model file says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Header {
    /// Format number: [`FORMAT`].
    pub format: u32,
    /// Name of the model.
    pub name: String,
    /// Samples a second.
    pub sample_rate: u32,
    /// Samples of the analysis window, and of the synthesis window unless the next line says otherwise.
    pub window: usize,
    /// Samples of a shorter synthesis window, which makes the transform that of
    /// [`Stft::low_delay`](crate::dsp::Stft::low_delay).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub synthesis_window: Option<usize>,
    /// Samples between frames.
    pub hop: usize,
    /// Kind of network: `crn` or `gtcrn`.
    pub architecture: String,
    /// Hyper-parameters of that kind of network.
    pub configuration: serde_json::Value,
    /// Frames of latency, and the layers that spend them.
    pub latency: LatencySpent,
    /// How it was trained, for people to read.
    #[serde(default)]
    pub training: serde_json::Value,
    /// Licence of the weights; empty where the file says nothing.
    #[serde(default)]
    pub licence: String,
}

/// Latency of a network in frames.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LatencySpent {
    /// All frames of look-ahead together.
    pub frames: usize,
    /// Frames of each layer that has any, by name.
    #[serde(default)]
    pub look_ahead: BTreeMap<String, usize>,
}

impl Header {
    /// Reads the JSON text of a header.
    pub(super) fn parse(file: &str, text: &str) -> Result<Self, ModelError> {
        let bad = |reason: String| ModelError::Header { file: file.to_owned(), reason };
        let value: serde_json::Value = serde_json::from_str(text).map_err(|error| bad(error.to_string()))?;
        // The number comes first: a later format may differ in everything else.
        match value.get("format").and_then(serde_json::Value::as_u64) {
            Some(found) if found == u64::from(FORMAT) => {}
            Some(found) => {
                return Err(ModelError::UnknownFormat { file: file.to_owned(), expected: FORMAT, found });
            }
            None => return Err(bad("no whole number `format`".into())),
        }
        let header: Self = serde_json::from_value(value).map_err(|error| bad(error.to_string()))?;
        let ranges = [
            ("sample_rate", header.sample_rate as usize, 1_000, 768_000),
            ("window", header.window, 2, 1 << 16),
            ("synthesis_window", header.synthesis_window.unwrap_or(header.window), 2, header.window),
            ("hop", header.hop, 1, 1 << 16),
        ];
        for (key, found, least, most) in ranges {
            if !(least..=most).contains(&found) {
                return Err(bad(format!("`{key}` is {found}, expected {least} to {most}")));
            }
        }
        // Half of it falls; what an odd one would be, nothing defines.
        let key = if header.synthesis_window.is_some() { "synthesis_window" } else { "window" };
        let synthesis = header.synthesis_window.unwrap_or(header.window);
        if !synthesis.is_multiple_of(2) {
            return Err(bad(format!(
                "`{key}` is {synthesis}, expected an even number: the synthesis window"
            )));
        }
        Ok(header)
    }

    /// The hyper-parameters as the architecture's own type.
    pub(super) fn configuration<T: DeserializeOwned>(&self, file: &str) -> Result<T, ModelError> {
        T::deserialize(&self.configuration).map_err(|error| ModelError::Header {
            file: file.to_owned(),
            reason: format!("configuration of `{}`: {error}", self.architecture),
        })
    }
}
