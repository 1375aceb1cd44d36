//! A CA of the test's own, and the sandbox's engine behind TLS.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cashlink_sandbox::{Config, Sandbox, demo};
use cashlink_ureq::core::bytes::Bytes;
use cashlink_ureq::core::partner::Partner;
use cashlink_ureq::core::{Bearer, Client as Protocol, Endpoint, Policy, Secret};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::Barrier;
use tokio_rustls::TlsAcceptor;

/// A CA that nobody knows yet.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut parameters = CertificateParams::default();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(parameters, KeyPair::generate().unwrap()).unwrap())
    }

    pub(crate) fn pem(&self) -> Vec<u8> {
        self.0.pem().into_bytes()
    }

    /// A server's side of TLS, with a certificate for this host.
    fn certify(&self, host: &str, protocol: &str) -> ServerConfig {
        let key = KeyPair::generate().unwrap();
        let parameters = CertificateParams::new([host.to_owned()]).unwrap();
        let certificate = parameters.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls =
            ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let mut tls = tls.with_no_client_auth().with_single_cert(vec![certificate.into()], key).unwrap();
        tls.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        tls
    }
}

/// A server that ends when it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    desk: Arc<Desk>,
    _runtime: Runtime,
}

struct Desk {
    engine: Mutex<Sandbox>,
    connections: AtomicUsize,
    /// Answers to anything but a request for a token go out when so many have come.
    together: Barrier,
}

impl Server {
    /// Speaks one protocol, `h2` or `http/1.1`, as this host.
    pub(crate) fn new(authority: &Authority, host: &str, protocol: &str, together: usize) -> Self {
        let acceptor = TlsAcceptor::from(Arc::new(authority.certify(host, protocol)));
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let desk = Arc::new(Desk {
            engine: Mutex::new(Sandbox::new(Config::default())),
            connections: AtomicUsize::new(0),
            together: Barrier::new(together),
        });
        let (is_h2, served) = (protocol == "h2", Arc::clone(&desk));
        runtime.spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, acceptor.clone(), is_h2, Arc::clone(&served)));
            }
        });
        Self { address, desk, _runtime: runtime }
    }

    /// Connections on which a handshake went well.
    pub(crate) fn connections(&self) -> usize {
        self.desk.connections.load(Ordering::SeqCst)
    }

    /// Requests that arrived.
    pub(crate) fn requests(&self) -> u64 {
        self.desk.engine.lock().unwrap().statistics().total()
    }
}

async fn serve(stream: TcpStream, acceptor: TlsAcceptor, is_h2: bool, desk: Arc<Desk>) {
    // Whoever doesn't know the CA ends it here.
    let Ok(stream) = acceptor.accept(stream).await else { return };
    desk.connections.fetch_add(1, Ordering::SeqCst);
    let service = service_fn(move |request| answer(Arc::clone(&desk), request));
    let stream = TokioIo::new(stream);
    let _ = match is_h2 {
        true => http2::Builder::new(TokioExecutor::new()).serve_connection(stream, service).await,
        false => http1::Builder::new().serve_connection(stream, service).await,
    };
}

async fn answer(desk: Arc<Desk>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let request = Request::from_parts(head, body.collect().await.unwrap().to_bytes());
    if !request.uri().path().ends_with("/token") {
        desk.together.wait().await;
    }
    Ok(desk.engine.lock().unwrap().handle(Duration::ZERO, request).map(Full::new))
}

/// Calls to the API at this origin, each of one attempt.
pub(crate) fn protocol(origin: &str) -> Protocol<Bearer> {
    let base = Endpoint::new(&format!("{origin}/api/external")).unwrap();
    let secret = Secret::new(demo::DISTRIBUTOR_CLIENT_SECRET);
    let bearer = Bearer::client_credentials(demo::DISTRIBUTOR_CLIENT_ID, secret).unwrap();
    let mut policy = Policy::default();
    policy.attempts = 1;
    Protocol::builder(Partner::at(base), bearer).policy(policy).build()
}
