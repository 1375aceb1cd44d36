//! Where requests may go: absolute URLs, read strictly. One reader serves the base URLs that a user configures and the
//! page links that a server sends, so that the two can't disagree about what a host is (T6–T9).

use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};

use crate::InvalidValue;

/// Far below what [`http::Uri`] takes (65,534 bytes), so that a link that is read can also be sent on our own base; far
/// above what servers take in a request's first line (4 to 8 KiB by default).
const LONGEST: usize = 16 * 1024;

/// An absolute URL, taken apart without a copy. Whatever is unusual is refused rather than normalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Absolute<'a> {
    pub(crate) secure: bool,
    pub(crate) host: &'a str,
    pub(crate) port: Option<u16>,
    pub(crate) path: &'a str,
    pub(crate) query: Option<&'a str>,
}

impl<'a> Absolute<'a> {
    pub(crate) fn parse(url: &'a str) -> Result<Self, &'static str> {
        if url.len() > LONGEST {
            return Err("must be at most 16,384 bytes long");
        }
        if !url.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("must be visible ASCII without spaces (write an international host as xn--)");
        }
        if url.contains(['\\', '#', '"', '<', '>', '^', '`', '{', '|', '}']) {
            return Err("must not contain '\\', '#', quotes or brackets");
        }
        let (scheme, rest) = url.split_once("://").ok_or("must start with https://")?;
        let secure = match scheme {
            _ if scheme.eq_ignore_ascii_case("https") => true,
            _ if scheme.eq_ignore_ascii_case("http") => false,
            _ => return Err("must start with https://"),
        };
        let (authority, target) =
            rest.split_at_checked(rest.find(['/', '?']).unwrap_or(rest.len())).unwrap_or((rest, ""));
        let (host, port) = split_authority(authority)?;
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        Ok(Self { secure, host, port, path, query })
    }

    fn effective_port(&self) -> u16 {
        self.port.unwrap_or(if self.secure { 443 } else { 80 })
    }
}

fn split_authority(authority: &str) -> Result<(&str, Option<u16>), &'static str> {
    if authority.contains('@') {
        return Err("must not carry a user name or password");
    }
    let end_of_host = if authority.starts_with('[') {
        authority
            .find(']')
            .and_then(|at| at.checked_add(1))
            .ok_or("must close the '[' of its IPv6 address")?
    } else {
        authority.find(':').unwrap_or(authority.len())
    };
    let (host, rest) = authority.split_at_checked(end_of_host).unwrap_or((authority, ""));
    check_host(host)?;
    let port = match rest.strip_prefix(':') {
        None if rest.is_empty() => None,
        None => return Err("must have a port or a path behind its host"),
        Some(port) => match (port.bytes().all(|byte| byte.is_ascii_digit()), port.parse()) {
            (true, Ok(port @ 1..=u16::MAX)) if port_is_canonical(rest, port) => Some(port),
            _ => return Err("must have a port from 1 to 65535"),
        },
    };
    Ok((host, port))
}

/// `:0443` and `:443` are one port to some readers and not to others.
fn port_is_canonical(written: &str, port: u16) -> bool {
    let digits = port.checked_ilog10().unwrap_or(0).saturating_add(1);
    written.len() == usize::try_from(digits).unwrap_or(0).saturating_add(1)
}

fn check_host(host: &str) -> Result<(), &'static str> {
    let plain = |host: &str| {
        host.split('.').all(|label| {
            !label.is_empty()
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        })
    };
    let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let fine = match bracketed {
        Some(address) => address.parse::<core::net::Ipv6Addr>().is_ok(),
        None => host.len() <= 253 && plain(host),
    };
    if fine {
        Ok(())
    } else {
        Err("must name a host in ASCII: labels between dots, or an IPv6 address in brackets")
    }
}

/// `localhost`, `127.0.0.0/8` in four decimal parts, `[::1]`; no other spelling.
fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host == "[::1]"
        || host.parse::<core::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

/// An absolute URL that requests may be sent to, without query: the base of an API, or a token endpoint.
///
/// Only `https`; plain `http` exists for servers on this machine, and only where it is asked for by name
/// ([`Endpoint::on_loopback`], T9). ASCII hosts, no user name, a real port (T6–T8).
///
/// ```
/// use cashlink_core::Endpoint;
///
/// let own = Endpoint::new("https://connect.example/api/external")?;
/// assert_eq!(own.to_string(), "https://connect.example/api/external");
/// assert!(Endpoint::new("http://connect.example/api/external").is_err());
/// assert!(Endpoint::new("https://user@connect.example/").is_err());
/// # Ok::<(), cashlink_core::InvalidValue>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    scheme: Scheme,
    authority: Authority,
    path: Arc<str>,
}

