//! What functions and classes of a pickle would make, worked out from their names alone.

use super::globals::{self, Global};
use super::machine::{Machine, Outcome, Problem};
use super::objects::{Id, Object, Storage, View};
use crate::model::wording::shown;

/// Module and class names are not longer; what is, is cut, and then unknown.
const LONGEST_NAME: usize = 128;

impl<'a> Machine<'a> {
    pub(super) fn global(&mut self, module: &[u8], name: &[u8]) -> Outcome<()> {
        let short = |name: &[u8]| String::from_utf8_lossy(&name[..name.len().min(LONGEST_NAME)]).into_owned();
        let (module, name) = (short(module), short(name));
        match globals::find(&module, &name) {
            Some(global) => self.push(Object::Global(global)),
            None => return Err(Problem::Refused(shown(&format!("{module}.{name}")))),
        }
        Ok(())
    }

    /// `('storage', class, key, place, length)`, with a sixth item `None` in old files.
    pub(super) fn storage(&self, id: Id) -> Option<Storage<'a>> {
        let (Object::Tuple(items), objects) = (self.objects.get(id), &self.objects) else { return None };
        let [tag, class, key, _, length, rest @ ..] = items.as_slice() else { return None };
        let whole = rest.iter().all(|&item| matches!(objects.get(item), Object::None));
        match (objects.get(*tag), objects.get(*class), objects.get(*key)) {
            (Object::Text(b"storage"), &Object::Global(Global::Storage(element)), &Object::Text(key))
                if whole =>
            {
                Some(Storage { key, element, length: objects.int(*length)? })
            }
            _ => None,
        }
    }

    /// Pushes what calling `callee` with `arguments` would make.
    pub(super) fn make(&mut self, mut callee: Id, mut arguments: Id) -> Outcome<()> {
        let mut nested = false;
        loop {
            let Object::Tuple(given) = self.objects.get(arguments) else {
                return Err("arguments are not a tuple".into());
            };
            let given = given.as_slice();
            let global = match self.objects.get(callee) {
                Object::Global(global) => *global,
                // A method or instance of plain data.
                Object::Opaque(what) => Global::Foreign(what),
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
                    Object::Tensor(View { storage, offset, shape, strides, element: None })
                }
                (Global::TypedTensor, &[storage, offset, shape, strides, _, _, element, ..]) => {
                    let Object::Global(Global::Element(element)) = *self.objects.get(element) else {
                        return Err("the element type of a tensor is not one".into());
                    };
                    Object::Tensor(View { storage, offset, shape, strides, element: Some(element) })
                }
                (Global::Dict, _) => {
                    let entries = self.pairs(given).ok_or("dicts are copied too often")?;
                    self.spare -= entries.len();
                    Object::Dict(entries)
                }
                (Global::Foreign(what), _) => Object::Opaque(what),
                _ => return Err("a function of PyTorch has other arguments than are known".into()),
            };
            self.push(node);
            return Ok(());
        }
    }

    /// The entries of a dict that is made from a list of pairs or from another dict, as its last argument.
    fn pairs(&self, arguments: &[Id]) -> Option<Vec<(Id, Id)>> {
        let Some(&last) = arguments.last() else { return Some(Vec::new()) };
        match self.objects.get(last) {
            Object::Dict(entries) if entries.len() <= self.spare => Some(entries.clone()),
            Object::List(items) if items.len() <= self.spare => {
                let pair = |&item| match *self.objects.items(item)? {
                    [key, value] => Some((key, value)),
                    _ => None,
                };
                Some(items.iter().map_while(pair).collect())
            }
            Object::Dict(_) | Object::List(_) => None,
            _ => Some(Vec::new()),
        }
    }
}
