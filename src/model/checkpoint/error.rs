//! What can be wrong with a checkpoint, one line each.

/// Why a checkpoint could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The file cannot be opened or read.
    #[error("{file}: {source}")]
    Io {
        /// The file.
        file: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is larger than any checkpoint that is read.
    #[error("{file}: has {found} bytes, expected a checkpoint of at most {expected}")]
    FileTooLarge {
        /// The file.
        file: String,
        /// Bytes allowed.
        expected: u64,
        /// Bytes of the file.
        found: u64,
    },
    /// The content is neither a PyTorch checkpoint nor safetensors.
    #[error("{file}: expected a PyTorch checkpoint or safetensors, found {found}")]
    Unrecognised {
        /// The file.
        file: String,
        /// How the content begins.
        found: String,
    },
    /// The zip archive is damaged, or packed in a way that PyTorch does not use.
    #[error("{file}: zip archive: {problem}")]
    Archive {
        /// The file.
        file: String,
        /// What is wrong.
        problem: String,
    },
    /// The pickle is damaged, or does what a checkpoint does not do.
    #[error("{file}: pickle, byte {offset}: {problem}")]
    Pickle {
        /// The file.
        file: String,
        /// Where in the pickle.
        offset: usize,
        /// What is wrong.
        problem: String,
    },
    /// The pickle names a class or function that is not plain data. It was not run.
    #[error(
        "{file}: pickle refers to `{name}`, which is not tensors or plain data: save `model.state_dict()` alone"
    )]
    Refused {
        /// The file.
        file: String,
        /// Module and name, with a dot between.
        name: String,
    },
    /// The header of a safetensors file is damaged.
    #[error("{file}: safetensors header: {problem}")]
    Header {
        /// The file.
        file: String,
        /// What is wrong.
        problem: String,
    },
    /// The checkpoint holds no dict of tensors in any of the usual places.
    #[error("{file}: expected a state dict (names to tensors), found {found}")]
    NoStateDict {
        /// The file.
        file: String,
        /// What the top of the checkpoint is.
        found: String,
    },
    /// A value of the state dict is not a tensor.
    #[error("{file}: `{tensor}`: expected a tensor, found {found}")]
    NotATensor {
        /// The file.
        file: String,
        /// Its name in the state dict.
        tensor: String,
        /// What it is.
        found: String,
    },
    /// A tensor's element type cannot be read as `f32`.
    #[error("{file}: `{tensor}`: expected floating point or integer elements, found {found}")]
    ElementType {
        /// The file.
        file: String,
        /// The tensor.
        tensor: String,
        /// The element type.
        found: String,
    },
    /// A tensor's shape, strides or offset make no sense.
    #[error("{file}: `{tensor}`: expected {expected}, found {found}")]
    Layout {
        /// The file.
        file: String,
        /// The tensor.
        tensor: String,
        /// What would do.
        expected: String,
        /// What is there.
        found: String,
    },
    /// A tensor's storage is not in the file.
    #[error("{file}: `{tensor}`: its storage `{storage}` is missing")]
    MissingStorage {
        /// The file.
        file: String,
        /// The tensor.
        tensor: String,
        /// Key of the storage.
        storage: String,
    },
    /// A tensor reaches past the end of its storage.
    #[error("{file}: `{tensor}`: expected at least {expected} elements of storage, found {found}")]
    OutOfBounds {
        /// The file.
        file: String,
        /// The tensor.
        tensor: String,
        /// How many it needs.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// The tensors together have more elements than the file can hold: views that repeat the same bytes.
    #[error(
        "{file}: `{tensor}`: expected at most {expected} elements in all from a file of this size, found {found}"
    )]
    TooLarge {
        /// The file.
        file: String,
        /// The tensor that passes the limit.
        tensor: String,
        /// The limit.
        expected: usize,
        /// Elements of all tensors up to this one.
        found: usize,
    },
}

/// How a file of an unknown kind begins.
pub(super) fn first_bytes(bytes: &[u8]) -> String {
    match bytes {
        [] => "an empty file".into(),
        [0x80, version, ..] => format!("a plain pickle of protocol {version}"),
        [0x1f, 0x8b, ..] => "a gzip file".into(),
        _ => format!("a file that begins with `{}`", bytes[..bytes.len().min(8)].escape_ascii()),
    }
}
