//! The signature of the older API's webhooks (T48–T53).

use std::sync::LazyLock;

use cashlink_core::Secret;
use cashlink_core::http::{HeaderMap, HeaderValue};
use cashlink_core::webhook::{Signer, Verifier, WebhookSecret};

static KEYS: LazyLock<(Verifier, Signer)> = LazyLock::new(|| {
    let secret = |text| WebhookSecret::new(&Secret::new(text)).expect("a secret");
    (Verifier::new(secret("other")).or(secret("known")), Signer::new(secret("known")))
});

/// A body passes exactly when there is one `Hook-Hmac`, and it is the one spelling of the body's signature.
///
/// The lines of the input up to an empty one are `Hook-Hmac` headers, in which `@` stands for the right signature; behind that
/// comes the body. It is accepted when it passes.
pub fn webhook_verify(input: &[u8]) -> bool {
    let (verifier, signer) = &*KEYS;
    let (lines, body) = headers_and_body(input);
    let signature = signer.signature(body);
    let mut headers = HeaderMap::new();
    for line in lines {
        let mut value = Vec::new();
        for byte in line {
            match byte {
                b'@' => value.extend_from_slice(signature.as_bytes()),
                byte => value.push(*byte),
            }
        }
        if let Ok(value) = HeaderValue::from_bytes(&value) {
            headers.append("hook-hmac", value);
        }
    }
    let shown: Vec<&[u8]> = headers.get_all("hook-hmac").iter().map(HeaderValue::as_bytes).collect();
    let expected = shown == [signature.as_bytes()];
    let verified = verifier.verify(&headers, body);
    assert_eq!(verified.is_ok(), expected, "{shown:?}");
    let Ok(verified) = verified else { return false };
    assert_eq!(verified.secret_index(), 1);
    assert_eq!(verified.body().as_ptr(), body.as_ptr(), "the very bytes");
    assert!(verifier.verify(&headers, &[body, b" "].concat()).is_err(), "and no others");
    true
}

/// The lines before the first empty one, and what follows it.
pub(crate) fn headers_and_body(input: &[u8]) -> (Vec<&[u8]>, &[u8]) {
    let mut rest = input;
    let mut lines = Vec::new();
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, behind) = (&rest[..end], &rest[end + 1..]);
        rest = behind;
        if line.is_empty() {
            return (lines, rest);
        }
        lines.push(line);
    }
    (lines, rest)
}
