//! Which channels of a microphone a session hears, and what it does with several.

use super::fake_host::{Hardware, Machine};
use super::{args, said, session, tend_until, try_session};
use crate::cli::live::args::LiveArgs;
use crate::cli::live::line::Line;
use crate::io::live::Channel;
use crate::io::wav::WavReader;

#[test]
fn a_channel_is_taken_by_its_number_and_one_that_is_not_there_is_refused() {
    let stereo = |name, input| Hardware { channels: 2, ..Hardware::new(name, input) };
    let machine = Machine::new(vec![stereo("desk", true), stereo("speaker", false)]);
    let with = |channel| LiveArgs { channel, ..args(None) };
    let error = try_session(&machine, &with(Channel::One(2))).err().expect("no session");
    assert_eq!(error.to_string(), "custom:desk: no channel 3, it has 2");
    for (channel, heard) in [(Channel::Loudest, Some(0)), (Channel::One(1), Some(1)), (Channel::Mix, None)] {
        let session = session(&machine, &with(channel));
        machine.turn(|| 0.1, |_| {});
        assert_eq!(session.running.as_ref().expect("open devices").handle.report().channel, heard);
    }
}

#[test]
fn all_channels_are_heard_and_recorded_and_settings_stay_over_a_fault() {
    let stereo = |name, input| Hardware { channels: 2, ..Hardware::new(name, input) };
    let machine = Machine::new(vec![stereo("desk", true), stereo("speaker", false)]);
    let folder = tempfile::TempDir::new().expect("a folder");
    let record_dir = Some(folder.path().to_owned());
    let linked = LiveArgs { link: true, post_filter: true, record_dir, ..args(None) };
    let mut session = session(&machine, &linked);
    for round in 0..2 {
        (0..50).for_each(|_| machine.turn(|| 0.1, |_| {}));
        machine.turn(|| f32::NAN, |_| {});
        let handle = &session.running.as_ref().expect("open devices").handle;
        assert!(handle.controls().post_filter());
        let line = Line::new(&session, &handle.report(), 0.0);
        assert_eq!((line.channel, line.channels, line.linked, line.post_filter), (None, 2, true, true));
        // A block of both channels is none.
        assert_eq!((line.scrubbed, line.model_lost), ((round + 1) * 960, 0));
        machine.unplug("desk", 1);
        session.tend();
        machine.plug(stereo("desk", true));
        tend_until(&mut session, |session| session.reopened == round + 1);
    }
    session.close();
    for entry in std::fs::read_dir(folder.path()).expect("the folder") {
        let reader = WavReader::open(entry.expect("a file").path()).expect("a whole WAV file");
        assert_eq!(reader.spec().channels, 2);
    }
    session.sum_up(1.0);
    assert_eq!(said(&mut session, "1920 scrubbed samples, 0 lost frames"), 1, "{:?}", session.news);
}
