//! The older generation: one file per resource, and in it one function per endpoint. Versions are dates in a header.

pub(crate) mod businesses;
pub(crate) mod cashlinks;

use crate::drf::Refusal;
use http::HeaderMap;

/// A version of the payments API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Version {
    /// `2017-10-01`: the type of a payment link may be left out. The vendor's default until 2018-04-30.
    V2017_10_01,
    /// `2018-01-15`, the latest: the type is required. The vendor's default from 2018-05-01.
    #[default]
    V2018_01_15,
}

/// The version that the request asks for, or the default.
///
/// # Errors
/// 400 for one that isn't supported. The status is documented; the body is not, and this one is the framework's shape.
pub(crate) fn version_of(headers: &HeaderMap, default: Version) -> Result<Version, Refusal> {
    let mut given = headers.get_all("x-api-version").iter();
    match (given.next().map(|version| version.as_bytes()), given.next()) {
        (None, _) => Ok(default),
        (Some(b"2018-01-15"), None) => Ok(Version::V2018_01_15),
        (Some(b"2017-10-01"), None) => Ok(Version::V2017_10_01),
        _ => Err(Refusal::bad_request("The requested API version is not supported.")),
    }
}

#[cfg(test)]
mod tests;
