//! What a case finds, in words for the store's author.

use std::fmt;

use cashlink_core::{Error, InvalidValue};

use crate::store::{SettleError, StageError};

/// What was otherwise than it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding(String);

/// What comes of a case, or of one step in it.
pub(super) type Found<T = ()> = Result<T, Finding>;

impl Finding {
    pub(super) fn new(text: impl fmt::Display) -> Self {
        Self(text.to_string())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<InvalidValue> for Finding {
    fn from(error: InvalidValue) -> Self {
        Self::new(error)
    }
}

impl From<Error> for Finding {
    fn from(error: Error) -> Self {
        Self::new(error)
    }
}

impl From<Fault> for Finding {
    fn from(fault: Fault) -> Self {
        Self(format!("{fault:?}"))
    }
}

/// What must be equal, and is named in case that it isn't.
pub(super) fn equal<T: PartialEq + fmt::Debug>(what: &str, is: T, wanted: T) -> Found {
    holds(is == wanted, || format!("{what}: {is:?}, not {wanted:?}"))
}

/// What must be so.
pub(super) fn holds(is_so: bool, otherwise: impl FnOnce() -> String) -> Found {
    if is_so { Ok(()) } else { Err(Finding(otherwise())) }
}

/// The only one that there must be.
pub(super) fn only<T: fmt::Debug>(what: &str, mut all: Vec<T>) -> Found<T> {
    match (all.pop(), all.len()) {
        (Some(only), 0) => Ok(only),
        (None, _) => Err(Finding(format!("{what}: none, not one"))),
        (Some(_), more) => Err(Finding(format!("{what}: {more} too many"))),
    }
}

/// How a store refused, without its own error's type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    KeyReused(i64),
    NotDurable,
    Lost,
    Handler,
    Database(String),
}

impl<E: fmt::Display> From<StageError<E>> for Fault {
    fn from(error: StageError<E>) -> Self {
        match error {
            StageError::KeyReused { id } => Self::KeyReused(id),
            StageError::NotDurable(_) => Self::NotDurable,
            StageError::Database(error) => Self::Database(error.to_string()),
        }
    }
}

impl<E: fmt::Display> From<SettleError<E>> for Fault {
    fn from(error: SettleError<E>) -> Self {
        match error {
            SettleError::Lost => Self::Lost,
            SettleError::Handler(_) => Self::Handler,
            SettleError::Database(error) => Self::Database(error.to_string()),
        }
    }
}
