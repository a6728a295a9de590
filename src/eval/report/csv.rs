//! `results.csv`: a line for each file and system.

use crate::eval::{Comparison, EvalError, Metric};

/// The lines; a metric that is not defined for a file leaves its field empty.
pub(super) fn csv(comparison: &Comparison) -> Result<Vec<u8>, EvalError> {
    let failed =
        |reason: &dyn ToString| EvalError::Record { file: "results.csv", reason: reason.to_string() };
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    let mut header = vec![
        "file",
        "clip",
        "group",
        "noise",
        "system",
        "look_ahead_frames",
        "delay_ms",
        "input_snr_db",
        "seconds",
    ];
    header.extend(comparison.metrics.iter().map(|metric| metric.key()));
    writer.write_record(&header).map_err(|error| failed(&error))?;
    for file in &comparison.files {
        for (n, row) in comparison.rows.iter().enumerate() {
            let mut record = vec![
                file.name.clone(),
                file.clip.clone(),
                file.group.clone(),
                file.noise.clone().unwrap_or_default(),
                row.name.clone(),
                row.frames.to_string(),
                format!("{:.3}", comparison.delay_ms(n)),
                file.snr.map_or_else(String::new, |snr| format!("{snr:.2}")),
                format!("{:.3}", file.seconds),
            ];
            let value =
                |&metric: &Metric| file.scores[n].get(metric).map_or_else(String::new, |v| format!("{v:.6}"));
            record.extend(comparison.metrics.iter().map(value));
            writer.write_record(&record).map_err(|error| failed(&error))?;
        }
    }
    writer.into_inner().map_err(|error| failed(&error))
}
