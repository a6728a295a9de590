//! A microphone for other programs: a sink to play into, and a source that gives what is played there.
//!
//! Both belong to a shell of their own, which removes them when its standard input ends: so whatever ends this program, even
//! without a chance to do anything, removes them.

use crate::io::live::Hosts;
use std::io::{BufRead, BufReader, Error, Read, Result};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

/// How long the shell may take to remove what it made.
const PATIENCE: Duration = Duration::from_secs(1);

/// On PipeWire. `$1` is the sink's name, `$2` what people read.
const PIPEWIRE: &str = r#"
pw-loopback --name "$1" \
    --capture-props="media.class=Audio/Sink node.name=$1 node.description=\"$2 input\"" \
    --playback-props="media.class=Audio/Source node.name=$1_microphone node.description=\"$2\" priority.session=1" &
made=$!
trap 'kill $made 2>/dev/null' EXIT
tries=0
until pw-cli ls Node | grep -q "node.name = \"$1_microphone\""; do
    tries=$((tries + 1))
    if [ $tries -gt 50 ] || ! kill -0 $made 2>/dev/null; then exit 1; fi
    sleep 0.1
done
echo ready
read -r end
"#;

/// On PulseAudio, which has no spaces in descriptions without more quotes than its commands keep.
const PULSEAUDIO: &str = r#"
text=$(printf %s "$2" | tr ' ' _)
sink=$(pactl load-module module-null-sink sink_name="$1" sink_properties=device.description="${text}_input") || exit 1
trap 'pactl unload-module $source; pactl unload-module $sink' EXIT
source=$(pactl load-module module-remap-source master="$1.monitor" source_name="$1_microphone" \
    source_properties=device.description="$text") || exit 1
echo ready
read -r end
"#;

/// The name of the sink that belongs to a microphone of this name.
pub fn sink(name: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    name.chars().map(letter).collect()
}

/// A name of letters, digits, spaces and `-`, `_` and `.`: all others mean something to a shell or a server.
pub fn checked(name: &str) -> std::result::Result<String, String> {
    let good = |c: char| c.is_alphanumeric() || " -_.".contains(c);
    if name.trim().is_empty() || !name.chars().all(good) {
        return Err("expected letters, digits, spaces, `-`, `_` or `.`".into());
    }
    Ok(name.to_owned())
}

/// A microphone that is there as long as this.
pub struct VirtualMic {
    shell: Child,
    input: Option<ChildStdin>,
}

impl VirtualMic {
    /// Makes a microphone of this name on the first of these sound systems.
    pub fn make(hosts: &Hosts, name: &str) -> Result<Self> {
        let script = match hosts.names().first().map(String::as_str) {
            Some("pipewire") => PIPEWIRE,
            Some("pulseaudio") => PULSEAUDIO,
            _ => {
                let text = "a virtual microphone needs PipeWire or PulseAudio, and a program that speaks to it itself: one \
                            built with the feature `pipewire` or `pulseaudio`";
                return Err(Error::other(text));
            }
        };
        Self::run(script, &sink(name), name)
    }

    fn run(script: &str, sink: &str, name: &str) -> Result<Self> {
        let mut command = Command::new("sh");
        command.args(["-c", script, "framewise", sink, name]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Signals from the terminal are for the program, which then ends the shell.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut shell = command.spawn()?;
        let (input, output, errors) = (shell.stdin.take(), shell.stdout.take(), shell.stderr.take());
        let made = Self { shell, input };
        let mut line = String::new();
        if let Some(output) = output {
            BufReader::new(output).read_line(&mut line)?;
        }
        if line.trim() == "ready" {
            return Ok(made);
        }
        drop(made);
        let mut text = String::new();
        errors.map_or(Ok(0), |mut errors| errors.read_to_string(&mut text))?;
        let last = text.lines().last().unwrap_or("it was not there after five seconds").to_owned();
        Err(Error::other(format!("the virtual microphone could not be made: {last}")))
    }
}

impl Drop for VirtualMic {
    fn drop(&mut self) {
        drop(self.input.take());
        let start = Instant::now();
        while matches!(self.shell.try_wait(), Ok(None)) && start.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{checked, sink};

    #[test]
    fn names_are_those_that_servers_and_shells_leave_as_they_are() {
        assert_eq!(sink("Framewise microphone"), "framewise_microphone");
        for name in ["Framewise", "Clean voice 2", "b-c_d.e"] {
            assert_eq!(checked(name), Ok(name.to_owned()));
        }
        for name in ["", "  ", "a\"b", "$(reboot)", "a;b", "a=b"] {
            assert!(checked(name).is_err(), "{name}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn what_was_made_is_removed_when_the_program_lets_go_and_a_failure_says_why() {
        use super::VirtualMic;
        let folder = tempfile::TempDir::new().expect("a folder");
        let made = folder.path().join("made");
        let script = format!("touch {0}; trap 'rm {0}' EXIT; echo ready; read -r end", made.display());
        let mic = VirtualMic::run(&script, "sink", "name").expect("a shell");
        assert!(made.exists());
        drop(mic);
        assert!(!made.exists());
        let error = VirtualMic::run("echo no server >&2; exit 1", "sink", "name").err().expect("an error");
        assert!(error.to_string().ends_with("could not be made: no server"), "{error}");
    }
}
