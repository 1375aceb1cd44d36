//! Running a sandbox: its options, and what it says at its start.

use cashlink_sandbox::server::{Server, reaches};
use cashlink_sandbox::webhooks::{Credential, PartnerHook, SignedHook};
use cashlink_sandbox::{Config, OAuthClient, Version, demo};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use std::fmt::Write as _;
use std::io::Write as _;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::time::Duration;

/// How a sandbox is to run.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Where to listen; port 0 means any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7878")]
    listen: SocketAddr,

    /// Every id and token is derived from this number
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    seed: u64,

    /// Objects on a page of a list
    #[arg(long, value_name = "NUMBER", default_value = "10")]
    page_size: NonZeroUsize,

    /// How long a bearer token is accepted
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    token_lifetime: u64,

    /// Scheme, host and port of absolute links, when clients reach the sandbox by another name
    #[arg(long, value_name = "URL")]
    origin: Option<String>,

    /// The largest request body; documents have a limit of their own
    #[arg(long, value_name = "BYTES", default_value_t = 32 * 1024 * 1024)]
    body_limit: usize,

    /// The largest request body with a document; without it they may have any size, since they are hashed as they come
    #[arg(long, value_name = "BYTES")]
    upload_limit: Option<u64>,

    /// Require of investors what only the newer pages require: tax_information, bank_account, communication
    #[arg(long)]
    strict_investors: bool,

    /// One more OAuth client; without scopes it may have all known ones
    #[arg(long = "client", value_name = "ID:SECRET[:SCOPE,SCOPE...]", value_parser = client)]
    clients: Vec<OAuthClient>,

    /// One more USERKEY of the payments API
    #[arg(long = "user-key", value_name = "KEY")]
    user_keys: Vec<String>,

    /// One more APPKEY of the payments API
    #[arg(long = "app-key", value_name = "KEY")]
    app_keys: Vec<String>,

    /// Leave out the demo credentials
    #[arg(long)]
    no_demo: bool,

    /// A key that is in production mode; all others are in test mode
    #[arg(long = "live-key", value_name = "KEY")]
    live_keys: Vec<String>,

    /// The version of the payments API for requests that name none
    #[arg(long, value_name = "VERSION", default_value = "2018-01-15", value_parser = ["2018-01-15", "2017-10-01"])]
    default_version: String,

    /// Where the signed webhooks of the payments API go, on this machine
    #[arg(long, value_name = "URL", value_parser = reachable)]
    webhook_url: Option<String>,

    /// What they are signed with
    #[arg(long, value_name = "SECRET", default_value = demo::WEBHOOK_SECRET, requires = "webhook_url",
        value_parser = NonEmptyStringValueParser::new())]
    webhook_secret: String,

    /// Show at the start what webhooks are signed with
    #[arg(long, requires = "webhook_url")]
    print_secret: bool,

    /// Where the changes of investments go, on this machine; with a token, or with a client and its token URL
    #[arg(long, value_name = "URL", requires = "credential", value_parser = reachable)]
    partner_webhook_url: Option<String>,

    /// The bearer token that is shown there
    #[arg(long, value_name = "TOKEN", group = "credential", requires = "partner_webhook_url", value_parser = token)]
    partner_webhook_token: Option<String>,

    /// The OAuth client that obtains a token from the receiver
    #[arg(long, value_name = "ID:SECRET", group = "credential", value_parser = client,
        requires_all = ["partner_webhook_url", "partner_token_url"])]
    partner_webhook_client: Option<OAuthClient>,

    /// The receiver's token endpoint, on this machine
    #[arg(long, value_name = "URL", requires = "partner_webhook_client", value_parser = reachable,
        conflicts_with = "partner_webhook_token")]
    partner_token_url: Option<String>,

    /// How long the answer to a signed webhook is waited for; the vendor's own is 2 seconds
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 2000)]
    webhook_timeout: u64,

    /// How long the answer to a change, or to a token request, is waited for
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 10_000)]
    partner_webhook_timeout: u64,

    /// When what failed there is tried again; it doubles with every failure
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 1000)]
    first_retry: u64,

    /// What that doubles up to
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 60_000)]
    longest_retry: u64,

    #[command(flatten)]
    mischief: MischiefOptions,
}

