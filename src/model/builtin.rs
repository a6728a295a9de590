//! The models that are compiled in.

use super::{Latency, Model, ModelError};
use std::path::Path;
use std::sync::OnceLock;

/// A model that is compiled in.
#[derive(Debug)]
pub struct Builtin {
    family: &'static str,
    bytes: &'static [u8],
    model: OnceLock<Model>,
}

/// Every model that is compiled in: a line for each. The first family is the one that is used where none is named.
pub static ALL: [Builtin; 2] = [
    Builtin::new("dual-path", include_bytes!("../../models/dual-path-zero.safetensors")),
    Builtin::new("dual-path", include_bytes!("../../models/dual-path-one-frame.safetensors")),
];

impl Builtin {
    const fn new(family: &'static str, bytes: &'static [u8]) -> Self {
        Self { family, bytes, model: OnceLock::new() }
    }

    /// The family: models of one network that differ in latency alone.
    pub fn family(&self) -> &'static str {
        self.family
    }

    /// The name, which is no other model's.
    pub fn name(&self) -> &str {
        &self.get().header().name
    }

    /// Samples a second.
    pub fn sample_rate(&self) -> u32 {
        self.get().sample_rate()
    }

    /// Frames of latency.
    pub fn latency(&self) -> Latency {
        self.get().latency()
    }

    /// The model file.
    pub fn bytes(&self) -> &'static [u8] {
        self.bytes
    }

    /// The model, parsed once in the life of the process.
    pub fn model(&self) -> Model {
        self.get().clone()
    }

    fn get(&self) -> &Model {
        let name = || format!("built-in model of the family {}", self.family);
        let parse = || Model::from_bytes(&name(), self.bytes);
        self.model.get_or_init(|| parse().expect("the tests build every model that is compiled in"))
    }
}

/// The built-in model of a name, or of a family and a latency; without a latency, the first of the family.
///
/// # Errors
/// If no built-in model has that name or is of that family, or the latency is another than that of all of them.
pub fn find(name: &str, latency: Option<Latency>) -> Result<Model, ModelError> {
    let candidates: Vec<_> = ALL.iter().filter(|one| one.name() == name || one.family == name).collect();
    if candidates.is_empty() {
        return Err(ModelError::NoBuiltin { found: name.to_owned(), available: names() });
    }
    let fits = |one: &&&Builtin| latency.is_none_or(|latency| one.latency() == latency);
    candidates.iter().find(fits).map(|one| one.model()).ok_or_else(|| ModelError::NoBuiltinLatency {
        model: name.to_owned(),
        asked: latency.unwrap_or_default(),
        available: candidates.iter().map(|one| one.latency()).collect(),
    })
}

/// A built-in model by its name or family, or a model file; without a name, a model of the first family.
///
/// # Errors
/// As [`find`] and [`Model::open`], or if the file's model has another latency.
pub fn open(named: Option<&Path>, latency: Option<Latency>) -> Result<Model, ModelError> {
    let Some(named) = named else { return find(ALL[0].family(), latency) };
    let is = |name: &str| Path::new(name) == named;
    if ALL.iter().any(|one| is(one.name()) || is(one.family())) {
        return find(&named.to_string_lossy(), latency);
    }
    match latency {
        Some(latency) => Model::open(named)?.with_latency(latency),
        None => Model::open(named),
    }
}

/// Names and families, each once.
fn names() -> Vec<String> {
    let mut names: Vec<String> = ALL.iter().map(|one| one.name().to_owned()).collect();
    for one in &ALL {
        if !names.iter().any(|name| name == one.family) {
            names.push(one.family.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::{ALL, find, names};
    use crate::model::{Latency, Model};

    #[test]
    fn names_are_unique_and_a_family_has_every_latency_once_and_one_rate() {
        assert_eq!(names().len(), ALL.len() + 1, "{:?}", names());
        for one in &ALL {
            let family: Vec<_> = ALL.iter().filter(|other| other.family() == one.family()).collect();
            for latency in Latency::ALL {
                assert_eq!(family.iter().filter(|other| other.latency() == latency).count(), 1, "{latency}");
            }
            assert!(family.iter().all(|other| other.sample_rate() == one.sample_rate()));
            let model = one.model();
            assert_eq!((one.latency(), one.name()), (model.latency(), model.header().name.as_str()));
            assert_eq!(Model::from_bytes("again", one.bytes()).expect("a model").header(), model.header());
        }
    }

    #[test]
    fn a_model_is_found_by_its_name_or_by_family_and_latency() {
        for one in &ALL {
            let found = |name, latency| find(name, latency).expect("a model").header().name.clone();
            assert_eq!(found(one.name(), None), one.name());
            assert_eq!(found(one.family(), Some(one.latency())), one.name());
        }
        let error = |name, latency| find(name, latency).expect_err("no model").to_string();
        assert_eq!(
            error("dual-path-zero", Some(Latency::ONE)),
            "built-in model `dual-path-zero` has no latency of one: there is zero"
        );
        assert_eq!(
            error("dual-path", Some(Latency::of(2))),
            "built-in model `dual-path` has no latency of 2: there are zero and one"
        );
        assert!(error("gtcrn", None).starts_with("no built-in model `gtcrn`: there are "));
    }
}
