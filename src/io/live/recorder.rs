//! Dry and denoised sound to two WAV files, on a thread of its own.

use super::error::LiveError;
use crate::io::live::link::Tap;
use crate::io::wav::{LastingWriter, OutEncoding, WavError, WavOutSpec, WavReader, recover};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How often what was written becomes readable, and how often the tap is emptied.
const COMMIT: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(50);
/// What the names of recordings begin and end with.
const NAME: &str = "framewise-";
const KINDS: [&str; 2] = ["-dry.wav", "-wet.wav"];

/// Writes what comes out of a tap until it is stopped. Both files lie beside each other in time, are readable at every second
/// and are kept whatever happens.
pub struct Recorder {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<(Tap, Recorded)>,
    paths: [PathBuf; 2],
}

/// What became of a recording.
#[derive(Debug)]
#[non_exhaustive]
pub struct Recorded {
    /// Frames in each of the files.
    pub frames: u64,
    /// Why it ended before it was told to, where it did.
    pub failed: Option<LiveError>,
}

fn spec(rate: u32, channels: u16) -> WavOutSpec {
    WavOutSpec::new(rate, channels, OutEncoding::F32)
}

impl Recorder {
    /// Starts two files, `framewise-TIME-N-dry.wav` and `framewise-TIME-N-wet.wav`, under names that nobody has, in a folder
    /// that is made if need be, and takes the tap; none if there is no tap to take.
    ///
    /// # Errors
    /// If folder, files or thread cannot be had. The tap stays where it is unless it was the thread.
    pub fn start(tap: &mut Option<Tap>, rate: u32, folder: &Path) -> Result<Option<Self>, LiveError> {
        let Some(channels) = tap.as_ref().map(Tap::channels) else { return Ok(None) };
        let system = |what: String| move |source| LiveError::System { what, source };
        std::fs::create_dir_all(folder).map_err(system(folder.display().to_string()))?;
        let mut files = pair(folder, &spec(rate, channels.try_into().unwrap_or(u16::MAX)))?;
        let paths = files.each_ref().map(|file| file.path().to_owned());
        let Some(mut tap) = tap.take() else { return Ok(None) };
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let work = move || {
            let failed = write(&mut tap, &mut files, &stopped).err();
            // As long as each other, also where the disk took more of one than of the other.
            let frames = files.iter().map(LastingWriter::frames).min().unwrap_or(0);
            let ended = files.iter_mut().map(|file| file.shorten(frames)).find_map(Result::err);
            (tap, Recorded { frames, failed: failed.or(ended).map(LiveError::from) })
        };
        let thread = std::thread::Builder::new()
            .name("framewise recorder".into())
            .spawn(work)
            .map_err(system("a thread for recording".into()))?;
        Ok(Some(Self { stop, thread, paths }))
    }

    /// The files: dry and denoised sound.
    pub fn paths(&self) -> &[PathBuf; 2] {
        &self.paths
    }

    /// Whether it has ended by itself, which only a fault makes it do.
    pub fn ended(&self) -> bool {
        self.thread.is_finished()
    }

    /// Ends both files; gives the tap back, and what was written.
    pub fn finish(self) -> (Option<Tap>, Recorded) {
        self.stop.store(true, Relaxed);
        match self.thread.join() {
            Ok((tap, recorded)) => (Some(tap), recorded),
            Err(_) => {
                let source = std::io::Error::other("the recorder stopped unexpectedly");
                let failed = Some(LiveError::System { what: "recording".into(), source });
                (None, Recorded { frames: 0, failed })
            }
        }
    }

    /// Completes the recordings in a folder whose programs were ended from outside, so that all of their sound can be read;
    /// gives their files and lengths in seconds. Recordings that are under way, here or elsewhere, are left alone, and so is a
    /// file that cannot be read.
    pub fn recover(folder: &Path, rate: u32) -> Vec<(PathBuf, f64)> {
        let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
        let mut found = Vec::new();
        for path in entries.flatten().map(|entry| entry.path()) {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.starts_with(NAME)
                && KINDS.iter().any(|kind| name.ends_with(kind))
                // Its header is whole at every moment; only the length that it says is not.
                && let Ok(channels) = WavReader::open(&path).map(|reader| reader.spec().channels)
                && let Ok(Some(frames)) = recover(&path, &spec(rate, channels))
            {
                found.push((path, frames as f64 / f64::from(rate)));
            }
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found
    }
}

/// Two files of one name that nobody has.
fn pair(folder: &Path, spec: &WavOutSpec) -> Result<[LastingWriter; 2], WavError> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    for count in 1u64.. {
        let path = |kind: &str| folder.join(format!("{NAME}{now}-{count}{kind}"));
        let dry = match LastingWriter::create(path(KINDS[0]), *spec) {
            Err(WavError::Exists { .. }) => continue,
            dry => dry?,
        };
        match LastingWriter::create(path(KINDS[1]), *spec) {
            Ok(wet) => return Ok([dry, wet]),
            Err(error) => {
                // Nothing was recorded yet.
                let _ = std::fs::remove_file(dry.path());
                if !matches!(error, WavError::Exists { .. }) {
                    return Err(error);
                }
            }
        }
    }
    unreachable!("a folder does not hold 2^64 files")
}

fn write(tap: &mut Tap, files: &mut [LastingWriter; 2], stopped: &AtomicBool) -> Result<(), WavError> {
    let (mut pairs, mut samples) = (vec![[0.0; 2]; 4096], Vec::with_capacity(4096));
    let mut committed = Instant::now();
    loop {
        let last = stopped.load(Relaxed);
        let count = tap.read(&mut pairs);
        for (side, file) in files.iter_mut().enumerate() {
            samples.clear();
            samples.extend(pairs[..count].iter().map(|pair| pair[side]));
            file.write(&samples)?;
        }
        if committed.elapsed() >= COMMIT {
            files.iter_mut().try_for_each(LastingWriter::commit)?;
            committed = Instant::now();
        }
        if count == 0 {
            if last {
                return Ok(());
            }
            std::thread::sleep(TICK);
        }
    }
}
