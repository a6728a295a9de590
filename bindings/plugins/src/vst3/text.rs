//! Texts in the fixed arrays of the format, cut where they are too long, always with a zero at the end.

use std::ffi::c_char;
use vst3::Steinberg::Vst::{String128, TChar};

/// A text in bytes.
pub fn bytes<const N: usize>(text: &str) -> [c_char; N] {
    let mut array = [0; N];
    for (to, from) in array.iter_mut().zip(text.bytes()).take(N - 1) {
        *to = from as c_char;
    }
    array
}

/// A text in UTF-16.
pub fn wide(text: &str) -> String128 {
    let mut array = [0; 128];
    for (to, from) in array.iter_mut().zip(text.encode_utf16()).take(127) {
        *to = from as TChar;
    }
    array
}

/// The text that a host points to; none if it is none, or longer than the format allows.
///
/// # Safety
/// `text` is null, or ends with a zero or after 128 elements.
pub unsafe fn read(text: *const TChar) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: as the caller promises, up to the first zero.
    let units = (0..128).map(|n| unsafe { *text.add(n) } as u16);
    String::from_utf16(&units.take_while(|&unit| unit != 0).collect::<Vec<_>>()).ok()
}

#[cfg(test)]
mod tests {
    use super::{bytes, read, wide};

    #[test]
    fn texts_are_cut_and_end_with_zero() {
        assert_eq!(bytes::<4>("ab"), [97, 98, 0, 0]);
        assert_eq!(bytes::<3>("abc"), [97, 98, 0]);
        let long = wide(&"x".repeat(200));
        assert_eq!((long[126], long[127]), (120, 0));
        // SAFETY: they end with a zero.
        unsafe {
            assert_eq!(read(long.as_ptr()), Some("x".repeat(127)));
            assert_eq!(read(wide("12.5 dB").as_ptr()).as_deref(), Some("12.5 dB"));
            assert_eq!(read([0xD800u16 as _, 0].as_ptr()), None);
            assert_eq!(read(std::ptr::null()), None);
        }
    }
}
