//! Nothing is allocated in a callback, whatever happens around it.

use crate::common::allocator::calls;
use crate::common::signals::voice;
use framewise::io::live::{DeviceSample, Link, LinkConfig, Moment, Side};
use framewise::model::{Latency, Model};
use std::time::Duration;

fn trapped<T: DeviceSample, U: DeviceSample>(rates: [u32; 2], blocks: &[[usize; 2]]) {
    let models = Latency::ALL.map(Model::builtin);
    let config = LinkConfig::new(Side::new(rates[0], 2), Side::new(rates[1], 2));
    let Link { mut capture, mut playback, handle, mut tap, mut monitor, .. } = Link::new(&config, &models);
    let sound: Vec<T> = voice(9, 20_000).into_iter().map(T::from_f32).collect();
    let mut out = [U::from_f32(0.0); 20_000];
    let mut pairs = [[0.0; 2]; 1024];
    let controls = handle.controls();
    let switches = handle.switches();
    switches.set_tapped(true);
    switches.set_monitored(true);
    let mut now = Duration::from_secs(1);
    for (n, &[taken, given]) in blocks.iter().cycle().take(300).enumerate() {
        match n {
            50 => controls.set_model(1),
            120 => controls.set_bypass(true),
            140 => controls.set_strength(12.0),
            160 => switches.set_muted(true),
            _ => {}
        }
        // Time without input, and time without output, among them.
        let counted = calls(|| {
            if !(180..200).contains(&n) {
                capture.capture(&sound[..2 * taken], Moment { now, device: Duration::from_millis(20) });
            }
            if !(220..290).contains(&n) {
                playback.playback(&mut out[..2 * given], Moment { now, device: Duration::from_millis(20) });
            }
            tap.read(&mut pairs);
            monitor.read(&mut pairs);
        });
        assert_eq!(counted, 0, "call {n} of {taken} in, {given} out");
        now += Duration::from_secs_f64(taken as f64 / f64::from(rates[0]));
    }
    let report = handle.report();
    assert!(report.underruns > 0 && report.hops > 100, "{report:?}");
}

#[test]
fn callbacks_allocate_nothing_for_any_format_rate_and_block() {
    trapped::<f32, f32>([16_000, 16_000], &[[160, 160]]);
    trapped::<i16, f32>([48_000, 48_000], &[[480, 480], [1056, 1056], [1, 1], [4096, 4096], [0, 0]]);
    trapped::<u8, cpal::I24>([44_100, 48_000], &[[441, 480]]);
    trapped::<i32, u16>([48_000, 44_100], &[[480, 441]]);
    trapped::<f64, i16>([96_000, 8_000], &[[960, 80]]);
}
