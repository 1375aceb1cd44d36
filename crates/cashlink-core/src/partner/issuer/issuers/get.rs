//! `GET issuer/v2/issuers/{id}/`: read an issuer.

use super::{Issuer, IssuerId};
use crate::partner::reading::get;

get! {
    /// Reads an issuer. Needs the scope [`issuers:read`](crate::partner::scope::ISSUERS_READ).
    ///
    /// That issuers can be read is documented, the path is inferred.
    ///
    /// ```
    /// use cashlink_core::partner::issuer::GetIssuer;
    ///
    /// let get = GetIssuer::new("3fa85f64-5717-4562-b3fc-2c963f66afa6".parse()?);
    /// # Ok::<(), cashlink_core::InvalidValue>(())
    /// ```
    GetIssuer(IssuerId) -> Issuer, "issuers.get", "issuer/v2/issuers/"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{self, BEARER};
    use expect_test::expect;

    #[test]
    fn the_id_is_one_segment_of_the_path() {
        vectors::request(
            &BEARER,
            &GetIssuer::new("x-1".parse().unwrap()),
            &expect![[r#"
            GET https://demo.cashlink.de/api/external/issuer/v2/issuers/x-1/
            accept: application/json
            authorization: Bearer t0k3n
            user-agent: cashlink-rust/0.1.0
        "#]],
        );
        vectors::t29_cut_everywhere::<GetIssuer>(r#"{"id":"x-1"}"#);
    }
}
