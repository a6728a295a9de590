//! `results.json`: everything that was found, for programs.

use super::Provenance;
use crate::eval::{
    CONFIDENCE, Comparison, DRAWS, EvalError, FEWEST_CLIPS, FileScores, HopTimes, Metric, Scores,
};
use serde_json::{Map, Value, json};

/// The record as text.
pub(super) fn json(comparison: &Comparison, provenance: &Provenance) -> Result<Vec<u8>, EvalError> {
    let models = comparison.models();
    let differences = models.iter().skip(1).map(|&other| {
        let by_metric = Metric::ALL
            .map(|metric| (metric.key().to_owned(), json!(comparison.difference(models[0], other, metric))));
        json!({
            "of": comparison.rows[other].name,
            "less": comparison.rows[models[0]].name,
            "delay_ms": comparison.delay_ms(other) - comparison.delay_ms(models[0]),
            "metrics": Map::from_iter(by_metric),
        })
    });
    let record = json!({
        "provenance": provenance,
        "sample_rate": comparison.sample_rate,
        "intervals": {
            "method": "percentile bootstrap, widened for few clips",
            "drawn": "clips, each with all its files",
            "clips": comparison.clips(),
            "fewest_clips": FEWEST_CLIPS,
            "noise_recordings_not_drawn": comparison.noises(),
            "draws": DRAWS,
            "confidence": CONFIDENCE,
        },
        "systems": (0..comparison.rows.len()).map(|row| system(comparison, row)).collect::<Vec<_>>(),
        "differences": differences.collect::<Vec<_>>(),
        "files": comparison.files.iter().map(|found| file(comparison, found)).collect::<Vec<_>>(),
        "skipped": comparison.skipped,
    });
    let mut text = serde_json::to_vec_pretty(&record)
        .map_err(|error| EvalError::Record { file: "results.json", reason: error.to_string() })?;
    text.push(b'\n');
    Ok(text)
}

fn system(comparison: &Comparison, n: usize) -> Value {
    let row = &comparison.rows[n];
    let means = Metric::ALL.map(|metric| (metric.key().to_owned(), json!(comparison.mean(n, metric))));
    json!({
        "name": row.name,
        "kind": row.kind,
        "model": row.header,
        "look_ahead_frames": row.frames,
        "window_samples": row.window_and_hop.map(|(window, _)| window),
        "hop_samples": row.window_and_hop.map(|(_, hop)| hop),
        "delay_samples": row.delay,
        "delay_ms": comparison.delay_ms(n),
        "time_per_hop": row.times.as_ref().and_then(HopTimes::timing),
        "cost": row.cost,
        "means": Map::from_iter(means),
    })
}

fn file(comparison: &Comparison, file: &FileScores) -> Value {
    let scores =
        comparison.rows.iter().zip(&file.scores).map(|(row, found)| (row.name.clone(), scores(found)));
    json!({
        "name": file.name,
        "clip": file.clip,
        "noise": file.noise,
        "input_snr_db": file.snr,
        "seconds": file.seconds,
        "scores": Map::from_iter(scores),
    })
}

fn scores(scores: &Scores) -> Value {
    let mut values = Map::from_iter(Metric::ALL.map(|m| (m.key().to_owned(), json!(scores.get(m)))));
    if !scores.undefined().is_empty() {
        let reasons = scores.undefined().iter().map(|(m, why)| (m.key().to_owned(), json!(why)));
        values.insert("undefined".into(), Value::Object(Map::from_iter(reasons)));
    }
    Value::Object(values)
}
