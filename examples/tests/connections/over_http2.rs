use crate::stage::{Authority, Server, protocol};
use crate::{custom_ca, http2};

#[test]
fn calls_at_once_share_one_connection() {
    const AT_ONCE: usize = 8;
    let authority = Authority::new();
    // No call is answered before all of them have come.
    let server = Server::new(&authority, "127.0.0.1", "h2", AT_ONCE);
    let mut tls = custom_ca::tls(&authority.pem()).unwrap();
    // What the crate's own TLS offers under the feature `http2`.
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let builder = http2::builder().unwrap().tls_backend_preconfigured(tls);
    let protocol = protocol(&format!("https://{}", server.address));
    let client = cashlink_reqwest::client_over(protocol, builder.build().unwrap());
    let answered = tokio::runtime::Runtime::new().unwrap().block_on(http2::ask_at_once(&client, AT_ONCE));
    assert_eq!(answered.unwrap(), AT_ONCE);
    assert_eq!((server.connections(), server.requests()), (1, 9), "one request is for the token");
}
