//! Dry and denoised sound to two WAV files, on a thread of its own.

use super::error::LiveError;
use super::tap::Tap;
use crate::io::wav::{OutEncoding, WavOutSpec, WavWriter};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::Duration;

/// Writes what comes out of a tap until it is stopped. Both files lie beside each other in time.
pub struct Recorder {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<(Tap, Result<u64, LiveError>)>,
}

impl Recorder {
    /// Starts two files, `NAME-dry.wav` and `NAME-wet.wav`, in a folder that is made if need be, and takes the tap; none if
    /// there is no tap to take.
    ///
    /// # Errors
    /// If folder, files or thread cannot be had. The tap stays where it is unless it was the thread.
    pub fn start(
        tap: &mut Option<Tap>,
        rate: u32,
        folder: &Path,
        name: &str,
    ) -> Result<Option<Self>, LiveError> {
        let system = |what: String| move |source| LiveError::System { what, source };
        std::fs::create_dir_all(folder).map_err(system(folder.display().to_string()))?;
        let create = |kind: &str| {
            let path = folder.join(format!("{name}-{kind}.wav"));
            WavWriter::create(path, WavOutSpec::new(rate, 1, OutEncoding::F32), false)
        };
        let (mut dry, mut wet) = (create("dry")?, create("wet")?);
        let Some(mut tap) = tap.take() else { return Ok(None) };
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let work = move || {
            let mut write = |tap: &mut Tap| -> Result<u64, LiveError> {
                let mut pairs = [[0.0; 2]; 4096];
                let mut frames = 0;
                loop {
                    let last = stopped.load(Relaxed);
                    let count = tap.read(&mut pairs);
                    let side = |side: usize| pairs[..count].iter().map(|pair| pair[side]).collect::<Vec<_>>();
                    dry.write(&side(0))?;
                    wet.write(&side(1))?;
                    frames += count as u64;
                    if count == 0 {
                        if last {
                            return Ok(frames);
                        }
                        std::thread::sleep(Duration::from_millis(50));
                    }
                }
            };
            let written = write(&mut tap);
            let finished = dry.finish().and(wet.finish()).map_err(LiveError::from);
            (tap, written.and_then(|frames| finished.map(|_| frames)))
        };
        let thread = std::thread::Builder::new()
            .name("framewise recorder".into())
            .spawn(work)
            .map_err(system("a thread for recording".into()))?;
        Ok(Some(Self { stop, thread }))
    }

    /// Whether it has ended by itself, which only a fault makes it do.
    pub fn ended(&self) -> bool {
        self.thread.is_finished()
    }

    /// Ends both files; gives the tap back, and the frames written.
    pub fn finish(self) -> (Option<Tap>, Result<u64, LiveError>) {
        self.stop.store(true, Relaxed);
        match self.thread.join() {
            Ok((tap, written)) => (Some(tap), written),
            Err(_) => {
                let source = std::io::Error::other("the recorder stopped unexpectedly");
                (None, Err(LiveError::System { what: "recording".into(), source }))
            }
        }
    }
}
