//! Any bytes as a WAV file: no panic, no hang, no more samples than bytes, all finite.
#![no_main]

use framewise::io::wav::WavReader;
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

fuzz_target!(|bytes: &[u8]| {
    let Ok(mut reader) = WavReader::new("fuzz.wav", Cursor::new(bytes.to_vec())) else { return };
    let channels = usize::from(reader.spec().channels);
    let mut block = vec![0.0; 64 * channels];
    let mut samples = 0;
    loop {
        let count = reader.read(&mut block).expect("reading memory does not fail");
        if count == 0 {
            break;
        }
        assert!(block[..count].iter().all(|sample| sample.is_finite()));
        assert_eq!(count % channels, 0);
        samples += count;
    }
    assert!(samples <= bytes.len());
    for warning in reader.warnings() {
        assert!(!warning.to_string().contains('\n'));
    }
});
