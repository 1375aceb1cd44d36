//! How a document is uploaded, which is the same on every side of the API.

/// Declares the operation `POST {folder}` that uploads a document as the multipart part `file`.
macro_rules! upload {
    ($(#[$attributes:meta])* $operation:ident, $name:literal, $folder:literal) => {
        $(#[$attributes])*
        #[derive(Clone, Debug)]
        #[must_use]
        pub struct $operation {
            key: crate::IdempotencyKey,
            seed: crate::body::BoundarySeed,
            name: crate::body::FileName,
            media_type: crate::body::MediaType,
            payload: crate::body::Payload,
        }

        impl $operation {
            /// The payload is bytes in memory, or a [`PayloadRef`](crate::body::PayloadRef) to what is on disk: the client's
            /// `upload` supplies that, and its `call` can't.
            pub fn new(
                key: crate::IdempotencyKey,
                seed: crate::body::BoundarySeed,
                name: crate::body::FileName,
                media_type: crate::body::MediaType,
                payload: impl Into<crate::body::Payload>,
            ) -> Self {
                Self { key, seed, name, media_type, payload: payload.into() }
            }
        }

        impl crate::Operation for $operation {
            type Output = crate::partner::Document;
            type Credential = crate::Bearer;
            const NAME: &'static str = $name;

            fn method(&self) -> http::Method {
                http::Method::POST
            }

            fn effect(&self) -> crate::Effect<'_> {
                crate::Effect::Keyed { key: &self.key, honoured: crate::Honoured::Documented }
            }

            fn path(&self, path: &mut crate::Path) {
                path.literal($folder);
            }

            fn body(&self) -> Result<crate::body::Body, crate::InvalidValue> {
                crate::body::multipart::file(
                    &self.seed,
                    &self.key,
                    &self.name,
                    &self.media_type,
                    &self.payload,
                )
            }

            fn decode(
                answer: &crate::answer::Answer<'_>,
            ) -> Result<crate::partner::Document, crate::answer::DecodeError> {
                answer.json()
            }
        }
    };
}

pub(super) use upload;
