//! The built-in models, once for all instances, and only while there are any: a host may load and unload the library often.

use framewise::model::{Latency, Model};
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

type All = [Model; Latency::ALL.len()];

static ALIVE: Mutex<Weak<All>> = Mutex::new(Weak::new());

fn alive() -> MutexGuard<'static, Weak<All>> {
    // What is guarded is whole whenever it is there.
    ALIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The models, for as long as one of these lives.
pub struct Shared(Arc<All>);

impl Shared {
    /// Reads the models unless another instance has done so.
    pub fn get() -> Self {
        let mut alive = alive();
        Self(alive.upgrade().unwrap_or_else(|| {
            let all = Arc::new(Latency::ALL.map(Model::builtin));
            *alive = Arc::downgrade(&all);
            all
        }))
    }
}

impl Deref for Shared {
    type Target = All;

    fn deref(&self) -> &All {
        &self.0
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let mut alive = alive();
        if Arc::strong_count(&self.0) == 1 {
            *alive = Weak::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Shared, alive};

    #[test]
    fn models_are_shared_while_needed_and_gone_after() {
        let (one, two) = (Shared::get(), Shared::get());
        assert!(std::ptr::eq(&*one, &*two));
        drop(one);
        assert!(alive().upgrade().is_some());
        drop(two);
        assert!(alive().upgrade().is_none());
    }
}
