//! The examples about connections, on loopback: by a proxy, with a private CA, over HTTP/2, to an IPv6 address.

mod by_a_proxy;
#[allow(dead_code, reason = "its `main` is for people")]
#[path = "../../custom_ca.rs"]
mod custom_ca;
#[allow(dead_code, reason = "its `main` is for people")]
#[path = "../../http2.rs"]
mod http2;
#[allow(dead_code, reason = "its `main` is for people")]
#[path = "../../ipv6.rs"]
mod ipv6;
mod over_http2;
#[allow(dead_code, reason = "its `main` is for people")]
#[path = "../../proxy.rs"]
mod proxy;
mod stage;
mod to_ipv6;
mod with_a_private_ca;
