//! What stands on the screen.

use super::{View, plain};
use crate::cli::live::line::Line;
use crate::cli::live::news::News;
use crate::cli::live::screen::Picture;
use crate::dsp::meters::Band;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

fn line() -> Line {
    Line {
        open: true,
        seconds: 3723.9,
        input: Some("alsa:mic".into()),
        output: Some("alsa:spk".into()),
        channel: Some(2),
        device_in_ms: 1.5,
        device_in_told: true,
        ring_ms: 22.5,
        total_ms: 61.3,
        device_out_ms: 21.3,
        drift_ppm: -37.5,
        recording: true,
        recording_file: Some("takes/framewise-1-1-dry.wav".into()),
        latency_frames: 1,
        hop_worst_ms: 123.45,
        hop_deadline_ms: 10.0,
        underruns: 3,
        overruns: 12_345,
        drops: 123,
        device_xruns: 4321,
        device_errors: 9876,
        reopened: 17,
        input_clipped: 12,
        scrubbed: 1_234_567,
        model_lost: 89,
        ..Line::default()
    }
}

/// The screen of a view, row by row.
fn screen(width: u16, height: u16, line: Line, details: bool, plain: bool) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal");
    let mut view = View::new(plain);
    let long = "a line of news that is longer than a row of the smallest usual screen has room for, to its last word";
    view.tell(["an old line", long, "the newest line"].into_iter().map(String::from));
    let bands = vec![Band { middle: 500.0, before: 0.0, after: -23.0 }; 24];
    let picture = Picture { line, bands, news: vec![(News::Hint, String::new())], details };
    terminal.draw(|frame| view.draw(frame, &picture)).expect("a drawing");
    let buffer = terminal.backend().buffer();
    let row = |y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>() + "\n";
    (0..height).map(row).collect()
}

#[test]
fn everything_that_counts_is_on_the_smallest_usual_screen() {
    for (width, height) in [(80, 24), (120, 40)] {
        let screen = screen(width, height, line(), false, false);
        for text in [
            "framewise 1:02:03",
            "denoising",
            "RECORDING",
            "takes/framewise-1-1-dry.wav",
            "alsa:mic, channel 2",
            "alsa:spk",
            "CLIPPED 12",
            "delay 61.3 ms: ring 22.5, device out 21.3?, device in 1.5, ...",
            "latency 1 frames, strength full",
            "clocks -38 ppm",
            "worst 123.45 of 10 ms  scrubbed 1234567  lost 89",
            "underruns 3  overruns 12345  dropped 123  xruns 4321  errors 9876  reopened 17",
            "taken away in each band",
            "23 ",
            "the newest line",
            "q quit",
        ] {
            assert!(screen.contains(text), "`{text}` is not on\n{screen}");
        }
        // News wraps, to its last word.
        let flat: String = screen.chars().filter(|letter| *letter != '\n').collect();
        assert!(flat.contains("to its last word"), "{screen}");
    }
}

#[test]
fn the_channels_that_are_heard_and_what_is_done_to_them_are_on_the_screen() {
    let linked =
        Line { channel: None, channels: 2, linked: true, post_filter: true, input_clipped: 0, ..line() };
    let screen = screen(80, 24, linked, false, false);
    for text in ["alsa:mic, 2 channels linked", "strength full, post-filter, level"] {
        assert!(screen.contains(text), "`{text}` is not on\n{screen}");
    }
}

#[test]
fn the_spectrum_has_six_rows_and_more_on_the_smallest_usual_screen() {
    let screen = screen(80, 24, line(), false, true);
    // The first band is full: its column, below the title and above its numbers.
    let rows: Vec<_> = screen.lines().skip(8).take_while(|row| row.starts_with(['.', '#'])).collect();
    assert!(rows.len() >= 6, "{} rows in\n{screen}", rows.len());
    assert!(screen.is_ascii(), "{screen}");
}

#[test]
fn every_cause_of_the_delay_is_shown_on_a_key() {
    let screen = screen(80, 24, line(), true, false);
    for text in [
        "device in      1.5 ms",
        "look-ahead",
        "resampling",
        "device out    21.3 ms?",
        "total         61.3 ms",
    ] {
        assert!(screen.contains(text), "`{text}` is not on\n{screen}");
    }
}

#[test]
fn bypass_and_waiting_stand_out_and_a_smaller_screen_has_the_line() {
    assert!(screen(80, 24, Line { bypass: true, ..line() }, false, false).contains(" BYPASS "));
    let away = screen(80, 24, Line { recording: true, ..Line::default() }, false, false);
    assert!(
        away.contains("waiting for the devices") && away.contains("RECORDING  when they are back"),
        "{away}"
    );
    let small = screen(40, 12, line(), false, false).split_whitespace().collect::<Vec<_>>().join(" ");
    for text in ["the newest line", "delay 61.3 ms", "ring 22.5", "drift -38 ppm", "under 3", "recording"] {
        assert!(small.contains(text), "`{text}` is not on\n{small}");
    }
}

#[test]
fn a_screen_of_any_size_is_drawn_on() {
    for (width, height) in [(0, 0), (1, 1), (7, 30), (200, 4), (40, 12), (300, 100), (60, 20), (59, 20)] {
        screen(width, height, Line::default(), false, false);
    }
}

#[test]
#[cfg(unix)]
fn letters_alone_are_used_where_the_locale_has_nothing_else() {
    let with = |name: &'static str, value: &'static str| {
        plain(move |asked| (asked == name).then(|| value.to_owned()))
    };
    assert!(with("LANG", "C") && with("LC_ALL", "POSIX") && with("NOTHING", "en_GB.UTF-8"));
    assert!(!with("LANG", "de_DE.UTF-8") && !with("LC_ALL", "C.utf8") && !with("LC_CTYPE", "en_GB.utf-8"));
    let both = |asked: &str| match asked {
        "LC_ALL" => Some("C".to_owned()),
        _ => Some("en_GB.UTF-8".to_owned()),
    };
    assert!(plain(both), "the first that is set counts");
}
