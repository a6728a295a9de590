//! Under the real-time sanitizer, which `.ci/realtime.sh` builds in, every test here watches what runs for an audio thread. This one
//! shows that it sees what it should: an allocation in what the host itself does within a run.

use crate::host::{Format, Host};
use crate::hosts::vst3::ALLOCATES;
use crate::signals::voices;
use framewise_plugins::ports::STRENGTH;
use std::process::Command;
use std::sync::atomic::Ordering::Relaxed;

const PLANTED: &str = "FRAMEWISE_PLANTED";

#[test]
fn a_host_of_an_own_process() {
    let Ok(planted) = std::env::var(PLANTED) else { return };
    ALLOCATES.store(planted == "allocates", Relaxed);
    let mut host = Host::new(Format::Vst3, 1, 48_000);
    host.set(STRENGTH, 12.0);
    host.run(&voices(1, 48_000, 480), &[480], false);
}

#[test]
fn what_allocates_within_a_run_is_seen() {
    for planted in ["nothing", "allocates"] {
        let output = Command::new(std::env::current_exe().expect("this test program"))
            .args(["sanitizer::a_host_of_an_own_process", "--exact", "--nocapture"])
            .env(PLANTED, planted)
            .output()
            .expect("it runs again");
        let said = String::from_utf8_lossy(&output.stderr);
        let seen = said.contains("RealtimeSanitizer");
        assert_eq!(seen, planted == "allocates", "{planted}: {said}");
        assert_eq!(output.status.success(), !seen, "{planted}: {said}");
    }
}
