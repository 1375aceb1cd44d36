//! Bases and links as anybody may write them, read by us and by a browser's rules (T3–T9).

use cashlink_core::bytes::Bytes;
use cashlink_core::http::Response;
use cashlink_core::partner::{Partner, distributor::ListInvestors};
use cashlink_core::{Call, Endpoint, LinkCheck, Step};
use url::Url;

use crate::flow::{self, NOW};
use crate::page_and_next::build;

const PATH: &str = "distributor/v2/investors/";

/// Where strict mode says *same origin*, a browser's reader (the crate `url`) says so too, and what is a base to us is the same place to it.
///
/// The first line is a base, the second one a link; what follows chooses the pieces of two more links, near misses of the base. It is
/// accepted when the written link is followed.
pub fn url_origin(input: &[u8]) -> bool {
    let mut lines = input.splitn(3, |byte| *byte == b'\n');
    let mut line = || std::str::from_utf8(lines.next().unwrap_or_default()).ok();
    let (Some(base), Some(link)) = (line(), line()) else { return false };
    let Ok(endpoint) = Endpoint::new(base).or_else(|_| Endpoint::on_loopback(base)) else { return false };
    // As it is written, but for the slash at its end.
    let base = if base.ends_with('/') { base.to_owned() } else { format!("{base}/") };
    let read = Url::parse(&base).ok();
    if let Some(read) = &read {
        check_base(&base, &endpoint, read);
    }
    let choices = lines.next().unwrap_or_default();
    let (near, nearer) = choices.split_at(choices.len() / 2);
    for choices in [near, nearer] {
        if let Ok(link) = build(&base, choices) {
            follow(&endpoint, read.as_ref(), &link);
        }
    }
    follow(&endpoint, read.as_ref(), link)
}

/// The same host, port and path; and in the clear only on this machine.
fn check_base(base: &str, endpoint: &Endpoint, read: &Url) {
    assert!(read.username().is_empty() && read.password().is_none(), "{base}");
    assert!(read.query().is_none() && read.fragment().is_none(), "{base}");
    let shown = Url::parse(&endpoint.to_string()).unwrap_or_else(|error| panic!("{endpoint}: {error}"));
    assert_eq!(shown.origin(), read.origin(), "{base}");
    assert_eq!(shown.path().trim_end_matches('/'), read.path().trim_end_matches('/'), "{base}");
    if read.scheme() != "https" {
        let host = read.host_str().unwrap_or_default();
        assert!(host == "localhost" || host == "[::1]" || host.starts_with("127."), "{base} is in the clear");
    }
}

/// Whether the strict client follows this link.
fn follow(endpoint: &Endpoint, base: Option<&Url>, link: &str) -> bool {
    let strict = follows(endpoint, LinkCheck::SameOrigin, link);
    let loose = follows(endpoint, LinkCheck::SameHost, link);
    assert!(loose.is_some() || strict.is_none(), "{link}: strict is the stricter one");
    // What no browser takes for a host names nobody: our own requests to it don't come about.
    if let (Some(base), Some(target)) = (base, &loose) {
        let theirs = Url::parse(link).unwrap_or_else(|error| panic!("{link}: followed, and no URL: {error}"));
        assert!(theirs.username().is_empty() && theirs.password().is_none(), "{link}");
        assert_eq!(theirs.host(), base.host(), "{link} is not the host of {base}");
        assert_eq!(theirs.path(), format!("{}{PATH}", base.path()), "{link} is another resource");
        if strict.is_some() {
            assert_eq!(theirs.origin(), base.origin(), "{link} is not of the origin of {base}");
        }
        // Where it leads in the end: to the base, whatever the link says.
        let target = Url::parse(target).unwrap_or_else(|error| panic!("{target}: {error}"));
        assert_eq!((target.origin(), target.path()), (base.origin(), theirs.path()), "{link}");
    }
    strict.is_some()
}

/// Where the next page is, if it is one that may be asked for.
fn follows(endpoint: &Endpoint, check: LinkCheck, link: &str) -> Option<String> {
    let client = flow::client(Partner::at(endpoint.clone()).links(check), flow::policy());
    let first: cashlink_core::page::PageCall<ListInvestors> =
        Call::new(&ListInvestors::new()).expect("the first page can be asked for");
    let token = flow::token("t0k3n");
    let (_, pending) = flow::send(client.perform(&first, NOW, [0; 16]), &token).into_parts();
    let answer = serde_json::json!({ "next": link, "results": [] }).to_string();
    let page = match pending.respond(NOW, Response::new(Bytes::from(answer))) {
        Step::Done(Ok(reply)) => reply.value,
        other => panic!("a page is good whatever its link is: {other:?}"),
    };
    let next = page.next().ok()?.expect("it has a link");
    let call = Call::new(&next).expect("a link can be asked for");
    let (request, _) = flow::send(client.perform(&call, NOW, [0; 16]), &token).into_parts();
    Some(request.uri().to_string())
}
