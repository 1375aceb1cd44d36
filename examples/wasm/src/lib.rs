//! [`cashlink_core`] where there is no operating system: a WebAssembly module for `wasm32-unknown-unknown` that imports
//! nothing, and so can do nothing but calculate.
//!
//! Whoever instantiates it is its world. The host says what it wants, the module says what has to be done next (send this,
//! wait so long, it is over), the host does it and says what became of it. Time and entropy come in with what it says, as
//! values. The loop on the other side is `host.mjs`.
//!
//! A message, in either direction, is a line of JSON ([`Told`](message::Told), [`Said`](message::Said)) and, behind it, the
//! bytes of a body. [`exports`] carries them across, [`machine`] is what happens in between.

mod exports;
mod machine;
mod message;
#[cfg(test)]
mod tests;
