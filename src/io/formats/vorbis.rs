//! Ogg Vorbis, trimmed at both ends as its pages say.

use super::pages::Pages;
use super::samples::{Decoder, Samples, damaged, spec};
use super::{ByteStream, codebooks, positions};
use crate::io::wav::{Container, Notes, SampleEncoding, Warning, WavError, WavReader, shown};
use lewton::audio::{PreviousWindowRight, read_audio_packet_generic};
use lewton::header::{IdentHeader, SetupHeader, read_header_ident, read_header_setup};
use ogg::Packet;
use std::io;

/// For each channel in the order of a WAV file, its place in a Vorbis packet, by the number of channels.
const ORDER: [&[usize]; 8] = [
    &[0],
    &[0, 1],
    &[0, 2, 1],
    &[0, 1, 2, 3],
    &[0, 2, 1, 3, 4],
    &[0, 2, 1, 5, 3, 4],
    &[0, 2, 1, 6, 5, 3, 4],
    &[0, 2, 1, 7, 5, 6, 3, 4],
];

struct Vorbis {
    pages: Pages,
    stream: LogicalStream,
    /// Whether the last page of the stream was met.
    complete: bool,
    notes: Notes,
}

/// One of the streams that follow each other in a file; mostly it is the only one.
struct LogicalStream {
    serial: u32,
    about: IdentHeader,
    setup: SetupHeader,
    window: PreviousWindowRight,
    /// Samples that the pages up to now have brought; none before the first page of sound ends.
    position: Option<u64>,
    /// What that page brings, until it is known whether its beginning belongs to the sound.
    pending: Vec<Vec<f32>>,
}

pub(super) fn open(name: &str, bytes: ByteStream) -> Result<WavReader, WavError> {
    let failed = |source| WavError::Decode { file: shown(name), source };
    let mut pages = Pages::new(bytes);
    let first = pages.next().and_then(|packet| packet.ok_or_else(ended)).map_err(failed)?;
    let stream = LogicalStream::begin(&first, &mut pages).map_err(failed)?;
    let channels = u16::from(stream.about.audio_channels);
    let container = (Container::OggVorbis, positions(channels));
    let spec = spec(name, stream.about.audio_sample_rate, channels, (SampleEncoding::F32, 32), container)?;
    let notes = Notes::default();
    let vorbis = Vorbis { pages, stream, complete: false, notes: notes.clone() };
    Ok(WavReader::decoded(name, Samples::new(vorbis), spec, None, notes))
}

fn ended() -> io::Error {
    damaged("Ogg Vorbis ends in its header")
}

impl LogicalStream {
    /// Reads the headers, of which the first is there already.
    fn begin(first: &Packet, pages: &mut Pages) -> io::Result<Self> {
        let broken = |error| damaged(format_args!("damaged Vorbis header: {error}"));
        let about = read_header_ident(&first.data).map_err(broken)?;
        let mut next = || -> io::Result<Packet> {
            loop {
                let packet = pages.next()?.ok_or_else(ended)?;
                if packet.stream_serial() == first.stream_serial() {
                    return Ok(packet);
                }
            }
        };
        // Who sings what is of no use here, and how many lines say so may be a lie.
        if !next()?.data.starts_with(b"\x03vorbis") {
            return Err(damaged("damaged Vorbis header: the comments are missing"));
        }
        let sizes = (about.blocksize_0, about.blocksize_1);
        let setup = next()?.data;
        if !codebooks::are_bounded(&setup) {
            return Err(damaged("damaged Vorbis header: its code books are larger than any encoder makes"));
        }
        let setup = read_header_setup(&setup, about.audio_channels, sizes).map_err(broken)?;
        let pending = vec![Vec::new(); usize::from(about.audio_channels)];
        let (serial, window) = (first.stream_serial(), PreviousWindowRight::new());
        Ok(Self { serial, about, setup, window, position: None, pending })
    }

    /// Decodes a packet, and gives the planes that are now known to be sound.
    fn decode(&mut self, packet: &Packet) -> io::Result<Vec<Vec<f32>>> {
        let decoded: Vec<Vec<f32>> =
            read_audio_packet_generic(&self.about, &self.setup, &packet.data, &mut self.window)
                .map_err(|error| damaged(format_args!("damaged Vorbis packet: {error}")))?;
        for (pending, decoded) in self.pending.iter_mut().zip(&decoded) {
            pending.extend(decoded);
        }
        let count = self.pending[0].len() as u64;
        if !packet.last_in_page() {
            return Ok(if self.position.is_some() { self.give(0, count) } else { Vec::new() });
        }
        let end = packet.absgp_page();
        let last = packet.last_in_stream();
        let planes = match self.position {
            // What the last page has beyond its end is padding.
            Some(position) if last => self.give(0, count.min(end.saturating_sub(position))),
            None if last => self.give(0, count.min(end)),
            // A first page that ends before all that it holds has begun before the sound.
            None => self.give(count.saturating_sub(end), count),
            Some(_) => self.give(0, count),
        };
        self.position = Some(end);
        Ok(planes)
    }

    /// The pending samples of a range, in the order of a WAV file; nothing is pending any more.
    fn give(&mut self, from: u64, to: u64) -> Vec<Vec<f32>> {
        let (from, to) = (from as usize, to as usize);
        if let Some(position) = &mut self.position {
            *position += (to - from) as u64;
        }
        let order = ORDER.get(self.pending.len() - 1).copied();
        let plane = |place: usize| self.pending[place][from..to].to_vec();
        let planes = match order {
            Some(order) => order.iter().map(|&place| plane(place)).collect(),
            None => (0..self.pending.len()).map(plane).collect(),
        };
        self.pending.iter_mut().for_each(Vec::clear);
        planes
    }
}

impl Decoder for Vorbis {
    fn decode(&mut self, samples: &mut Vec<u8>) -> io::Result<bool> {
        let Some(packet) = self.pages.next()? else {
            if !self.complete {
                self.notes.add(Warning::CutShort);
            }
            let rest = self.stream.pending[0].len() as u64;
            interleave(&self.stream.give(0, rest), samples);
            return Ok(false);
        };
        if packet.first_in_stream() && packet.stream_serial() != self.stream.serial {
            // Beside the sound, if it has not ended: not ours.
            if !self.complete {
                return Ok(true);
            }
            let next = LogicalStream::begin(&packet, &mut self.pages)?;
            let both = [&self.stream, &next];
            let [before, after] = both.map(|s| (s.about.audio_channels, s.about.audio_sample_rate));
            if before != after {
                return Err(damaged("a chain of Vorbis streams that differ in rate or channels"));
            }
            (self.stream, self.complete) = (next, false);
            return Ok(true);
        }
        if packet.stream_serial() == self.stream.serial {
            interleave(&self.stream.decode(&packet)?, samples);
            self.complete |= packet.last_in_stream();
        }
        Ok(true)
    }
}

fn interleave(planes: &[Vec<f32>], samples: &mut Vec<u8>) {
    for n in 0..planes.first().map_or(0, Vec::len) {
        for plane in planes {
            samples.extend(plane[n].to_le_bytes());
        }
    }
}
