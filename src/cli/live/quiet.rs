//! What sound libraries print on standard error while devices are looked for and opened: held back, not lost.
//!
//! ALSA and the libraries behind its plugins print to the process's standard error, mostly about devices that were only
//! asked after; in the terminal view that would also damage the picture. So standard error goes through a pipe meanwhile.
//! Lines that are known as such noise are kept back, the last one as the reason should opening fail; every other line
//! is printed afterwards. A thread reads the pipe all the time, so that it never fills, and keeps a bounded number of lines.

/// Standard error held back, until this is dropped.
pub struct Quiet {
    #[cfg(target_os = "linux")]
    held: Option<linux::Held>,
}

#[cfg(not(target_os = "linux"))]
impl Quiet {
    /// Nothing needs to be held back here.
    pub fn begin() -> Self {
        Self {}
    }

    pub fn end(self) -> Option<String> {
        None
    }
}

#[cfg(target_os = "linux")]
impl Quiet {
    /// Holds back from now on. Where that is not possible, or done already, nothing changes.
    pub fn begin() -> Self {
        Self { held: linux::Held::begin() }
    }

    /// Ends it, prints what was no noise, and gives the last line of noise.
    pub fn end(mut self) -> Option<String> {
        self.held.take().and_then(linux::Held::end)
    }
}

#[cfg(target_os = "linux")]
impl Drop for Quiet {
    fn drop(&mut self) {
        // In a panic, too: its message is among what is printed.
        self.held.take().map(linux::Held::end);
    }
}

/// The text of a line of noise; none if the line is something else.
#[cfg(any(target_os = "linux", test))]
fn noise(line: &str) -> Option<&str> {
    const OF_JACK: [&str; 6] = [
        "Cannot connect to server socket",
        "Cannot connect to server request channel",
        "jack server is not running or cannot be started",
        "JackShmReadWritePtr",
        "attempt to connect to server failed",
        "connect(2) call to /dev/shm/jack",
    ];
    let line = line.trim();
    if line.is_empty() || OF_JACK.iter().any(|start| line.starts_with(start)) {
        return Some("");
    }
    // `ALSA lib FILE:LINE:(FUNCTION) TEXT`
    line.starts_with("ALSA lib ").then(|| line.split_once(") ").map_or("", |(_, text)| text))
}

#[cfg(target_os = "linux")]
mod linux {
    use super::noise;
    use std::collections::VecDeque;
    use std::io::{BufRead, BufReader, PipeReader, Write, pipe, stderr};
    use std::os::fd::OwnedFd;
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
    use std::sync::mpsc::{Receiver, channel};
    use std::sync::{Arc, Mutex, PoisonError};
    use std::time::Duration;

    /// Lines that are kept to be printed.
    const MOST: usize = 1000;
    /// How long the end of what was printed is waited for: a server that a library started may hold the pipe for ever.
    const PATIENCE: Duration = Duration::from_millis(200);

    /// Whether standard error is held back: there is only one, and whoever holds it gives it back as it was.
    static TAKEN: AtomicBool = AtomicBool::new(false);

    #[derive(Default)]
    struct Lines {
        others: VecDeque<String>,
        noise: Option<String>,
    }

    pub struct Held {
        stderr: OwnedFd,
        lines: Arc<Mutex<Lines>>,
        /// Disconnected when the pipe is closed and read to its end.
        ended: Receiver<()>,
    }

    impl Held {
        /// None where it is held back already, or cannot be.
        pub fn begin() -> Option<Self> {
            if TAKEN.swap(true, Relaxed) {
                return None;
            }
            let held = Self::hold();
            if held.is_err() {
                TAKEN.store(false, Relaxed);
            }
            held.ok()
        }

        fn hold() -> std::io::Result<Self> {
            let (reader, writer) = pipe()?;
            let kept = rustix::io::dup(rustix::stdio::stderr())?;
            let named = std::thread::Builder::new().name("framewise quiet".into());
            let lines = Arc::new(Mutex::new(Lines::default()));
            let (until, ended) = channel();
            let kept_lines = Arc::clone(&lines);
            named.spawn(move || {
                let _until: std::sync::mpsc::Sender<()> = until;
                read(reader, &kept_lines);
            })?;
            // Where this fails, the pipe closes and its thread ends.
            rustix::stdio::dup2_stderr(&writer)?;
            Ok(Self { stderr: kept, lines, ended })
        }

        pub fn end(self) -> Option<String> {
            // Closes the pipe: its reader comes to the end.
            rustix::stdio::dup2_stderr(&self.stderr).ok()?;
            TAKEN.store(false, Relaxed);
            let _ = self.ended.recv_timeout(PATIENCE);
            let Lines { others, noise } =
                std::mem::take(&mut *self.lines.lock().unwrap_or_else(PoisonError::into_inner));
            for line in others {
                let _ = writeln!(stderr(), "{line}");
            }
            noise.filter(|text| !text.is_empty())
        }
    }

    fn read(pipe: PipeReader, lines: &Mutex<Lines>) {
        let (mut input, mut line) = (BufReader::new(pipe), Vec::new());
        while input.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(&line);
            let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
            match noise(&text) {
                Some("") => {}
                Some(text) => lines.noise = Some(text.to_owned()),
                None => {
                    if lines.others.len() == MOST {
                        lines.others.pop_front();
                    }
                    lines.others.push_back(text.trim_end().to_owned());
                }
            }
            line.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::noise;

    #[test]
    fn noise_is_known_by_its_beginning_and_everything_else_is_not_noise() {
        let unknown = "ALSA lib pcm.c:2666:(snd_pcm_open_noupdate) Unknown PCM cards.pcm.rear";
        assert_eq!(noise(unknown), Some("Unknown PCM cards.pcm.rear"));
        assert_eq!(noise("jack server is not running or cannot be started\n"), Some(""));
        for line in
            ["thread 'main' panicked at src/main.rs:1:1:", "framewise: ALSA lib", "memory allocation failed"]
        {
            assert_eq!(noise(line), None);
        }
    }
}
