//! Only what was proved to come from Cashlink is recorded.
use cashlink_journal::core::webhook::Verified;
use cashlink_journal::inbox::Received;

pub fn received<'a>(body: &Verified<'a>) -> Received<'a> {
    Received::from(body)
}

fn main() {}
