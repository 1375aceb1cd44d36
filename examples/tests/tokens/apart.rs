use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::thread;

use cashlink_sandbox::server::Server;
use cashlink_sandbox::{Config, demo};
use cashlink_ureq::core::Failure;
use cashlink_ureq::core::bytes::Bytes;
use cashlink_ureq::core::http::{Request, Response, header};
use cashlink_ureq::core::partner::{distributor, issuer};
use cashlink_ureq::{Limits, Outbound, Transport, Ureq};

use crate::accounts::both;

/// The one transport below both accounts, which notes whose token goes where.
#[derive(Default)]
struct Overheard {
    transport: Ureq,
    /// Which account each token was granted to.
    owners: Mutex<BTreeMap<String, String>>,
    /// The first part of the path, `distributor` or `issuer`, and the token that went there.
    uses: Mutex<BTreeSet<(String, String)>>,
}

impl Transport for Overheard {
    fn send(&self, request: Request<Outbound>, limits: Limits) -> Result<Response<Bytes>, Failure> {
        let path = request.uri().path().strip_prefix("/api/external/").unwrap().to_owned();
        if path == "oauth/token" {
            let form = String::from_utf8(request.body().as_bytes().unwrap().to_vec()).unwrap();
            let response = self.transport.send(request, limits)?;
            let grant: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
            let of = form.split('&').find_map(|pair| pair.strip_prefix("client_id=")).unwrap();
            let token = format!("Bearer {}", grant["access_token"].as_str().unwrap());
            let before = self.owners.lock().unwrap().insert(token, of.to_owned());
            assert_eq!(before, None, "each grant is another token");
            return Ok(response);
        }
        let token = request.headers()[header::AUTHORIZATION].to_str().unwrap().to_owned();
        let side = path.split('/').next().unwrap().to_owned();
        self.uses.lock().unwrap().insert((side, token));
        self.transport.send(request, limits)
    }
}

#[test]
fn no_accounts_token_goes_out_with_the_others_requests() {
    const ROUNDS: usize = 5;
    const CALLERS: usize = 8;
    let sandbox = Server::start(Config::default()).unwrap();
    let overheard = Arc::new(Overheard::default());
    let accounts = both(&sandbox, Arc::clone(&overheard)).unwrap();
    for _ in 0..ROUNDS {
        thread::scope(|scope| {
            for _ in 0..CALLERS {
                scope.spawn(|| {
                    accounts.of("platform").unwrap().call(&distributor::ListInvestors::new()).unwrap()
                });
                scope.spawn(|| accounts.of("issuer").unwrap().call(&issuer::ListProducts::new()).unwrap());
            }
        });
        // Everybody has to renew, at the same time.
        sandbox.with(|server| server.expire_tokens());
    }
    let (owners, uses) = (overheard.owners.lock().unwrap(), overheard.uses.lock().unwrap());
    assert!(uses.len() >= 2 * ROUNDS, "each account has used a token of each round: {}", uses.len());
    for (side, token) in uses.iter() {
        let account = match &**side {
            "distributor" => demo::DISTRIBUTOR_CLIENT_ID,
            "issuer" => demo::ISSUER_CLIENT_ID,
            other => panic!("{other}"),
        };
        assert_eq!(owners[token], account);
    }
}
