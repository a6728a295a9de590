//! Sessions on a sound system of the test's own.

mod channels;
#[path = "../../../../tests/live/fake_host.rs"]
#[allow(dead_code)]
mod fake_host;
mod recordings;

use super::Session;
use crate::cli::live::args::LiveArgs;
use crate::cli::live::control::Order;
use crate::cli::live::keys::{Pressed, meaning};
use crate::cli::model_selection::ModelSelection;
use crate::io::wav::WavReader;
use crate::model::Latency;
use fake_host::{Hardware, Machine};
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::channel;
use std::time::Duration;

fn machine() -> Machine {
    Machine::new(vec![
        Hardware::new("desk", true),
        Hardware::new("headset", true),
        Hardware::new("speaker", false),
    ])
}

fn args(input: Option<&str>) -> LiveArgs {
    LiveArgs {
        input: input.map(str::to_owned),
        output: None,
        host: None,
        channel: Default::default(),
        wait: false,
        virtual_mic: None,
        selection: ModelSelection { latency: None },
        model: None,
        strength: None,
        link: false,
        post_filter: false,
        bypass: false,
        block: None,
        rate: None,
        measure: false,
        record_dir: None,
        seconds: None,
        control: None,
        no_ui: true,
        json: false,
    }
}

fn session(machine: &Machine, args: &LiveArgs) -> Session {
    try_session(machine, args).expect("devices that open")
}

fn try_session(machine: &Machine, args: &LiveArgs) -> Result<Session, Box<dyn std::error::Error>> {
    let machine = machine.clone();
    Session::open(Arc::new(move || Ok(machine.hosts())), args, &AtomicBool::new(false))
}