/// What goes wrong with webhooks.
#[derive(Debug, Args)]
pub(crate) struct MischiefOptions {
    /// Deliver every so manieth event twice, some of the signed ones with another X-Request-Id
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) repeat_every: u32,

    /// Send a lie beside every so manieth event, wrongly signed
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) forge_every: u32,

    /// Let deliveries leave up to a second late, so that later ones overtake them
    #[arg(long)]
    pub(crate) shuffle: bool,
}

/// Reads `ID:SECRET[:SCOPE,SCOPE...]`. Scopes have colons of their own, so only the first two separate.
fn client(text: &str) -> Result<OAuthClient, String> {
    let mut parts = text.splitn(3, ':');
    let (Some(id), Some(secret)) = (parts.next(), parts.next()) else {
        return Err("a client is written ID:SECRET or ID:SECRET:SCOPE,SCOPE".to_owned());
    };
    let client = OAuthClient::new(id).secret(secret);
    Ok(match parts.next() {
        Some(scopes) => scopes.split(',').fold(client, |client, scope| client.scope(scope.trim())),
        None => {
            let issuer_only =
                demo::ISSUER_SCOPES.iter().filter(|scope| !demo::DISTRIBUTOR_SCOPES.contains(scope));
            let all = demo::DISTRIBUTOR_SCOPES.iter().chain(issuer_only);
            all.fold(client, |client, scope| client.scope(*scope))
        }
    })
}

/// An address that a sandbox speaks to, and listens at.
pub(crate) fn reachable(text: &str) -> Result<String, String> {
    if reaches(text) {
        Ok(text.to_owned())
    } else {
        Err("it must be http:// on this machine, such as http://127.0.0.1:8080".to_owned())
    }
}

/// A bearer token, as it can stand in a header.
fn token(text: &str) -> Result<String, String> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err("a token is made of visible ASCII characters, without blanks".to_owned())
    }
}

impl Options {
    /// Runs a sandbox until it is told to end.
    pub(crate) fn run(self) -> ExitCode {
        let (listen, print_secret) = (self.listen, self.print_secret);
        let config = self.config();
        let server = Server::new(config.clone()).listen(listen).watch(|report| {
            // Nobody may be reading; the sandbox goes on.
            let _ = writeln!(std::io::stderr(), "{report}");
        });
        let ended = server.run().and_then(|running| {
            print!("{}", welcome(running.addr(), &config));
            if let Some(hook) = config.webhooks.signed.as_ref().filter(|_| print_secret) {
                println!("\nWebhooks are signed with {}", hook.secret);
            }
            running.wait()
        });
        match ended {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("cashlink-sandbox: can't serve on {listen}: {error}");
                ExitCode::FAILURE
            }
        }
    }

    /// The sandbox that they describe.
    fn config(self) -> Config {
        let mut config = Config::default();
        if self.no_demo {
            config.clients.clear();
            config.user_keys.clear();
            config.app_keys.clear();
        }
        config.seed = self.seed;
        config.page_size = self.page_size;
        config.token_lifetime = Duration::from_secs(self.token_lifetime);
        config.origin = self.origin;
        config.body_limit = self.body_limit;
        config.upload_limit = self.upload_limit;
        config.strict_investors = self.strict_investors;
        config.clients.extend(self.clients);
        config.user_keys.extend(self.user_keys);
        config.app_keys.extend(self.app_keys);
        config.live_keys = self.live_keys;
        if self.default_version == "2017-10-01" {
            config.version = Version::V2017_10_01;
        }
        let secret = self.webhook_secret;
        config.webhooks.signed = self.webhook_url.map(|url| SignedHook { url, secret });
        let token = self.partner_webhook_token.map(Credential::Bearer);
        let client = self.partner_webhook_client.zip(self.partner_token_url);
        let client = client.map(|(client, token_url)| Credential::ClientCredentials {
            token_url,
            client_id: client.id,
            client_secret: client.secret,
        });
        let hook = self.partner_webhook_url.zip(token.or(client));
        config.webhooks.partner = hook.map(|(url, credential)| PartnerHook { url, credential });
        let timing = &mut config.webhooks.timing;
        timing.signed_timeout = Duration::from_millis(self.webhook_timeout);
        timing.partner_timeout = Duration::from_millis(self.partner_webhook_timeout);
        timing.first_retry = Duration::from_millis(self.first_retry);
        timing.longest_retry = Duration::from_millis(self.longest_retry);
        let MischiefOptions { repeat_every, forge_every, shuffle } = self.mischief;
        let mischief = &mut config.webhooks.mischief;
        (mischief.repeat_every, mischief.forge_every, mischief.shuffle) =
            (repeat_every, forge_every, shuffle);
        config
    }
}

