//! Colours of levels.

/// Black through blue, violet and orange to pale yellow for 0 to 1: brightness grows all the way.
pub(crate) fn shade(level: f32) -> [u8; 3] {
    const STOPS: [[f32; 3]; 6] = [
        [0.0, 0.0, 4.0],
        [40.0, 20.0, 95.0],
        [125.0, 35.0, 125.0],
        [210.0, 65.0, 80.0],
        [250.0, 150.0, 45.0],
        [252.0, 250.0, 180.0],
    ];
    // Not a number compares as dark.
    let place = if level > 0.0 { level.min(1.0) * (STOPS.len() - 1) as f32 } else { 0.0 };
    let from = (place as usize).min(STOPS.len() - 2);
    let part = place - from as f32;
    std::array::from_fn(|c| (STOPS[from][c] + part * (STOPS[from + 1][c] - STOPS[from][c])) as u8)
}
