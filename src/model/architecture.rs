//! The kinds of networks there are: their names, their builders, and what in their configurations may be varied.

use super::builder::NetBuilder;
use super::{Header, ModelError, crn, gtcrn};
use crate::nn::Wire;

/// A kind of network.
pub(super) struct Architecture {
    /// What a header calls it.
    name: &'static str,
    build: fn(&mut NetBuilder<'_>, &Header) -> Result<Wire, ModelError>,
    /// Where a configuration holds the kernel along time of all convolutions, as a JSON pointer; none where it is fixed.
    kernel_along_time: Option<&'static str>,
}

const ALL: [Architecture; 2] = [
    Architecture {
        name: crn::NAME,
        build: |net, header| {
            let config = header.configuration(net.file())?;
            crn::build(net, &config)
        },
        kernel_along_time: Some(crn::KERNEL_ALONG_TIME),
    },
    Architecture {
        name: gtcrn::NAME,
        build: |net, header| {
            let config = header.configuration(net.file())?;
            gtcrn::build(net, &config)
        },
        kernel_along_time: None,
    },
];

impl Architecture {
    fn of(header: &Header) -> Option<&'static Self> {
        ALL.iter().find(|one| one.name == header.architecture)
    }

    /// Builds the network of a header, and gives its last wire.
    pub fn build(net: &mut NetBuilder<'_>, header: &Header) -> Result<Wire, ModelError> {
        let found = Self::of(header).ok_or_else(|| ModelError::UnknownArchitecture {
            file: net.file().to_owned(),
            expected: ALL.map(|one| one.name).join(" or "),
            found: header.architecture.clone(),
        })?;
        (found.build)(net, header)
    }
}

impl Header {
    /// Taps along time of all convolutions, where the configuration chooses them.
    pub fn kernel_along_time(&self) -> Option<usize> {
        let place = Architecture::of(self)?.kernel_along_time?;
        usize::try_from(self.configuration.pointer(place)?.as_u64()?).ok()
    }

    /// The narrowest kernel along time that lets a layer look ahead by so many frames; none if the header's own does, or if
    /// the architecture fixes it.
    pub fn wider_kernel_for(&self, look_ahead: usize) -> Option<usize> {
        let needed = look_ahead.saturating_add(1);
        self.kernel_along_time().filter(|&there| there < needed).map(|_| needed)
    }

    /// The header with another kernel along time, for which its weights are not valid.
    ///
    /// # Errors
    /// If the architecture fixes the kernel.
    pub fn with_kernel_along_time(mut self, taps: usize) -> Result<Self, ModelError> {
        let place = Architecture::of(&self).and_then(|found| found.kernel_along_time);
        match place.and_then(|place| self.configuration.pointer_mut(place)) {
            Some(along_time) => *along_time = taps.into(),
            None => {
                return Err(ModelError::FixedKernel { model: self.name, architecture: self.architecture });
            }
        }
        Ok(self)
    }

    /// The header with `frames` of look-ahead, spent on the layers in turn, one frame each, until none is left.
    ///
    /// The weights of the model are not valid for it, and the layers must be some of
    /// [`Model::look_ahead_layers`](super::Model::look_ahead_layers).
    ///
    /// # Errors
    /// If there are frames to spend and no layers.
    pub fn with_look_ahead(mut self, layers: &[String], frames: usize) -> Result<Self, ModelError> {
        if layers.is_empty() && frames > 0 {
            return Err(ModelError::NoLookAhead { model: self.name });
        }
        self.latency.look_ahead.clear();
        for layer in layers.iter().cycle().take(frames) {
            *self.latency.look_ahead.entry(layer.clone()).or_insert(0) += 1;
        }
        Ok(self)
    }
}
