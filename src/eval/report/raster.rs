//! Pictures of dots as PNG files.

/// A picture of `width` dots a row, three bytes of red, green and blue a dot, from the upper left on.
///
/// # Errors
/// If the picture has no dots, more than the format can count, or rows that are not whole.
pub(crate) fn png(width: usize, height: usize, dots: &[u8]) -> Result<Vec<u8>, png::EncodingError> {
    let size = |length: usize| u32::try_from(length).map_err(std::io::Error::other);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, size(width)?, size(height)?);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(dots)?;
    writer.finish()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::png;

    #[test]
    fn a_picture_comes_back_dot_by_dot() {
        let dots: Vec<u8> = (0..5 * 3 * 3).collect();
        let bytes = png(5, 3, &dots).expect("a picture");
        let mut reader = ::png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("a PNG file");
        let mut found = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut found).expect("dots");
        assert_eq!((info.width, info.height, info.color_type), (5, 3, ::png::ColorType::Rgb));
        assert_eq!(found, dots);
        assert!(png(5, 3, &dots[1..]).is_err() && png(0, 0, &[]).is_err());
    }
}
