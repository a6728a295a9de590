//! What the keys of the terminal view ask for.

use super::control::Order;
use super::session::Session;
use crate::model::Latency;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use std::sync::mpsc::{Receiver, channel};

/// Steps of the strength in dB, and the most before it is full.
const STEP: f32 = 3.0;
const MOST: f32 = 40.0;

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pressed {
    Order(Order),
    /// The program is to be stopped, as a shell does it.
    Stop,
    /// Every cause of the delay, or the largest.
    Details,
}

/// Keys from a thread of its own: reading from a terminal that was closed may never end. Disconnected when nothing can be
/// read any more.
pub fn listen() -> std::io::Result<Receiver<KeyEvent>> {
    let (keys, pressed) = channel();
    let work = move || {
        while let Ok(event) = event::read() {
            if let Event::Key(key) = event
                && key.kind != KeyEventKind::Release
                && keys.send(key).is_err()
            {
                return;
            }
        }
    };
    std::thread::Builder::new().name("framewise keys".into()).spawn(work)?;
    Ok(pressed)
}

/// What a key asks for, given what is set now. Capital letters are keys, too.
pub fn meaning(session: &Session, key: KeyEvent) -> Option<Pressed> {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    let code = match key.code {
        KeyCode::Char(letter) => KeyCode::Char(letter.to_ascii_lowercase()),
        code => code,
    };
    Some(Pressed::Order(match code {
        // A terminal in raw mode sends no signals for these.
        KeyCode::Char('c') if control => Order::Quit,
        KeyCode::Char('z') if control => return Some(Pressed::Stop),
        KeyCode::Char(_) if control => return None,
        KeyCode::Char('q') | KeyCode::Esc => Order::Quit,
        KeyCode::Char('b') => Order::Bypass(!session.bypass),
        KeyCode::Char('r') => Order::Record(!session.recording()),
        KeyCode::Char('l') => {
            Order::Latency(if session.frames() == 0 { Latency::ONE } else { Latency::ZERO })
        }
        KeyCode::Char('d') => return Some(Pressed::Details),
        KeyCode::Up => Order::Strength(stronger(session.strength)),
        KeyCode::Down => Order::Strength(weaker(session.strength)),
        _ => return None,
    }))
}

fn stronger(strength: f32) -> f32 {
    if strength + STEP > MOST { f32::INFINITY } else { strength + STEP }
}

fn weaker(strength: f32) -> f32 {
    if strength.is_finite() { (strength - STEP).max(0.0) } else { MOST - STEP }
}

#[cfg(test)]
mod tests {
    use super::{stronger, weaker};

    #[test]
    fn strength_goes_from_nothing_to_full_and_back() {
        let up = (0..20).fold(0.0, |strength, _| stronger(strength));
        assert_eq!(up, f32::INFINITY);
        assert_eq!((0..20).fold(up, |strength, _| weaker(strength)), 0.0);
    }
}
