//! A request whose outcome nobody reports is lost.
#![deny(unused_must_use)]
use cashlink_core::Outgoing;

pub fn send<T>(outgoing: Outgoing<T>) {
    outgoing.into_parts();
}

fn drive<T>(_sent: T) {}

fn main() {}
