use std::net::SocketAddr;

use cashlink_sandbox::server::Running;
use cashlink_ureq::core::partner::distributor::ListInvestors;

use crate::ipv6::{fill, protocol, sandbox};

fn filled() -> Running {
    let sandbox = sandbox().expect("this machine has no ::1, which this test is about");
    assert!(matches!(sandbox.addr(), SocketAddr::V6(address) if address.ip().is_loopback()));
    assert!(sandbox.origin().starts_with("http://[::1]:"));
    fill(&sandbox).unwrap();
    sandbox
}

#[test]
fn pages_and_their_links_go_to_an_ipv6_address_over_each_stack() {
    let sandbox = filled();
    let protocol = protocol(&sandbox).unwrap();
    assert_eq!(
        cashlink_ureq::client(protocol.clone())
            .items(&ListInvestors::new())
            .unwrap()
            .map(Result::unwrap)
            .count(),
        11
    );
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let client = cashlink_reqwest::client(protocol.clone()).unwrap();
        let (mut items, mut count) = (client.items(&ListInvestors::new()).unwrap(), 0);
        while let Some(investor) = items.next().await {
            investor.unwrap();
            count += 1;
        }
        let client = cashlink_hyper::client(protocol).unwrap();
        let mut items = client.items(&ListInvestors::new()).unwrap();
        while let Some(investor) = items.next().await {
            investor.unwrap();
            count += 1;
        }
        assert_eq!(count, 2 * 11);
    });
}
