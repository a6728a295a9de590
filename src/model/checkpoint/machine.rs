//! The pickle machine, reduced to building data: protocols 2 to 5, and no instruction that runs anything.

use std::collections::HashMap;

use super::CheckpointError;
use super::error::shown;
use super::globals::{self, Global};
use super::graph::{Graph, Id, Node, Storage, View};
use super::reader::Reader;

/// What a pickle describes, and where it ends in the bytes that hold it.
pub(super) struct Pickle<'a> {
    pub graph: Graph<'a>,
    pub root: Id,
    pub end: usize,
}

/// Reads the pickle that begins at `start`.
pub(super) fn read<'a>(file: &str, bytes: &'a [u8], start: usize) -> Result<Pickle<'a>, CheckpointError> {
    let mut machine = Machine {
        reader: Reader::new(bytes, start),
        graph: Graph::default(),
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
                return Ok(Pickle { graph: machine.graph, root, end: machine.reader.at() });
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

enum Problem {
    CutShort,
    Refused(String),
    Other(String),
}

impl From<&str> for Problem {
    fn from(problem: &str) -> Self {
        Problem::Other(problem.into())
    }
}

type Step<T> = Result<T, Problem>;

struct Machine<'a> {
    reader: Reader<'a>,
    graph: Graph<'a>,
    stack: Vec<Id>,
    /// Lengths of the stack at the marks that are open.
    marks: Vec<usize>,
    memo: HashMap<usize, Id>,
    /// How many entries may still be copied from one dict to another, so that memory stays proportional to the pickle.
    spare: usize,
}

/// Module and class names are not longer; what is, is cut, and then unknown.
const LONGEST_NAME: usize = 128;

/// A number or run of bytes that must be there.
fn there<T>(value: Option<T>) -> Step<T> {
    value.ok_or(Problem::CutShort)
}