/// Tends until it is done; there is no end to it where it never is.
fn tend_until(session: &mut Session, done: impl Fn(&Session) -> bool) {
    while !done(session) {
        session.tend();
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn input(session: &Session) -> &str {
    session.running.as_ref().map_or("none", |running| &running.input.device)
}

fn said(session: &mut Session, words: &str) -> usize {
    session.news.iter().filter(|(_, line)| line.contains(words)).count()
}

#[test]
fn where_the_default_device_does_not_return_the_new_default_is_taken() {
    let machine = machine();
    let mut session = session(&machine, &args(None));
    assert!(input(&session).contains("desk"));
    session.obey(Order::Latency(Latency::ONE));
    session.obey(Order::Strength(12.0));
    machine.unplug("desk", 1000);
    session.tend();
    assert!(session.running.is_none());
    // No default at first, then another device.
    machine.set_default(true, None);
    tend_until(&mut session, |session| {
        session.news.iter().any(|(_, line)| line.contains("no default input"))
    });
    machine.set_default(true, Some("headset"));
    tend_until(&mut session, |session| session.reopened == 1);
    assert!(input(&session).contains("headset"));
    assert_eq!((said(&mut session, "desk: "), said(&mut session, "the devices are back")), (1, 1));
    let controls = session.running.as_ref().expect("open devices").handle.controls();
    assert_eq!((controls.model(), controls.strength().round()), (1, 12.0));
}

#[test]
fn a_device_that_was_named_is_waited_for_and_what_fails_alike_is_said_once() {
    let machine = machine();
    let mut session = session(&machine, &args(Some("desk")));
    machine.unplug("desk", 1);
    machine.set_default(true, Some("headset"));
    session.tend();
    let waits = |session: &Session| session.retry.as_ref().map(|retry| retry.wait);
    // Three tries, each after twice the wait.
    let first = waits(&session).expect("a try to come");
    tend_until(&mut session, |session| waits(session) == Some(first * 8));
    assert_eq!((said(&mut session, "no input device matches `desk`"), session.reopened), (1, 0));
    machine.plug(Hardware::new("desk", true));
    tend_until(&mut session, |session| session.reopened == 1);
    assert!(input(&session).contains("desk"));
}

#[test]
fn seconds_of_exact_zeros_bring_one_hint_and_sound_ends_it() {
    let machine = machine();
    let mut session = session(&machine, &args(None));
    let hear = |seconds: usize, value: f32, session: &mut Session| {
        for _ in 0..100 * seconds {
            machine.turn(|| value, |_| {});
            let report = session.running.as_ref().expect("open devices").handle.report();
            session.hint(&report);
        }
        said(session, "exact silence")
    };
    assert_eq!(hear(2, 0.0, &mut session), 0, "two seconds may be a pause");
    assert_eq!(hear(1, 1e-5, &mut session), 0, "the quietest room is not exactly silent");
    assert_eq!(hear(10, 0.0, &mut session), 1, "once");
    assert!(session.news.iter().any(|(_, line)| line.contains("muted") && line.contains("permitted")));
    assert_eq!(hear(1, 0.1, &mut session), 1);
    assert_eq!(hear(4, 0.0, &mut session), 2, "again, after sound");
}

#[test]
fn a_device_that_stops_calling_without_a_word_is_opened_again() {
    let machine = machine();
    let mut session = session(&machine, &args(Some("desk")));
    machine.turn(|| 0.1, |_| {});
    // No error is reported: only the watchdog can tell.
    machine.unplug("desk", 0);
    tend_until(&mut session, |session| session.running.is_none());
    assert_eq!(said(&mut session, "desk: the input device has stopped calling"), 1, "{:?}", session.news);
    machine.plug(Hardware::new("desk", true));
    tend_until(&mut session, |session| session.reopened == 1);
}

/// A sound server that hangs while devices are looked for.
#[test]
fn a_signal_ends_a_start_that_hangs_and_a_session_lives_on_while_it_tries_again() {
    let (machine, (hang, hung)) = (machine(), channel::<()>());
    let (hung, there) = (std::sync::Mutex::new(hung), machine.clone());
    let find: crate::cli::live::opening::Find = Arc::new(move || {
        let _ = hung.lock().expect("one at a time").recv();
        Ok(there.hosts())
    });
    let error =
        Session::open(Arc::clone(&find), &args(None), &AtomicBool::new(true)).err().expect("no session");
    assert!(error.is::<crate::cli::interrupt::Interrupted>(), "{error}");
    // The start that was left behind takes the first word, the next one the second.
    (0..2).for_each(|_| hang.send(()).expect("someone who waits"));
    let mut session = Session::open(find, &args(None), &AtomicBool::new(false)).expect("devices that open");
    machine.unplug("desk", 1);
    machine.plug(Hardware::new("desk", true));
    tend_until(&mut session, |session| session.opening.is_some());
    (0..10).for_each(|_| session.tend());
    assert!(session.running.is_none() && session.obey(Order::Bypass(true)) && session.bypass);
    hang.send(()).expect("someone who waits");
    tend_until(&mut session, |session| session.reopened == 1);
    assert!(session.running.as_ref().is_some_and(|running| running.handle.controls().bypass()));
}

#[test]
fn devices_that_lose_sound_bring_a_hint_at_longer_blocks() {
    let machine = machine();
    let mut session = session(&machine, &args(None));
    for n in 0..100 {
        machine.turn(|| 0.1, |_| {});
        if n > 50 {
            machine.xrun("desk");
        }
        let report = session.running.as_ref().expect("open devices").handle.report();
        session.hint(&report);
    }
    assert_eq!(said(&mut session, "--block 1024"), 1, "{:?}", session.news);
}

#[test]
fn devices_that_open_and_fail_at_once_are_tried_less_and_less_often() {
    let machine = machine();
    let mut session = session(&machine, &args(None));
    let mut waits = Vec::new();
    for n in 1..4 {
        machine.unplug("desk", 1);
        session.tend();
        waits.push(session.retry.as_ref().expect("a try to come").wait);
        machine.plug(Hardware::new("desk", true));
        tend_until(&mut session, |session| session.reopened == n);
    }
    assert!(waits.windows(2).all(|pair| pair[1] == 2 * pair[0]), "{waits:?}");
}

fn lengths(folder: &Path) -> Vec<u64> {
    let mut lengths = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let reader = WavReader::open(entry.expect("a file").path()).expect("a whole WAV file");
        lengths.push(reader.declared_frames().expect("a header that says the length"));
    }
    lengths
}

#[test]
fn devices_that_are_not_there_yet_are_waited_for_where_that_is_wanted() {
    let machine = Machine::new(vec![Hardware::new("speaker", false)]);
    let folder = tempfile::TempDir::new().expect("a folder");
    let named = LiveArgs { record_dir: Some(folder.path().to_owned()), ..args(Some("desk")) };
    assert!(try_session(&machine, &named).is_err());
    let mut session = session(&machine, &LiveArgs { wait: true, ..named });
    assert!(session.running.is_none() && said(&mut session, "no input device matches `desk`") == 1);
    machine.plug(Hardware::new("desk", true));
    tend_until(&mut session, |session| session.running.is_some());
    assert_eq!((session.reopened, session.recording()), (0, true));
    session.close();
}

#[test]
fn counts_go_on_when_devices_are_opened_again() {
    let machine = machine();
    let mut session = session(&machine, &args(None));
    (0..3).for_each(|_| machine.xrun("desk"));
    machine.unplug("desk", 1);
    session.tend();
    machine.plug(Hardware::new("desk", true));
    tend_until(&mut session, |session| session.reopened == 1);
    machine.xrun("desk");
    let report = session.running.as_ref().expect("open devices").handle.report();
    assert_eq!((session.counts(&report).xruns, session.counts(&report).errors), (4, 1));
}

#[test]
fn every_key_asks_for_its_order_and_twice_is_back_again() {
    let machine = machine();
    let folder = tempfile::TempDir::new().expect("a folder");
    let mut session = session(&machine, &args(None));
    session.record_dir = Some(folder.path().to_owned());
    let press = |session: &mut Session, code: KeyCode| {
        let Some(Pressed::Order(order)) = meaning(session, KeyEvent::new(code, KeyModifiers::NONE)) else {
            panic!("{code:?} asks for nothing");
        };
        assert!(session.obey(order), "{code:?} does not end it");
        (session.bypass, session.frames(), session.strength, session.recording())
    };
    let full = f32::INFINITY;
    assert_eq!(press(&mut session, KeyCode::Char('b')), (true, 0, full, false));
    assert_eq!(press(&mut session, KeyCode::Char('b')), (false, 0, full, false));
    assert_eq!(press(&mut session, KeyCode::Char('L')), (false, 1, full, false));
    assert_eq!(press(&mut session, KeyCode::Char('l')), (false, 0, full, false));
    assert_eq!(press(&mut session, KeyCode::Down), (false, 0, 37.0, false));
    assert_eq!(press(&mut session, KeyCode::Up), (false, 0, 40.0, false));
    assert_eq!(press(&mut session, KeyCode::Up), (false, 0, full, false));
    assert_eq!(press(&mut session, KeyCode::Char('r')), (false, 0, full, true));
    assert_eq!(press(&mut session, KeyCode::Char('r')), (false, 0, full, false));
    assert_eq!(lengths(folder.path()).len(), 2);
    let controlled = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
    let ends = [KeyEvent::from(KeyCode::Char('q')), KeyEvent::from(KeyCode::Esc), controlled];
    assert!(ends.into_iter().all(|key| meaning(&session, key) == Some(Pressed::Order(Order::Quit))));
    assert_eq!(meaning(&session, KeyEvent::from(KeyCode::Char('c'))), None);
    let controlled = KeyEvent::new(KeyCode::Char('z'), KeyModifiers::CONTROL);
    assert_eq!(meaning(&session, controlled), Some(Pressed::Stop));
    assert_eq!(meaning(&session, KeyEvent::from(KeyCode::Char('D'))), Some(Pressed::Details));
}
