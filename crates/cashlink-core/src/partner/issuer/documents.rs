//! `POST issuer/v2/documents/`: upload a document, whose id other requests then refer to.

use crate::partner::uploading::upload;

upload! {
    /// Uploads a document as the multipart part `file`. Needs the scope
    /// [`documents:write`](crate::partner::scope::DOCUMENTS_WRITE).
    ///
    /// As [`distributor::UploadDocument`](crate::partner::distributor::UploadDocument), which says more, for an issuer: proofs of
    /// identity and structure before [`CreateIssuer`](super::CreateIssuer), the issuance document before
    /// [`CreateProduct`](super::CreateProduct).
    ///
    /// ```
    /// use cashlink_core::IdempotencyKey;
    /// use cashlink_core::body::{BoundarySeed, FileName, MediaType};
    /// use cashlink_core::bytes::Bytes;
    /// use cashlink_core::partner::issuer::UploadDocument;
    ///
    /// let key = IdempotencyKey::new("identity-of-issuer-3")?;
    /// let seed = BoundarySeed::new([7; 16]); // 16 random bytes, stored beside the key
    /// let upload = UploadDocument::new(key, seed, FileName::new("proof.pdf")?, MediaType::PDF, Bytes::from("%PDF-1.7"));
    /// # Ok::<(), cashlink_core::InvalidValue>(())
    /// ```
    UploadDocument, "issuer.documents.upload", "issuer/v2/documents/"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::IdempotencyKey;
    use crate::body::{BoundarySeed, FileName, MediaType};
    use crate::vectors::{self, BEARER};
    use bytes::Bytes;
    use expect_test::expect;

    #[test]
    fn the_document_goes_to_the_issuers_side() {
        let upload = UploadDocument::new(
            IdempotencyKey::new("identity-3").unwrap(),
            BoundarySeed::new([7; 16]),
            FileName::new("proof.pdf").unwrap(),
            MediaType::PDF,
            Bytes::from("%PDF-1.7"),
        );
        vectors::request(
            &BEARER,
            &upload,
            &expect![[r#"
            POST https://demo.cashlink.de/api/external/issuer/v2/documents/
            accept: application/json
            authorization: Bearer t0k3n
            content-type: multipart/form-data; boundary=b0c021239f7999da88799d8e89ba97ff
            user-agent: cashlink-rust/0.1.0
            x-idempotency-key: identity-3

            --b0c021239f7999da88799d8e89ba97ff\r
            Content-Disposition: form-data; name="file"; filename="proof.pdf"\r
            Content-Type: application/pdf\r
            \r
            %PDF-1.7\r
            --b0c021239f7999da88799d8e89ba97ff--\r
        "#]],
        );
        vectors::t29_cut_everywhere::<UploadDocument>(r#"{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6"}"#);
    }
}
