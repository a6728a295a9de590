//! Packets out of the pages of an Ogg stream, which need not be a file.

use super::ByteStream;
use super::samples::damaged;
use ogg::Packet;
use ogg::reading::{BasePacketReader, PageParser};
use std::io::{self, ErrorKind, Read};

const HEADER: usize = 27;

pub(super) struct Pages {
    bytes: ByteStream,
    packets: BasePacketReader,
}

impl Pages {
    pub(super) fn new(bytes: ByteStream) -> Self {
        Self { bytes, packets: BasePacketReader::new() }
    }

    /// The next packet; none at the end of the stream, or where it ends within a page.
    pub(super) fn next(&mut self) -> io::Result<Option<Packet>> {
        loop {
            if let Some(packet) = self.packets.read_packet() {
                return Ok(Some(packet));
            }
            match self.page() {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
                Err(error) => return Err(error),
            }
        }
    }

    fn page(&mut self) -> io::Result<()> {
        let mut header = [0; HEADER];
        self.bytes.read_exact(&mut header)?;
        while !header.starts_with(b"OggS") {
            // Bytes that belong to no page.
            header.copy_within(1.., 0);
            self.bytes.read_exact(&mut header[HEADER - 1..])?;
        }
        let broken = |error| damaged(format_args!("damaged Ogg page: {error}"));
        let (mut parser, count) = PageParser::new(header).map_err(broken)?;
        let mut segments = vec![0; count];
        self.bytes.read_exact(&mut segments)?;
        let mut body = vec![0; parser.parse_segments(segments)];
        self.bytes.read_exact(&mut body)?;
        let page = parser.parse_packet_data(body).map_err(broken)?;
        self.packets.push_page(page).map_err(broken)
    }
}
