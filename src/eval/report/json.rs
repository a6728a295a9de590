//! `results.json`: everything that was found, for programs.

use super::Provenance;
use crate::eval::{
    CONFIDENCE, Comparison, DRAWS, Difference, EvalError, FEWEST_GROUPS, FileScores, HopTimes, LEVEL, Metric,
    Scores,
};
use serde_json::{Map, Value, json};

/// The record as text.
pub(super) fn json(comparison: &Comparison, provenance: &Provenance) -> Result<Vec<u8>, EvalError> {
    let systems = comparison.systems();
    let all = comparison.differences();
    let differences = systems.iter().skip(1).map(|&other| {
        let of = all.iter().filter(|found| found.row == other);
        let by_metric = of.map(|found| (found.metric.key().to_owned(), difference(found)));
        json!({
            "of": comparison.rows[other].name,
            "less": comparison.rows[systems[0]].name,
            "delay_ms": comparison.delay_ms(other) - comparison.delay_ms(systems[0]),
            "metrics": Map::from_iter(by_metric),
        })
    });
    let record = json!({
        "provenance": provenance,
        "sample_rate": comparison.sample_rate,
        "intervals": {
            "method": "percentile bootstrap, widened for few groups",
            "drawn": "groups of clips, each with all its files",
            "grouped_by": comparison.grouping,
            "groups": comparison.groups(),
            "clips": comparison.clips(),
            "fewest_groups": FEWEST_GROUPS,
            "noise_recordings_not_drawn": comparison.noises(),
            "draws": DRAWS,
            "confidence": CONFIDENCE,
        },
        "tests": {
            "method": "paired sign-flip test over groups, Holm's correction over all metrics and systems",
            "level": LEVEL,
        },
        "metric_sample_rates": Map::from_iter(
            comparison.metrics.iter().map(|m| (m.key().to_owned(), json!(m.rate().unwrap_or(comparison.sample_rate))))
        ),
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

fn difference(found: &Difference) -> Value {
    json!({
        "mean": found.estimate.mean,
        "interval": found.estimate.interval,
        "files": found.estimate.files,
        "groups": found.estimate.groups,
        "probability": found.probability,
        "probability_holm": found.corrected,
        "claim": found.claim().words(),
    })
}

fn system(comparison: &Comparison, n: usize) -> Value {
    let row = &comparison.rows[n];
    let by_metric = |value: &dyn Fn(Metric) -> Value| {
        Map::from_iter(comparison.metrics.iter().map(|&metric| (metric.key().to_owned(), value(metric))))
    };
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
        "means": by_metric(&|metric| json!(comparison.mean(n, metric))),
        "worst_tenth": by_metric(&|metric| json!(comparison.worst_tenth(n, metric))),
        "seeds": row.seeds,
        "spread_over_seeds": (row.seeds > 1).then(|| by_metric(&|metric| json!(comparison.spread(n, metric)))),
        "sample_rate": row.sample_rate,
        "moved_samples": row.moved,
    })
}

fn file(comparison: &Comparison, file: &FileScores) -> Value {
    let scores = comparison
        .rows
        .iter()
        .zip(&file.scores)
        .map(|(row, found)| (row.name.clone(), scores(&comparison.metrics, found)));
    json!({
        "name": file.name,
        "clip": file.clip,
        "group": file.group,
        "noise": file.noise,
        "input_snr_db": file.snr,
        "seconds": file.seconds,
        "scores": Map::from_iter(scores),
    })
}

fn scores(metrics: &[Metric], scores: &Scores) -> Value {
    let mut values = Map::from_iter(metrics.iter().map(|&m| (m.key().to_owned(), json!(scores.get(m)))));
    if !scores.undefined().is_empty() {
        let reasons = scores.undefined().iter().map(|(m, why)| (m.key().to_owned(), json!(why)));
        values.insert("undefined".into(), Value::Object(Map::from_iter(reasons)));
    }
    Value::Object(values)
}