impl Endpoint {
    /// An `https` URL.
    ///
    /// # Errors
    /// When the URL is not absolute, not `https`, or has a user name, a query, a fragment, a host that is not ASCII, a
    /// port that is none, or a path with anything but unreserved characters between its slashes.
    pub fn new(url: &str) -> Result<Self, InvalidValue> {
        let parsed = Absolute::parse(url).map_err(refused)?;
        if parsed.secure {
            Self::from_absolute(parsed)
        } else {
            Err(refused("must be https (plain http is only for loopback, by Endpoint::on_loopback)"))
        }
    }

    /// A URL on this machine, where plain `http` is allowed: `localhost`, `127.0.0.0/8` or `[::1]`. For the sandbox and
    /// for tests.
    ///
    /// # Errors
    /// As for [`Endpoint::new`], and when the host is not a loopback address.
    pub fn on_loopback(url: &str) -> Result<Self, InvalidValue> {
        let parsed = Absolute::parse(url).map_err(refused)?;
        if is_loopback(parsed.host) {
            Self::from_absolute(parsed)
        } else {
            Err(refused("must be on loopback: localhost, 127.0.0.0/8 or [::1]"))
        }
    }

    /// A place that the documentation names.
    pub(crate) const fn known(scheme: Scheme, authority: Authority, path: Arc<str>) -> Self {
        Self { scheme, authority, path }
    }

    fn from_absolute(url: Absolute<'_>) -> Result<Self, InvalidValue> {
        if url.query.is_some() {
            return Err(refused("must have no query"));
        }
        let segments_are_plain = url.path.split('/').skip(1).all(|segment| {
            !matches!(segment, "." | "..")
                && segment
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'))
        });
        if !segments_are_plain || url.path.contains("//") {
            return Err(refused("must have a plain path: letters, digits and -._~ between single slashes"));
        }
        let authority = match url.port {
            Some(port) => Authority::try_from(alloc::format!("{}:{port}", url.host)),
            None => Authority::try_from(url.host),
        };
        Ok(Self::known(
            if url.secure { Scheme::HTTPS } else { Scheme::HTTP },
            authority.map_err(|_| refused("must name a host"))?,
            Arc::from(if url.path.is_empty() { "/" } else { url.path }),
        ))
    }

    /// The same endpoint with a path that ends in a slash, as a base that paths are appended to.
    #[must_use]
    pub(crate) fn as_base(&self) -> Self {
        if self.path.ends_with('/') { self.clone() } else { self.with_suffix("/") }
    }

    pub(crate) fn with_suffix(&self, suffix: &str) -> Self {
        let mut path = String::from(&*self.path);
        path.push_str(suffix);
        Self { path: Arc::from(path), ..self.clone() }
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// `target` (a path relative to this base, perhaps with a query) as an absolute URL.
    pub(crate) fn uri(&self, target: &str) -> Result<Uri, InvalidValue> {
        let length = self.path.len().saturating_add(target.len());
        if length > LONGEST_TARGET {
            return Err(refused("must not have more than 65,534 bytes of path and query"));
        }
        let mut path = String::with_capacity(length);
        path.push_str(&self.path);
        path.push_str(target);
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(
            PathAndQuery::from_maybe_shared(bytes::Bytes::from(path))
                .map_err(|_| refused("must make a valid URL"))?,
        );
        Uri::from_parts(parts).map_err(|_| refused("must make a valid URL"))
    }

    /// Whether a link names this very place, as far as `links` asks for it. Its path is not looked at here.
    pub(crate) fn is_named_by(&self, link: &Absolute<'_>, links: LinkCheck) -> bool {
        let secure = self.scheme == Scheme::HTTPS;
        let port = self.authority.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let same_host = self.authority.host().eq_ignore_ascii_case(link.host);
        same_host
            && match links {
                LinkCheck::SameHost => link.port.is_none_or(|named| named == port),
                LinkCheck::SameOrigin => link.secure == secure && link.effective_port() == port,
            }
    }
}

/// Path and query have to fit into what `http` counts in 16 bits. Before 1.5 it didn't look whether they do, and a longer one was cut
/// into path and query wherever the count began anew (T16).
const LONGEST_TARGET: usize = 65_534;

fn refused(rule: &'static str) -> InvalidValue {
    InvalidValue::new("URL", rule)
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.path)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({self})")
    }
}

