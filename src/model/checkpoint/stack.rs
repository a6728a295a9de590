//! What the instructions of the pickle machine do with its stack, its marks and its memo.

use super::machine::{Machine, Outcome, there};
use super::objects::{Id, Object};
use super::reader::Reader;

impl<'a> Machine<'a> {
    pub(super) fn push(&mut self, node: Object<'a>) {
        let id = self.objects.add(node);
        self.stack.push(id);
    }

    /// Length of the stack below which the current mark forbids to reach.
    pub(super) fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    pub(super) fn top(&self) -> Outcome<Id> {
        self.stack[self.floor()..].last().copied().ok_or("the stack is empty".into())
    }

    pub(super) fn pop(&mut self) -> Outcome<Id> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    /// Drops the top of the stack, or a mark that stands there.
    pub(super) fn discard(&mut self) -> Outcome<()> {
        if self.stack.len() > self.floor() || self.marks.is_empty() {
            self.pop()?;
        } else {
            self.marks.pop();
        }
        Ok(())
    }

    pub(super) fn since_mark(&mut self) -> Outcome<Vec<Id>> {
        let floor = self.marks.pop().ok_or("there is no mark")?;
        Ok(self.stack.split_off(floor))
    }

    pub(super) fn number(&mut self, read: impl Fn(&mut Reader<'a>) -> Option<i64>) -> Outcome<()> {
        let value = there(read(&mut self.reader))?;
        self.push(Object::Int(value));
        Ok(())
    }

    /// A two's complement integer of any length, little-endian.
    pub(super) fn long(&mut self, length: impl Fn(&mut Reader<'a>) -> Option<usize>) -> Outcome<()> {
        let length = there(length(&mut self.reader))?;
        let digits = there(self.reader.take(length))?;
        let fill = if digits.last().is_some_and(|&last| last >= 0x80) { 0xff } else { 0 };
        let mut word = [fill; 8];
        let node = if length <= word.len() {
            word[..length].copy_from_slice(digits);
            Object::Int(i64::from_le_bytes(word))
        } else {
            Object::Opaque("a long int")
        };
        self.push(node);
        Ok(())
    }

    pub(super) fn text(&mut self, length: impl Fn(&mut Reader<'a>) -> Option<usize>) -> Outcome<()> {
        let length = there(length(&mut self.reader))?;
        let text = there(self.reader.take(length))?;
        self.push(Object::Text(text));
        Ok(())
    }

    pub(super) fn append(&mut self, more: &[Id]) -> Outcome<()> {
        match self.objects.get_mut(self.top()?) {
            Object::List(items) => items.extend_from_slice(more),
            Object::Opaque(_) => {}
            _ => return Err("items are appended to something that is not a list".into()),
        }
        Ok(())
    }

    pub(super) fn set(&mut self, dict: Id, items: &[Id]) -> Outcome<()> {
        if items.len() % 2 == 1 {
            return Err("a key of a dict has no value".into());
        }
        match self.objects.get_mut(dict) {
            Object::Dict(entries) => entries.extend(items.chunks_exact(2).map(|pair| (pair[0], pair[1]))),
            Object::Opaque(_) => {}
            _ => return Err("items are set in something that is not a dict".into()),
        }
        Ok(())
    }

    pub(super) fn remember(&mut self, index: impl Fn(&mut Reader<'a>) -> Option<usize>) -> Outcome<()> {
        let index = there(index(&mut self.reader))?;
        let top = self.top()?;
        self.memo.insert(index, top);
        Ok(())
    }

    pub(super) fn recall(&mut self, index: impl Fn(&mut Reader<'a>) -> Option<usize>) -> Outcome<()> {
        let index = there(index(&mut self.reader))?;
        let id = self.memo.get(&index).ok_or("a reference to nothing")?;
        self.stack.push(*id);
        Ok(())
    }
}
