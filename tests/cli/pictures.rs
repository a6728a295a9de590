//! The picture of a sound before and after.

use crate::common::signals::noise;
use crate::program::*;
use hound::SampleFormat;
use std::fs;
use tempfile::TempDir;

#[test]
fn the_picture_shows_noise_before_and_less_of_it_after() {
    let folder = TempDir::new().unwrap();
    write(
        &folder.path().join("in.wav"),
        spec(2, 48_000, SampleFormat::Int),
        &[noise(1, 96_000, 0.1), noise(2, 96_000, 0.1)],
    );
    let output = run(folder.path(), &["wav", "in.wav", "-o", "out.wav", "--spectrogram", "out.png"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let file = std::io::BufReader::new(fs::File::open(folder.path().join("out.png")).unwrap());
    let mut reader = png::Decoder::new(file).read_info().unwrap();
    let mut dots = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut dots).unwrap();
    assert_eq!(info.color_type, png::ColorType::Rgb);
    let (width, height) = (info.width as usize, info.height as usize);
    // The middle of each panel, away from the axes.
    let brightness = |panel: usize| -> u64 {
        let top = panel * height / 2 + height / 8;
        (top..top + height / 5)
            .flat_map(|y| &dots[3 * (y * width + width / 4)..3 * (y * width + width / 2)])
            .map(|v| u64::from(*v))
            .sum()
    };
    assert!(brightness(0) > brightness(1) * 5 / 4, "{} {}", brightness(0), brightness(1));
}

#[test]
fn a_picture_that_is_there_is_replaced_only_by_force() {
    let folder = TempDir::new().unwrap();
    write(&folder.path().join("in.wav"), spec(1, 8_000, SampleFormat::Int), &[vec![0.0; 10]]);
    fs::write(folder.path().join("out.png"), "precious").unwrap();
    let arguments = ["wav", "in.wav", "-o", "out.wav", "--spectrogram", "out.png"];
    assert_refused(&run(folder.path(), &arguments), &["out.png", "--force"]);
    assert_eq!(fs::read(folder.path().join("out.png")).unwrap(), b"precious");
    assert!(!folder.path().join("out.wav").exists());
    assert!(run(folder.path(), &[&arguments[..], &["-f"]].concat()).status.success());
    assert!(fs::read(folder.path().join("out.png")).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn sounds_of_no_length_have_a_picture_too() {
    let folder = TempDir::new().unwrap();
    for length in [0, 1, 500] {
        write(&folder.path().join("in.wav"), spec(1, 16_000, SampleFormat::Int), &[vec![0.1; length]]);
        let arguments = ["wav", "in.wav", "-o", "out.wav", "-f", "--spectrogram", "out.png"];
        assert!(run(folder.path(), &arguments).status.success());
    }
}
