//! `GET distributor/v2/transfers/{id}/`: ask how far a transfer is.

use super::{Transfer, TransferId};
use crate::partner::reading::get;
use crate::task::Asks;

get! {
    /// Reads a transfer. No scope is documented for it.
    ///
    /// That a transfer can be asked after is documented; the path is inferred.
    ///
    /// ```
    /// use cashlink_core::partner::distributor::GetTransfer;
    ///
    /// let get = GetTransfer::new("3fa85f64-5717-4562-b3fc-2c963f66afa6".parse()?);
    /// # Ok::<(), cashlink_core::InvalidValue>(())
    /// ```
    GetTransfer(TransferId) -> Transfer, "transfers.get", "distributor/v2/transfers/"
}

/// A [`Poll`](crate::task::Poll) repeats it until the transfer has ended.
impl Asks for GetTransfer {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{self, BEARER};
    use expect_test::expect;

    #[test]
    fn the_id_is_one_segment_of_the_path() {
        vectors::request(
            &BEARER,
            &GetTransfer::new("t-1".parse().unwrap()),
            &expect![[r#"
            GET https://demo.cashlink.de/api/external/distributor/v2/transfers/t-1/
            accept: application/json
            authorization: Bearer t0k3n
            user-agent: cashlink-rust/0.1.0
        "#]],
        );
        vectors::t29_cut_everywhere::<GetTransfer>(r#"{"id":"t-1","status":"succeeded"}"#);
    }
}
