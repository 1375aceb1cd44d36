//! Where the documents are that intents refer to by length and hash.
//!
//! A document outlives the process that meant to upload it, so that it has to be as durable as the intent: put it into a
//! [`Folder`] (or a store of your own) before the commit. What is sent is checked against length and hash while it goes out, and a
//! document that has changed never goes out whole.

pub mod asynchronous;
pub mod blocking;

mod folder;

pub use folder::Folder;