/// How closely a page link has to name the place that it came from, before its query is used there.
///
/// The credential goes to the configured base in any case: only a link's *query* is ever used (T3–T5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkCheck {
    /// Same host, same resource path, our port or none; `http` and `https` alike. A server behind a TLS proxy often
    /// writes `http://` links and drops the port, and no harm comes of it (T5).
    #[default]
    SameHost,
    /// Same scheme, host, effective port and resource path.
    SameOrigin,
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn t6_to_t9_an_endpoint_is_plain_https_or_it_is_refused() {
        for accepted in [
            "https://demo.cashlink.de/api/external",
            "https://demo.cashlink.de",
            "https://demo.cashlink.de:8443/",
            "HTTPS://demo.cashlink.de/",
            "https://xn--cshlink-6wa.de/",
            "https://10.0.0.1/api",
            "https://[2001:db8::1]:8443/api",
        ] {
            assert!(Endpoint::new(accepted).is_ok(), "{accepted}");
        }
        for refused in [
            "",
            "demo.cashlink.de",
            "//demo.cashlink.de/",
            "https:demo.cashlink.de",
            "https:/demo.cashlink.de",
            "https:///api",
            "http://demo.cashlink.de/",
            "http://localhost/",
            "ftp://demo.cashlink.de/",
            "https://user@demo.cashlink.de/",
            "https://user:pw@demo.cashlink.de/",
            "https://demo.cashlink.de\\@evil.example/",
            "https://demo.cashlink.de:99999/",
            "https://demo.cashlink.de:0/",
            "https://demo.cashlink.de:/",
            "https://demo.cashlink.de:+443/",
            "https://demo.cashlink.de:0443/",
            "https://demo.cashlink.de./",
            "https://.cashlink.de/",
            "https://demo..cashlink.de/",
            "https://d\u{e4}mo.cashlink.de/",
            "https://demo.cashl\u{131}nk.de/",
            "https://demo.cashlink.de/\t",
            "https://demo.cashlink.de/ ",
            "https://demo.cashlink.de/api?x=1",
            "https://demo.cashlink.de/api#x",
            "https://demo.cashlink.de/../x",
            "https://demo.cashlink.de/a//b",
            "https://demo.cashlink.de/%2e%2e/",
            "https://[::1",
            "https://[::1]evil.example/",
            "https://[fe80::1%25eth0]/",
        ] {
            assert!(Endpoint::new(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn t9_plain_http_is_for_loopback_and_only_by_name() {
        for accepted in
            ["http://localhost:8080/api", "http://127.0.0.1:1/", "http://127.9.9.9/", "http://[::1]:80/"]
        {
            assert!(Endpoint::on_loopback(accepted).is_ok(), "{accepted}");
        }
        for refused in [
            "http://demo.cashlink.de/",
            "http://127.0.0.1.evil.example/",
            "http://0.0.0.0/",
            "http://2130706433/",
            "http://0x7f.0.0.1/",
            "http://127.1/",
            "http://[::ffff:127.0.0.1]/",
            "http://localhost.evil.example/",
        ] {
            assert!(Endpoint::on_loopback(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn a_target_is_appended_to_the_base() {
        let base = Endpoint::new("https://demo.cashlink.de/api/external").unwrap().as_base();
        assert_eq!(
            base.uri("v2/investors/?page=2").unwrap(),
            "https://demo.cashlink.de/api/external/v2/investors/?page=2"
        );
        assert_eq!(base.to_string(), "https://demo.cashlink.de/api/external/");
    }

    #[test]
    fn lengths_and_ports_are_taken_up_to_their_limits() {
        let taken = |url: &str| Endpoint::new(url).is_ok();
        let path = |length: usize| alloc::format!("{:a<length$}", "https://demo.cashlink.de/");
        assert!(taken(&path(16_384)) && !taken(&path(16_385)));
        let host = |length: usize| alloc::format!("https://{}/", "a".repeat(length));
        assert!(taken(&host(253)) && !taken(&host(254)));
        for (port, is_one) in [
            ("1", true),
            ("9", true),
            ("10", true),
            ("99", true),
            ("100", true),
            ("65535", true),
            ("65536", false),
            ("01", false),
            ("00443", false),
        ] {
            assert_eq!(taken(&alloc::format!("https://demo.cashlink.de:{port}/")), is_one, "{port}");
        }
    }

    #[test]
    fn loopback_ends_where_its_network_does() {
        for (url, is_loopback) in [
            ("http://127.0.0.0/", true),
            ("http://127.255.255.255/", true),
            ("http://126.255.255.255/", false),
            ("http://128.0.0.0/", false),
            ("https://LOCALHOST/", true),
            ("http://[::2]/", false),
            ("ftp://localhost/", false),
            ("http://user@localhost/", false),
        ] {
            assert_eq!(Endpoint::on_loopback(url).is_ok(), is_loopback, "{url}");
        }
    }

    #[test]
    fn an_endpoint_shows_where_it_is_and_a_base_gets_one_slash() {
        let endpoint = Endpoint::new("https://demo.cashlink.de:8443/api").unwrap();
        assert_eq!(alloc::format!("{endpoint:?}"), "Endpoint(https://demo.cashlink.de:8443/api)");
        let base = endpoint.as_base();
        assert_eq!((base.path(), base.as_base().path()), ("/api/", "/api/"));
        assert!(base != endpoint && base == base.as_base());
    }
}
