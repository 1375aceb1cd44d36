//! No format string shows a secret. An idempotency key may be shown.
use cashlink_core::IdempotencyKey as Text;

pub fn print(text: &Text) -> String {
    format!("{text}")
}

fn main() {}
