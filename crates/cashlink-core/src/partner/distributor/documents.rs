//! `POST distributor/v2/documents/`: upload a document, whose id other requests then refer to.

use crate::partner::uploading::upload;

upload! {
    /// Uploads a document as the multipart part `file`. Needs the scope [`documents:write`](crate::partner::scope::DOCUMENTS_WRITE).
    ///
    /// The same key and the same seed make the same bytes, boundary included, also in another process: keep both for a
    /// retry. Size limits and allowed types are not documented.
    ///
    /// Bytes in memory go out by the client's `call`; a document on disk by its `upload`, not `call`, which has nothing to read
    /// it from.
    ///
    /// Where its id is known to go: `legitimation_protocol_id` of [`AddIdentification`](super::AddIdentification), and
    /// `company_identity_proof_id` and `company_structure_proof_id` of a [`LegalPerson`](crate::partner::LegalPerson). An
    /// investment takes signed documents, and a product needs an issuance document; under which names is not documented.
    ///
    /// ```
    /// use cashlink_core::IdempotencyKey;
    /// use cashlink_core::body::{BoundarySeed, FileName, MediaType, PayloadRef};
    /// use cashlink_core::bytes::Bytes;
    /// use cashlink_core::partner::distributor::UploadDocument;
    ///
    /// let key = IdempotencyKey::new("passport-of-investor-17")?;
    /// let seed = BoundarySeed::new([7; 16]); // 16 random bytes, stored beside the key
    /// let in_memory = UploadDocument::new(key, seed, FileName::new("id.pdf")?, MediaType::PDF, Bytes::from("%PDF-1.7"));
    ///
    /// # let (key, seed) = (IdempotencyKey::new("x")?, BoundarySeed::new([7; 16]));
    /// let on_disk = UploadDocument::new(key, seed, FileName::new("id.pdf")?, MediaType::PDF, PayloadRef::new(1 << 30));
    /// # Ok::<(), cashlink_core::InvalidValue>(())
    /// ```
    UploadDocument, "documents.upload", "distributor/v2/documents/"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::{BoundarySeed, FileName, MediaType, Payload, PayloadRef};
    use crate::vectors::{self, BEARER};
    use crate::{IdempotencyKey, Operation as _};
    use bytes::Bytes;
    use expect_test::expect;

    const ANSWER: &str = r#"{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6"}"#;

    fn upload(payload: impl Into<Payload>) -> UploadDocument {
        UploadDocument::new(
            IdempotencyKey::new("passport-17").unwrap(),
            BoundarySeed::new([7; 16]),
            FileName::new("id.pdf").unwrap(),
            MediaType::PDF,
            payload,
        )
    }

    #[test]
    fn the_document_is_the_part_file_and_the_boundary_comes_from_seed_and_key() {
        vectors::request(
            &BEARER,
            &upload(Bytes::from("%PDF-1.7")),
            &expect![[r#"
                POST https://demo.cashlink.de/api/external/distributor/v2/documents/
                accept: application/json
                authorization: Bearer t0k3n
                content-type: multipart/form-data; boundary=48a0af679896b358f448fa02627dc2c2
                user-agent: cashlink-rust/0.1.0
                x-idempotency-key: passport-17

                --48a0af679896b358f448fa02627dc2c2\r
                Content-Disposition: form-data; name="file"; filename="id.pdf"\r
                Content-Type: application/pdf\r
                \r
                %PDF-1.7\r
                --48a0af679896b358f448fa02627dc2c2--\r
            "#]],
        );
    }

    #[test]
    fn a_referred_payload_has_the_same_framing_and_length_as_one_in_memory() {
        let body = |payload: Payload| upload(payload).body().unwrap();
        let (in_memory, elsewhere) = (body(Bytes::from("%PDF-1.7").into()), body(PayloadRef::new(8).into()));
        assert_eq!(in_memory.len(), elsewhere.len());
        assert_eq!(in_memory.content_type(), elsewhere.content_type());
        assert_eq!(elsewhere.payload_ref(), Some(PayloadRef::new(8)));
    }

    #[test]
    fn the_answer_names_the_document() {
        let document = vectors::answer::<UploadDocument>(ANSWER).unwrap();
        assert_eq!(document.id.as_str(), "3fa85f64-5717-4562-b3fc-2c963f66afa6");
        vectors::t29_cut_everywhere::<UploadDocument>(ANSWER);
    }
}
