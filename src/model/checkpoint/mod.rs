//! Reads trained weights out of PyTorch checkpoints and `.safetensors` files, without PyTorch.
//!
//! What a file is, its content says, not its name: a zip archive or the older plain stream of `torch.save`, or
//! safetensors. A pickle is read as data: nothing in it is called, imported or run. It may hold dicts, lists, tuples,
//! strings, numbers and tensors; plain data of NumPy and the standard library is stepped over; anything else is
//! refused by name.
//!
//! Files are not trusted. Every offset, shape and stride is checked against the bytes that are there, memory stays
//! proportional to the size of the file, and no input panics. Checksums of the archive are not compared, because
//! PyTorch can be told not to write them.
//!
//! ```no_run
//! let weights = framewise::model::checkpoint::read("gtcrn_dns3.tar")?;
//! for (name, tensor) in weights.iter() {
//!     println!("{name} {:?}", tensor.shape);
//! }
//! # Ok::<(), framewise::model::checkpoint::CheckpointError>(())
//! ```

mod archive;
mod calls;
mod element;
mod error;
mod globals;
mod machine;
mod objects;
mod reader;
mod safetensors;
mod select;
mod stack;
mod state_dict;
mod storage;
mod torch;

use std::io::Read;
use std::path::Path;

/// A file larger than this is no checkpoint of a denoiser: a thousand times the size of a published one.
const MOST_BYTES: u64 = 1 << 29;

/// Bytes that tell what a file is.
const LOOK: u64 = 64;

pub use error::CheckpointError;
pub use state_dict::{StateDict, Tensor};

/// Reads the state dict of the checkpoint at `path`.
///
/// A training checkpoint that keeps the state dict under a key (`model`, `state_dict`, `model_state_dict` and the like)
/// beside optimizer and epoch is resolved to it; the prefixes `module.` (DataParallel) and `_orig_mod.` (compiled
/// modules) are stripped when every name has them.
///
/// # Errors
/// If the file cannot be read or is not a checkpoint in every point; the message names file, tensor, expected and found.
pub fn read(path: impl AsRef<Path>) -> Result<StateDict, CheckpointError> {
    let path = path.as_ref();
    let file = path.display().to_string();
    match load(path, &file) {
        Ok(bytes) => parse(&file, &bytes?),
        Err(source) => Err(CheckpointError::Io { file, source }),
    }
}

/// The bytes of a file that begins like a checkpoint and is not too large for one; nothing else is read into memory.
fn load(path: &Path, file: &str) -> std::io::Result<Result<Vec<u8>, CheckpointError>> {
    let mut opened = std::fs::File::open(path)?;
    let mut bytes = Vec::new();
    opened.by_ref().take(LOOK).read_to_end(&mut bytes)?;
    // The header of safetensors may go on behind what was looked at.
    if !(archive::is_zip(&bytes) || torch::is_legacy(&bytes) || bytes.get(8) == Some(&b'{')) {
        return Ok(Err(unrecognised(file, &bytes)));
    }
    let length = opened.metadata()?.len();
    if length <= MOST_BYTES {
        opened.take(MOST_BYTES + 1 - LOOK).read_to_end(&mut bytes)?;
    }
    let found = length.max(bytes.len() as u64);
    if found > MOST_BYTES {
        return Ok(Err(CheckpointError::FileTooLarge { file: file.into(), expected: MOST_BYTES, found }));
    }
    Ok(Ok(bytes))
}

fn unrecognised(file: &str, bytes: &[u8]) -> CheckpointError {
    CheckpointError::Unrecognised { file: file.into(), found: error::first_bytes(bytes) }
}

/// Reads the state dict of a checkpoint that is already in memory; `file` is what errors call it.
///
/// # Errors
/// As [`read`].
pub fn parse(file: &str, bytes: &[u8]) -> Result<StateDict, CheckpointError> {
    let mut weights = if archive::is_zip(bytes) {
        torch::read_archive(file, bytes)?
    } else if torch::is_legacy(bytes) {
        torch::read_legacy(file, bytes)?
    } else if safetensors::is_safetensors(bytes) {
        safetensors::read(file, bytes)?
    } else {
        return Err(unrecognised(file, bytes));
    };
    while weights.strip_prefix("module.") || weights.strip_prefix("_orig_mod.") {}
    Ok(weights)
}
