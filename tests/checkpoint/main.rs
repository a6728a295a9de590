//! Reading of checkpoints: what PyTorch wrote, and what somebody hostile wrote.

mod craft;
mod fixtures;
mod hostile;
mod nesting;
