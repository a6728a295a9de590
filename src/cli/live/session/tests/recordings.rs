//! Recordings of sessions: whole, named and kept.

use super::fake_host::Hardware;
use super::{args, lengths, machine, said, session, tend_until, try_session};
use crate::cli::live::args::LiveArgs;
use crate::cli::live::control::Order;
use crate::cli::live::news::News;
use crate::cli::live::session::Session;

#[test]
fn a_fault_ends_a_recording_with_whole_files_and_it_goes_on_in_others() {
    let machine = machine();
    let folder = tempfile::TempDir::new().expect("a folder");
    let args = LiveArgs { record_dir: Some(folder.path().to_owned()), ..args(None) };
    let mut session = session(&machine, &args);
    (0..200).for_each(|_| machine.turn(|| 0.1, |_| {}));
    machine.unplug("desk", 1);
    session.tend();
    assert!(session.recorder.is_none() && session.recording(), "it goes on when the device is back");
    let lengths = lengths(folder.path());
    // Two seconds at 16 kHz, less what the ring held.
    assert!(lengths.len() == 2 && lengths[0] == lengths[1] && lengths[0] > 28_000, "{lengths:?}");
    machine.plug(Hardware::new("desk", true));
    tend_until(&mut session, |session| session.reopened == 1);
    assert!(session.recording());
    session.close();
    assert_eq!(self::lengths(folder.path()).len(), 4);
}

#[test]
fn what_is_asked_of_a_recording_while_a_device_is_away_is_done_when_it_is_back() {
    let folder = tempfile::TempDir::new().expect("a folder");
    for (before, orders, after) in
        [(true, &[false][..], false), (false, &[true], true), (true, &[false, true], true)]
    {
        let machine = machine();
        let record_dir = before.then(|| folder.path().to_owned());
        let mut session = session(&machine, &LiveArgs { record_dir, ..args(None) });
        session.record_dir = Some(folder.path().to_owned());
        machine.unplug("desk", 1);
        session.tend();
        for &on in orders {
            assert!(session.obey(Order::Record(on)));
            assert_eq!(session.recording(), on);
        }
        machine.plug(Hardware::new("desk", true));
        tend_until(&mut session, |session| session.reopened == 1);
        assert_eq!((session.recording(), session.recorder.is_some()), (after, after));
    }
}

#[test]
fn recordings_of_one_second_are_all_kept_and_those_that_were_cut_off_are_recovered_and_named() {
    let machine = machine();
    let folder = tempfile::TempDir::new().expect("a folder");
    let args = LiveArgs { record_dir: Some(folder.path().to_owned()), ..args(None) };
    let mut sessions: Vec<Session> = (0..3).map(|_| session(&machine, &args)).collect();
    (0..200).for_each(|_| machine.turn(|| 0.1, |_| {}));
    sessions.iter_mut().for_each(Session::close);
    assert_eq!(lengths(folder.path()).len(), 6);
    // As if the program had been killed: the header says less than there is.
    let cut = sessions[0].recordings[0].clone();
    let whole = std::fs::read(&cut).expect("a file");
    let mut bytes = whole.clone();
    bytes[100..104].copy_from_slice(&4000u32.to_le_bytes());
    std::fs::write(&cut, bytes).expect("room");
    let mut session = session(&machine, &args);
    let name = cut.display().to_string();
    assert!(
        session.news.iter().any(|(kind, text)| *kind == News::Recovered && text.contains(&name)),
        "{:?}",
        session.news
    );
    session.close();
    assert_eq!(std::fs::read(&cut).expect("a file"), whole);
}

#[test]
fn the_end_of_a_recording_and_of_a_run_name_its_files() {
    let machine = machine();
    let folder = tempfile::TempDir::new().expect("a folder");
    let args = LiveArgs { record_dir: Some(folder.path().to_owned()), ..args(None) };
    let mut session = session(&machine, &args);
    (0..200).for_each(|_| machine.turn(|| 0.1, |_| {}));
    session.end_recording();
    let (kind, said) = session.news.last().cloned().expect("a line");
    assert!(kind == News::Recorded && said.contains("-dry.wav") && said.contains("-wet.wav"), "{said}");
    session.close();
    session.sum_up(2.0);
    let (kind, said) = session.news.last().cloned().expect("a line");
    assert!(kind == News::End && said.contains("0 underruns") && said.contains("-wet.wav"), "{said}");
}

#[test]
fn a_recording_that_cannot_begin_ends_a_start_and_later_says_why_while_sound_goes_on() {
    let machine = machine();
    let file = tempfile::NamedTempFile::new().expect("a file");
    let folder = file.path().join("inside");
    let path = file.path().display().to_string();
    let refused = LiveArgs { record_dir: Some(folder.clone()), ..args(None) };
    let Err(error) = try_session(&machine, &refused) else { panic!("a start") };
    assert!(error.to_string().contains(&path) && error.to_string().lines().count() == 1, "{error}");
    let mut session = session(&machine, &args(None));
    session.record_dir = Some(folder);
    session.record(true);
    assert_eq!((said(&mut session, &path), session.recording(), session.running.is_some()), (1, false, true));
    // In another folder it can.
    let folder = tempfile::TempDir::new().expect("a folder");
    session.record_dir = Some(folder.path().to_owned());
    session.record(true);
    assert!(session.recording());
}
