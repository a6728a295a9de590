//! The pickle machine, reduced to building data: protocols 2 to 5, and no instruction that runs anything.

use std::collections::HashMap;

use super::CheckpointError;
use super::objects::{Id, Object, Objects};
use super::reader::Reader;

/// What a pickle describes, and where it ends in the bytes that hold it.
pub(super) struct Pickle<'a> {
    pub objects: Objects<'a>,
    pub root: Id,
    pub end: usize,
}

/// Reads the pickle that begins at `start`.
pub(super) fn read<'a>(file: &str, bytes: &'a [u8], start: usize) -> Result<Pickle<'a>, CheckpointError> {
    let mut machine = Machine {
        reader: Reader::new(bytes, start),
        objects: Objects::default(),
        stack: Vec::new(),
        marks: Vec::new(),
        memo: HashMap::new(),
        spare: bytes.len(),
    };
    let mut at;
    let problem = loop {
        at = machine.reader.at();
        match machine.step() {
            Ok(None) => {}
            Ok(Some(root)) => {
                return Ok(Pickle { objects: machine.objects, root, end: machine.reader.at() });
            }
            Err(problem) => break problem,
        }
    };
    Err(match problem {
        Problem::Refused(name) => CheckpointError::Refused { file: file.into(), name },
        Problem::Other(problem) => CheckpointError::Pickle { file: file.into(), offset: at, problem },
        Problem::CutShort => {
            let problem = "the pickle is cut short".into();
            CheckpointError::Pickle { file: file.into(), offset: at, problem }
        }
    })
}

/// Why a pickle is not read on.
pub(super) enum Problem {
    CutShort,
    Refused(String),
    Other(String),
}

impl From<&str> for Problem {
    fn from(problem: &str) -> Self {
        Problem::Other(problem.into())
    }
}

pub(super) type Outcome<T> = Result<T, Problem>;

/// The machine between two instructions.
pub(super) struct Machine<'a> {
    pub reader: Reader<'a>,
    pub objects: Objects<'a>,
    pub stack: Vec<Id>,
    /// Lengths of the stack at the marks that are open.
    pub marks: Vec<usize>,
    pub memo: HashMap<usize, Id>,
    /// How many entries may still be copied from one dict to another, so that memory stays proportional to the pickle.
    pub spare: usize,
}

/// A number or run of bytes that must be there.
pub(super) fn there<T>(value: Option<T>) -> Outcome<T> {
    value.ok_or(Problem::CutShort)
}

impl<'a> Machine<'a> {
    /// One instruction; the value of the pickle at the last one.
    fn step(&mut self) -> Outcome<Option<Id>> {
        let code = there(self.reader.u8())?;
        match code {
            // Frame: a protocol version, a length of what follows; both are only hints.
            0x80 => drop(there(self.reader.u8())?),
            0x95 => drop(there(self.reader.u64())?),
            b'.' => return self.pop().map(Some),

            b'N' => self.push(Object::None),
            0x88 => self.push(Object::Bool(true)),
            0x89 => self.push(Object::Bool(false)),
            b'J' => self.number(|reader| reader.u32().map(|word| i64::from(word as i32)))?,
            b'K' => self.number(|reader| reader.u8().map(i64::from))?,
            b'M' => self.number(|reader| reader.u16().map(i64::from))?,
            0x8a => self.long(|reader| reader.u8().map(usize::from))?,
            0x8b => self.long(|reader| reader.u32().map(|length| length as usize))?,
            b'G' => {
                there(self.reader.f64_big_endian())?;
                self.push(Object::Float);
            }

            // Strings, by width of the length; bytes count as strings.
            0x8c | b'U' | b'C' => self.text(|reader| reader.u8().map(usize::from))?,
            b'X' | b'T' | b'B' => self.text(|reader| reader.u32().map(|length| length as usize))?,
            0x8d | 0x8e | 0x96 => self.text(Reader::size)?,

            b'(' => self.marks.push(self.stack.len()),
            b'0' => self.discard()?,
            b'1' => drop(self.since_mark()?),
            b'2' => {
                let top = self.top()?;
                self.stack.push(top);
            }

            b']' => self.push(Object::List(Vec::new())),
            b'}' => self.push(Object::Dict(Vec::new())),
            b')' => self.push(Object::Tuple(Vec::new())),
            0x8f => self.push(Object::Opaque("a set")),
            b'l' => {
                let items = self.since_mark()?;
                self.push(Object::List(items));
            }
            b'd' => {
                let items = self.since_mark()?;
                let dict = self.objects.add(Object::Dict(Vec::new()));
                self.set(dict, &items)?;
                self.stack.push(dict);
            }
            b't' => {
                let items = self.since_mark()?;
                self.push(Object::Tuple(items));
            }
            0x91 => {
                self.since_mark()?;
                self.push(Object::Opaque("a set"));
            }
            0x85..=0x87 => {
                let count = usize::from(code - 0x84);
                let mut items = Vec::with_capacity(count);
                for _ in 0..count {
                    items.push(self.pop()?);
                }
                items.reverse();
                self.push(Object::Tuple(items));
            }

            b'a' => {
                let item = self.pop()?;
                self.append(&[item])?;
            }
            b'e' => {
                let items = self.since_mark()?;
                self.append(&items)?;
            }
            b's' => {
                let value = self.pop()?;
                let key = self.pop()?;
                let dict = self.top()?;
                self.set(dict, &[key, value])?;
            }
            b'u' => {
                let items = self.since_mark()?;
                let dict = self.top()?;
                self.set(dict, &items)?;
            }
            // Adds to a set.
            0x90 => {
                self.since_mark()?;
                self.top()?;
            }

            b'q' => self.remember(|reader| reader.u8().map(usize::from))?,
            b'r' => self.remember(|reader| reader.u32().map(|index| index as usize))?,
            0x94 => {
                let top = self.top()?;
                self.memo.insert(self.memo.len(), top);
            }
            b'h' => self.recall(|reader| reader.u8().map(usize::from))?,
            b'j' => self.recall(|reader| reader.u32().map(|index| index as usize))?,

            b'c' => {
                let module = there(self.reader.line())?;
                let name = there(self.reader.line())?;
                self.global(module, name)?;
            }
            0x93 => {
                let name = self.pop()?;
                let module = self.pop()?;
                match (self.objects.get(module), self.objects.get(name)) {
                    (&Object::Text(module), &Object::Text(name)) => self.global(module, name)?,
                    _ => return Err("the name of a class is not a string".into()),
                }
            }
            // Call, new object: what they would make is worked out from names alone.
            b'R' | 0x81 => {
                let arguments = self.pop()?;
                let callee = self.pop()?;
                self.make(callee, arguments)?;
            }
            0x92 => {
                self.pop()?;
                let arguments = self.pop()?;
                let callee = self.pop()?;
                self.make(callee, arguments)?;
            }
            b'b' => {
                self.pop()?;
                match self.objects.get(self.top()?) {
                    Object::Dict(_) | Object::Tensor(_) | Object::Opaque(_) => {}
                    _ => return Err("state is given to something that has none".into()),
                }
            }
            b'Q' => {
                let id = self.pop()?;
                let storage = self.storage(id).ok_or("a persistent id is not that of a storage")?;
                self.push(Object::Storage(storage));
            }
            _ => return Err(Problem::Other(format!("instruction {code:#04x} is not one of a checkpoint"))),
        }
        Ok(None)
    }
}