impl<'a> Machine<'a> {
    /// One instruction; the value of the pickle at the last one.
    fn step(&mut self) -> Step<Option<Id>> {
        let code = there(self.reader.u8())?;
        match code {
            // Frame: a protocol version, a length of what follows; both are only hints.
            0x80 => drop(there(self.reader.u8())?),
            0x95 => drop(there(self.reader.u64())?),
            b'.' => return self.pop().map(Some),

            b'N' => self.push(Node::None),
            0x88 => self.push(Node::Bool(true)),
            0x89 => self.push(Node::Bool(false)),
            b'J' => self.number(|reader| reader.u32().map(|word| i64::from(word as i32)))?,
            b'K' => self.number(|reader| reader.u8().map(i64::from))?,
            b'M' => self.number(|reader| reader.u16().map(i64::from))?,
            0x8a => self.long(|reader| reader.u8().map(usize::from))?,
            0x8b => self.long(|reader| reader.u32().map(|length| length as usize))?,
            b'G' => {
                there(self.reader.f64_big_endian())?;
                self.push(Node::Float);
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

            b']' => self.push(Node::List(Vec::new())),
            b'}' => self.push(Node::Dict(Vec::new())),
            b')' => self.push(Node::Tuple(Vec::new())),
            0x8f => self.push(Node::Opaque("a set")),
            b'l' => {
                let items = self.since_mark()?;
                self.push(Node::List(items));
            }
            b'd' => {
                let items = self.since_mark()?;
                let dict = self.graph.add(Node::Dict(Vec::new()));
                self.set(dict, &items)?;
                self.stack.push(dict);
            }
            b't' => {
                let items = self.since_mark()?;
                self.push(Node::Tuple(items));
            }
            0x91 => {
                self.since_mark()?;
                self.push(Node::Opaque("a set"));
            }
            0x85..=0x87 => {
                let count = usize::from(code - 0x84);
                let mut items = Vec::with_capacity(count);
                for _ in 0..count {
                    items.push(self.pop()?);
                }
                items.reverse();
                self.push(Node::Tuple(items));
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
                match (self.graph.get(module), self.graph.get(name)) {
                    (&Node::Text(module), &Node::Text(name)) => self.global(module, name)?,
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
                match self.graph.get(self.top()?) {
                    Node::Dict(_) | Node::Tensor(_) | Node::Opaque(_) => {}
                    _ => return Err("state is given to something that has none".into()),
                }
            }
            b'Q' => {
                let id = self.pop()?;
                let storage = self.storage(id).ok_or("a persistent id is not that of a storage")?;
                self.push(Node::Storage(storage));
            }
            _ => return Err(Problem::Other(format!("instruction {code:#04x} is not one of a checkpoint"))),
        }
        Ok(None)
    }

    fn push(&mut self, node: Node<'a>) {
        let id = self.graph.add(node);
        self.stack.push(id);
    }

    /// Length of the stack below which the current mark forbids to reach.
    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    fn top(&self) -> Step<Id> {
        self.stack[self.floor()..].last().copied().ok_or("the stack is empty".into())
    }

    fn pop(&mut self) -> Step<Id> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    /// Drops the top of the stack, or a mark that stands there.
    fn discard(&mut self) -> Step<()> {
        if self.stack.len() > self.floor() || self.marks.is_empty() {
            self.pop()?;
        } else {
            self.marks.pop();
        }
        Ok(())
    }

    fn since_mark(&mut self) -> Step<Vec<Id>> {
        let floor = self.marks.pop().ok_or("there is no mark")?;
        Ok(self.stack.split_off(floor))
    }

    fn number(&mut self, read: impl Fn(&mut Reader<'a>) -> Option<i64>) -> Step<()> {
        let value = there(read(&mut self.reader))?;
        self.push(Node::Int(value));
        Ok(())
    }

    /// A two's complement integer of any length, little-endian.
    fn long(&mut self, length: impl Fn(&mut Reader<'a>) -> Option<usize>) -> Step<()> {
        let length = there(length(&mut self.reader))?;
        let digits = there(self.reader.take(length))?;
        let fill = if digits.last().is_some_and(|&last| last >= 0x80) { 0xff } else { 0 };
        let mut word = [fill; 8];
        let node = if length <= word.len() {
            word[..length].copy_from_slice(digits);
            Node::Int(i64::from_le_bytes(word))
        } else {
            Node::Opaque("a long int")
        };
        self.push(node);
        Ok(())
    }

    fn text(&mut self, length: impl Fn(&mut Reader<'a>) -> Option<usize>) -> Step<()> {
        let length = there(length(&mut self.reader))?;
        let text = there(self.reader.take(length))?;
        self.push(Node::Text(text));
        Ok(())
    }

    fn append(&mut self, more: &[Id]) -> Step<()> {
        match self.graph.get_mut(self.top()?) {
            Node::List(items) => items.extend_from_slice(more),
            Node::Opaque(_) => {}
            _ => return Err("items are appended to something that is not a list".into()),
        }
        Ok(())
    }

    fn set(&mut self, dict: Id, items: &[Id]) -> Step<()> {
        if items.len() % 2 == 1 {
            return Err("a key of a dict has no value".into());
        }
        match self.graph.get_mut(dict) {
            Node::Dict(entries) => entries.extend(items.chunks_exact(2).map(|pair| (pair[0], pair[1]))),
            Node::Opaque(_) => {}
            _ => return Err("items are set in something that is not a dict".into()),
        }
        Ok(())
    }

    fn remember(&mut self, index: impl Fn(&mut Reader<'a>) -> Option<usize>) -> Step<()> {
        let index = there(index(&mut self.reader))?;
        let top = self.top()?;
        self.memo.insert(index, top);
        Ok(())
    }

    fn recall(&mut self, index: impl Fn(&mut Reader<'a>) -> Option<usize>) -> Step<()> {
        let index = there(index(&mut self.reader))?;
        let id = self.memo.get(&index).ok_or("a reference to nothing")?;
        self.stack.push(*id);
        Ok(())
    }

    fn global(&mut self, module: &[u8], name: &[u8]) -> Step<()> {
        let short = |name: &[u8]| String::from_utf8_lossy(&name[..name.len().min(LONGEST_NAME)]).into_owned();
        let (module, name) = (short(module), short(name));
        match globals::find(&module, &name) {
            Some(global) => self.push(Node::Global(global)),
            None => return Err(Problem::Refused(shown(&format!("{module}.{name}")))),
        }
        Ok(())
    }

    /// `('storage', class, key, place, length)`, with a sixth item `None` in old files.
    fn storage(&self, id: Id) -> Option<Storage<'a>> {
        let (Node::Tuple(items), graph) = (self.graph.get(id), &self.graph) else { return None };
        let [tag, class, key, _, length, rest @ ..] = items.as_slice() else { return None };
        let whole = rest.iter().all(|&item| matches!(graph.get(item), Node::None));
        match (graph.get(*tag), graph.get(*class), graph.get(*key)) {
            (Node::Text(b"storage"), &Node::Global(Global::Storage(element)), &Node::Text(key)) if whole => {
                Some(Storage { key, element, length: graph.int(*length)? })
            }
            _ => None,
        }
    }

    /// Pushes what calling `callee` with `arguments` would make.
    fn make(&mut self, mut callee: Id, mut arguments: Id) -> Step<()> {
        let mut nested = false;
        loop {
            let Node::Tuple(given) = self.graph.get(arguments) else {
                return Err("arguments are not a tuple".into());
            };
            let given = given.as_slice();
            let global = match self.graph.get(callee) {
                Node::Global(global) => *global,
                // A method or instance of plain data.
                Node::Opaque(what) => Global::Foreign(what),
                _ => return Err("something that is not a function is called".into()),
            };
            let node = match (global, given) {
                (Global::FromType, &[function, _, inner, _]) if !nested => {
                    (callee, arguments, nested) = (function, inner, true);
                    continue;
                }
                (Global::Parameter, &[tensor, ..]) | (Global::Size, &[tensor]) => {
                    self.stack.push(tensor);
                    return Ok(());
                }
                (Global::Tensor, &[storage, offset, shape, strides, ..]) => {
                    Node::Tensor(View { storage, offset, shape, strides, element: None })
                }
                (Global::TypedTensor, &[storage, offset, shape, strides, _, _, element, ..]) => {
                    let Node::Global(Global::Element(element)) = *self.graph.get(element) else {
                        return Err("the element type of a tensor is not one".into());
                    };
                    Node::Tensor(View { storage, offset, shape, strides, element: Some(element) })
                }
                (Global::Dict, _) => {
                    let entries = self.pairs(given).ok_or("dicts are copied too often")?;
                    self.spare -= entries.len();
                    Node::Dict(entries)
                }
                (Global::Foreign(what), _) => Node::Opaque(what),
                _ => return Err("a function of PyTorch has other arguments than are known".into()),
            };
            self.push(node);
            return Ok(());
        }
    }

    /// The entries of a dict that is made from a list of pairs or from another dict, as its last argument.
    fn pairs(&self, arguments: &[Id]) -> Option<Vec<(Id, Id)>> {
        let Some(&last) = arguments.last() else { return Some(Vec::new()) };
        match self.graph.get(last) {
            Node::Dict(entries) if entries.len() <= self.spare => Some(entries.clone()),
            Node::List(items) if items.len() <= self.spare => {
                let pair = |&item| match *self.graph.items(item)? {
                    [key, value] => Some((key, value)),
                    _ => None,
                };
                Some(items.iter().map_while(pair).collect())
            }
            Node::Dict(_) | Node::List(_) => None,
            _ => Some(Vec::new()),
        }
    }
}
