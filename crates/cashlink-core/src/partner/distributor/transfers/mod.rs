//! Transfers: units move from one investor's wallet to another's, after the first sale. The ledger takes its time, so a transfer
//! is a task that is asked after ([`Poll`](crate::task::Poll)).

mod create;
mod get;

pub use create::CreateTransfer;
pub use get::GetTransfer;

use serde::Deserialize;

use crate::Id;
use crate::task::{Task, TaskStatus};

/// The id of a transfer.
pub type TransferId = Id<Transfer>;

/// A transfer, as the API returns it. That it has an id is inferred.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Transfer {
    /// Its id.
    pub id: TransferId,
    /// How far it is.
    pub status: Option<TaskStatus>,
}

impl Transfer {
    /// A transfer for tests: only an id; set the status as needed.
    #[must_use]
    pub fn fixture(id: TransferId) -> Self {
        Self { id, status: None }
    }
}

impl Task for Transfer {
    fn status(&self) -> Option<&TaskStatus> {
        self.status.as_ref()
    }
}
