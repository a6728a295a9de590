//! What the keys of the terminal view ask for.

use super::control::Order;
use super::session::Session;
use crate::model::Latency;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use std::time::Duration;

/// Steps of the strength in dB, and the most before it is full.
const STEP: f32 = 3.0;
const MOST: f32 = 40.0;

/// Waits for a key for so long; gives what it asks for.
pub fn order(session: &Session, wait: Duration) -> std::io::Result<Option<Order>> {
    if !event::poll(wait)? {
        return Ok(None);
    }
    Ok(match event::read()? {
        Event::Key(key) if key.kind != KeyEventKind::Release => key_order(session, key),
        _ => None,
    })
}

/// The order of a key, given what is set now.
pub fn key_order(session: &Session, key: KeyEvent) -> Option<Order> {
    Some(match key.code {
        // A terminal in raw mode sends no signal for it.
        KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => Order::Quit,
        KeyCode::Char('q') | KeyCode::Esc => Order::Quit,
        KeyCode::Char('b') => Order::Bypass(!session.bypass),
        KeyCode::Char('r') => Order::Record(!session.recording()),
        KeyCode::Char('l') => {
            Order::Latency(if session.frames() == 0 { Latency::ONE } else { Latency::ZERO })
        }
        KeyCode::Up => Order::Strength(stronger(session.strength)),
        KeyCode::Down => Order::Strength(weaker(session.strength)),
        _ => return None,
    })
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
