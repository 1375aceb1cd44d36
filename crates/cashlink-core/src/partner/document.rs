//! What an upload leaves: a document, to which other requests refer by its id.

use serde::Deserialize;

use crate::Id;

/// The id of an uploaded document.
pub type DocumentId = Id<Document>;

/// An uploaded document. Only its id is documented.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Document {
    /// Its id, for other requests to refer to.
    pub id: DocumentId,
}

impl Document {
    /// A document for tests.
    #[must_use]
    pub fn fixture(id: DocumentId) -> Self {
        Self { id }
    }
}