/// What is said at the start. Only the published secrets are shown: the others may open something else too.
fn welcome(address: SocketAddr, config: &Config) -> String {
    let origin = format!("http://{address}");
    let mut lines = format!(
        "The sandbox listens on {address}. It forgets everything when it ends (Ctrl-C).\n\n\
         \x20 Partner API (newer)   {origin}/api/external\n\
         \x20 Payments API (older)  {origin}/business/api/v1/\n\
         \x20 Control               {origin}/_sandbox/state\n\n"
    );
    let mut line = |name: &str, value: &str| {
        // Writing to a string doesn't fail.
        let _ = writeln!(lines, "  {name:<21} {value}");
    };
    let published = [demo::distributor(), demo::issuer()];
    for client in &config.clients {
        let secret = if published.contains(client) { &*client.secret } else { "(its secret as given)" };
        line("OAuth client", &format!("{} {secret}", client.id));
        line("  its scopes", &client.scopes.join(" "));
    }
    for (name, keys, published) in
        [("USERKEY", &config.user_keys, demo::USER_KEY), ("APPKEY", &config.app_keys, demo::APP_KEY)]
    {
        for key in keys {
            line(name, if key == published { key } else { "(as given)" });
        }
    }
    line("campaign_id", demo::CAMPAIGN_ID);
    line("an investment", demo::INVESTMENT_ID);
    let (signed, partner) = destinations(config);
    line("Signed webhooks", &signed);
    line("Partner webhooks", &partner);
    if !address.ip().is_loopback() {
        lines.push_str("\nWhoever reaches this address can use it, control calls included.\n");
    }
    // The calls to try use the demo credentials; without them they would only be refused.
    if config.clients.contains(&demo::distributor())
        && config.user_keys.iter().any(|key| key == demo::USER_KEY)
    {
        let _ = write!(
            lines,
            "\nTry it:\n\
         \x20 curl {origin}/api/external/oauth/token -d grant_type=client_credentials \\\n\
         \x20   -d client_id={} -d client_secret={} -d scope=investors:read\n\
         \x20 curl {origin}/business/api/v1/cashlink -H 'X-Api-Key: {}' \\\n\
         \x20   -H 'Content-Type: application/json' -d '{{\"type\": \"invoice\", \"amount\": \"12.34\", \"subject\": \"Invoice no. 12345\"}}'\n",
            demo::DISTRIBUTOR_CLIENT_ID,
            demo::DISTRIBUTOR_CLIENT_SECRET,
            demo::USER_KEY,
        );
    }
    lines
}

/// Where the webhooks of both generations go. A query may be a secret.
fn destinations(config: &Config) -> (String, String) {
    let place = |url: &str| url.split('?').next().unwrap_or_default().to_owned();
    let signed = config.webhooks.signed.as_ref().map(|hook| place(&hook.url));
    let partner = config.webhooks.partner.as_ref().map(|hook| match &hook.credential {
        Credential::Bearer(_) => format!("{} with a token as given", place(&hook.url)),
        Credential::ClientCredentials { token_url, .. } => {
            format!("{} with tokens from {}", place(&hook.url), place(token_url))
        }
    });
    let none = |option: &str| format!("none ({option})");
    (
        signed.unwrap_or_else(|| none("--webhook-url")),
        partner.unwrap_or_else(|| none("--partner-webhook-url")),
    )
}

#[cfg(test)]
mod tests;
