//! The samples of one call, however the host holds them.

/// Channels of samples to read and to write. What is not there reads as silence and is not written.
pub(super) trait Block {
    /// Samples of every channel that are taken and given: as many as the shortest has.
    fn length(&self) -> usize;

    /// Whether every channel is there, none beyond, and all are equally long.
    fn is_even(&self) -> bool;

    /// Reads samples of a channel from `start` on.
    fn read(&mut self, channel: usize, start: usize, to: &mut [f32]);

    /// Writes samples of a channel from `start` on.
    fn write(&mut self, channel: usize, start: usize, from: &[f32]);

    /// Silences what no sample was given for: channels beyond the expected, samples beyond the common length.
    fn silence_rest(&mut self);
}

/// What is known of the lengths of planes.
#[derive(Clone, Copy)]
struct Lengths {
    least: usize,
    even: bool,
}

impl Lengths {
    fn of(channels: usize, planes: usize, lengths: impl Iterator<Item = usize>) -> Self {
        let (least, most) = lengths.fold((usize::MAX, 0), |(least, most), n| (least.min(n), most.max(n)));
        Self { least, even: planes == channels && least == most }
    }
}

/// Slices in, and other slices out.
pub(super) struct Apart<'a, I, O> {
    input: &'a [I],
    output: &'a mut [O],
    channels: usize,
    lengths: Lengths,
}

impl<'a, I: AsRef<[f32]>, O: AsMut<[f32]>> Apart<'a, I, O> {
    pub fn new(input: &'a [I], output: &'a mut [O], channels: usize) -> Self {
        let ins = Lengths::of(channels, input.len(), input.iter().map(|p| p.as_ref().len()).take(channels));
        let outs =
            Lengths::of(channels, output.len(), output.iter_mut().map(|p| p.as_mut().len()).take(channels));
        let lengths = Lengths {
            least: ins.least.min(outs.least),
            even: ins.even && outs.even && ins.least == outs.least,
        };
        Self { input, output, channels, lengths }
    }
}

impl<I: AsRef<[f32]>, O: AsMut<[f32]>> Block for Apart<'_, I, O> {
    fn length(&self) -> usize {
        if self.lengths.least == usize::MAX { 0 } else { self.lengths.least }
    }

    fn is_even(&self) -> bool {
        self.lengths.even
    }

    fn read(&mut self, channel: usize, start: usize, to: &mut [f32]) {
        match self.input.get(channel) {
            Some(plane) => to.copy_from_slice(&plane.as_ref()[start..][..to.len()]),
            None => to.fill(0.0),
        }
    }

    fn write(&mut self, channel: usize, start: usize, from: &[f32]) {
        if let Some(plane) = self.output.get_mut(channel) {
            plane.as_mut()[start..][..from.len()].copy_from_slice(from);
        }
    }

    fn silence_rest(&mut self) {
        let length = self.length();
        for (c, plane) in self.output.iter_mut().enumerate() {
            plane.as_mut()[if c < self.channels { length } else { 0 }..].fill(0.0);
        }
    }
}

/// Slices that are read and written.
pub(super) struct InPlace<'a, P> {
    planes: &'a mut [P],
    channels: usize,
    lengths: Lengths,
}

impl<'a, P: AsMut<[f32]>> InPlace<'a, P> {
    pub fn new(planes: &'a mut [P], channels: usize) -> Self {
        let lengths =
            Lengths::of(channels, planes.len(), planes.iter_mut().map(|p| p.as_mut().len()).take(channels));
        Self { planes, channels, lengths }
    }
}

impl<P: AsMut<[f32]>> Block for InPlace<'_, P> {
    fn length(&self) -> usize {
        if self.lengths.least == usize::MAX { 0 } else { self.lengths.least }
    }

    fn is_even(&self) -> bool {
        self.lengths.even
    }

    fn read(&mut self, channel: usize, start: usize, to: &mut [f32]) {
        match self.planes.get_mut(channel) {
            Some(plane) => to.copy_from_slice(&plane.as_mut()[start..][..to.len()]),
            None => to.fill(0.0),
        }
    }

    fn write(&mut self, channel: usize, start: usize, from: &[f32]) {
        if let Some(plane) = self.planes.get_mut(channel) {
            plane.as_mut()[start..][..from.len()].copy_from_slice(from);
        }
    }

    fn silence_rest(&mut self) {
        let length = self.length();
        for (c, plane) in self.planes.iter_mut().enumerate() {
            plane.as_mut()[if c < self.channels { length } else { 0 }..].fill(0.0);
        }
    }
}

/// Samples of all channels one after the other, read and written.
pub(super) struct Interleaved<'a> {
    pub samples: &'a mut [f32],
    pub channels: usize,
}

impl Block for Interleaved<'_> {
    fn length(&self) -> usize {
        self.samples.len() / self.channels
    }

    fn is_even(&self) -> bool {
        self.samples.len().is_multiple_of(self.channels)
    }

    fn read(&mut self, channel: usize, start: usize, to: &mut [f32]) {
        let from = self.samples[start * self.channels..].iter().skip(channel).step_by(self.channels);
        to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
    }

    fn write(&mut self, channel: usize, start: usize, from: &[f32]) {
        let to = self.samples[start * self.channels..].iter_mut().skip(channel).step_by(self.channels);
        to.zip(from).for_each(|(to, from)| *to = *from);
    }

    fn silence_rest(&mut self) {
        let whole = self.length() * self.channels;
        self.samples[whole..].fill(0.0);
    }
}
