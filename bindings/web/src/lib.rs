//! Framewise as a WebAssembly module without glue code: numbers in, numbers out, samples in memory.
//!
//! Denoisers are named by handles, which are never used again, so that what was destroyed is found missing and not mistaken.
//! Functions that make something give 0, others that can fail a status other than [`status::DONE`], and a message then says
//! why. A function never panics on what it is given: a panic here ends the module.

mod live;
mod metrics;
mod model;
mod recording;
mod slots;
mod status;

/// What every function that is exported says of itself.
macro_rules! exported {
    ($($(#[$doc:meta])* fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)? $body:block)*) => {
        $($(#[$doc])*
        // The name is no other's: all of this module's begin with `framewise_`.
        #[unsafe(no_mangle)]
        pub extern "C" fn $name($($argument: $type),*) $(-> $result)? $body)*
    };
}
use exported;

#[cfg(test)]
mod tests;
