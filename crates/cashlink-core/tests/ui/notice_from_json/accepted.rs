//! The change of a status is read from a delivery whose sender was checked, and from no other JSON.
use cashlink_core::webhook::{Authenticated, Notice, StatusChanged};

pub fn read(it: &Authenticated<'_>) -> Option<StatusChanged> {
    let Notice::StatusChanged(changed) = it.notice().ok()? else { return None };
    Some(changed)
}

fn main() {}
