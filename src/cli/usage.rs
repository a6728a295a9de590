//! Arguments that are each right but do not go together.

use std::error::Error;
use std::fmt;

/// Exit code of a program whose arguments are wrong.
pub const CODE: u8 = 2;

#[derive(Debug)]
pub struct Usage(pub &'static str);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Usage {}
