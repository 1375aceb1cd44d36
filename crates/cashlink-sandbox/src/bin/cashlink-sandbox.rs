//! The sandbox as a program: `cashlink-sandbox --help` tells how to run it.
#![forbid(unsafe_code)]

use cashlink_sandbox::server::{Server, control};
use cashlink_sandbox::webhooks::{Credential, PartnerHook, SignedHook};
use cashlink_sandbox::{Config, OAuthClient, Version, demo};
use clap::{Args, Parser, Subcommand};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::time::Duration;

const ABOUT: &str = "\
Emulates both generations of the Cashlink partner APIs on this machine: no account, no data that outlives it.

It keeps what it is sent until it ends, and says at its start where it listens and which credentials it takes. It refuses what \
a real server would, replays the first answer to a repeated idempotency key, and goes wrong when asked to.";

const FAULTS: &str = "\
Faults, in a request's header `X-Sandbox-Fault` (several separated by commas) or armed for a later request:
  drop-request              close the connection, no effect
  drop-response             have the effect, close the connection instead of answering
  status=503                answer so instead (400 to 599); also with
                            ;retry-after=SECONDS ;retry-after-date=SECONDS ;after-effect
  cut-body=BYTES            announce the whole body, send only so much of it
  delay=MILLISECONDS        hold the answer back
  expire-token              expire the bearer token that the request shows

Control calls, without credentials:
  GET    /_sandbox/state           what there is and what was asked
  POST   /_sandbox/faults          {\"fault\": \"drop-response\", \"times\": 1, \"match\": {\"method\": \"POST\", \"path\": \"/api/\"}}
  DELETE /_sandbox/faults          take back what is armed
  POST   /_sandbox/pay             {\"link\": \"VX0GK5cvM1dO\"}: pay a payment link; its webhook follows
  POST   /_sandbox/advance         {\"investment\": \"…\", \"status\": \"PAID\"}: the next status, or this one; its webhook follows
  POST   /_sandbox/expire-tokens   expire every bearer token
  POST   /_sandbox/forget-keys     forget every idempotency key

Examples:
  cashlink-sandbox                                            everything as it is, without webhooks
  cashlink-sandbox --webhook-url http://127.0.0.1:8080/payments --print-secret \\
    --partner-webhook-url http://127.0.0.1:8080/partner --partner-webhook-token t0k3n
  cashlink-sandbox trigger pay VX0GK5cvM1dO                   in another terminal
  cashlink-sandbox trigger advance 5eed0000-0000-4000-8000-000000000002 PAID
  cashlink-sandbox state                                      what there is, and what arrived";

#[derive(Debug, Parser)]
#[command(name = "cashlink-sandbox", version, about = ABOUT, after_help = FAULTS, args_conflicts_with_subcommands = true)]
struct Options {
    #[command(subcommand)]
    command: Option<Command>,

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

    /// The largest request body; documents are hashed as they come, and may have any size
    #[arg(long, value_name = "BYTES", default_value_t = 32 * 1024 * 1024)]
    body_limit: usize,

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
    #[arg(long, value_name = "URL")]
    webhook_url: Option<String>,

    /// What they are signed with
    #[arg(long, value_name = "SECRET", default_value = demo::WEBHOOK_SECRET)]
    webhook_secret: String,

    /// Show at the start what webhooks are signed with
    #[arg(long)]
    print_secret: bool,

    /// Where the changes of investments go, on this machine; with a token, or with a client and its token URL
    #[arg(long, value_name = "URL", requires = "credential")]
    partner_webhook_url: Option<String>,

    /// The bearer token that is shown there
    #[arg(long, value_name = "TOKEN", group = "credential")]
    partner_webhook_token: Option<String>,

    /// The OAuth client that obtains a token from the receiver
    #[arg(long, value_name = "ID:SECRET", group = "credential", requires = "partner_token_url", value_parser = client)]
    partner_webhook_client: Option<OAuthClient>,

    /// The receiver's token endpoint, on this machine
    #[arg(long, value_name = "URL")]
    partner_token_url: Option<String>,

    /// Deliver every so manieth event twice
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    repeat_every: u32,

    /// Send a lie beside every so manieth event, wrongly signed
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    forge_every: u32,

    /// Let deliveries leave in another order
    #[arg(long)]
    shuffle: bool,
}

/// What is said to a sandbox that runs.
#[derive(Debug, Subcommand)]
enum Command {
    /// Let something happen in a running sandbox, which its webhooks then tell
    #[command(subcommand)]
    Trigger(Trigger),
    /// Show what a running sandbox holds, was asked, and has sent
    State {
        #[command(flatten)]
        running: Running,
    },
}

#[derive(Debug, Subcommand)]
enum Trigger {
    /// Pay a payment link: `cashlink-sandbox trigger pay VX0GK5cvM1dO`
    Pay {
        /// The link's public id
        link: String,
        /// Whose account pays; in test mode only the test IBAN can
        #[arg(long, value_name = "IBAN")]
        iban: Option<String>,
        #[command(flatten)]
        running: Running,
    },
    /// Give an investment its next status, or this one: `cashlink-sandbox trigger advance ID PAID`
    Advance {
        /// The investment's id
        investment: String,
        /// Any status, also one that nobody knows
        status: Option<String>,
        #[command(flatten)]
        running: Running,
    },
}

#[derive(Debug, Args)]
struct Running {
    /// Where the sandbox listens
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:7878")]
    at: String,
}

impl Command {
    /// The control call that it is: where, which, and with what.
    fn call(self) -> (String, &'static str, Option<String>) {
        match self {
            Self::State { running } => (running.at, "state", None),
            Self::Trigger(Trigger::Pay { link, iban, running }) => {
                (running.at, "pay", Some(json!({ "link": link, "iban": iban }).to_string()))
            }
            Self::Trigger(Trigger::Advance { investment, status, running }) => (
                running.at,
                "advance",
                Some(json!({ "investment": investment, "status": status }).to_string()),
            ),
        }
    }

    fn run(self) -> ExitCode {
        let (at, call, body) = self.call();
        let answer = match control(&at, call, body) {
            Ok(answer) => answer,
            Err(error) => {
                eprintln!("cashlink-sandbox: {at}: {error}");
                return ExitCode::FAILURE;
            }
        };
        let text = String::from_utf8_lossy(answer.body());
        let laid_out =
            serde_json::from_str::<Value>(&text).and_then(|json| serde_json::to_string_pretty(&json));
        println!("{}", laid_out.as_deref().unwrap_or(&text));
        if answer.status().is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
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

impl Options {
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
        let mischief = &mut config.webhooks.mischief;
        (mischief.repeat_every, mischief.forge_every) = (self.repeat_every, self.forge_every);
        mischief.shuffle = self.shuffle;
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

fn main() -> ExitCode {
    let mut options = Options::parse();
    if let Some(command) = options.command.take() {
        return command.run();
    }
    let (listen, print_secret) = (options.listen, options.print_secret);
    let config = options.config();
    let ended = Server::new(config.clone()).listen(listen).run().and_then(|running| {
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

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn options(arguments: &[&str]) -> Options {
        Options::try_parse_from(std::iter::once(&"cashlink-sandbox").chain(arguments)).unwrap()
    }

    #[test]
    fn the_options_are_consistent() {
        Options::command().debug_assert();
    }

    #[test]
    fn without_options_it_is_the_default_configuration() {
        assert_eq!(format!("{:?}", options(&[]).config()), format!("{:?}", Config::default()));
    }

    #[test]
    fn webhooks_go_where_the_options_say() {
        let signed =
            options(&["--webhook-url", "http://127.0.0.1:1/a", "--webhook-secret", "canary"]).config();
        let hook = signed.webhooks.signed.unwrap();
        assert_eq!((&*hook.url, &*hook.secret), ("http://127.0.0.1:1/a", "canary"));
        let partner = ["--partner-webhook-url", "http://127.0.0.1:1/b"];
        let bearer = options(&[&partner[..], &["--partner-webhook-token", "t"]].concat()).config();
        assert!(
            matches!(bearer.webhooks.partner.unwrap().credential, Credential::Bearer(token) if token == "t")
        );
        let client = ["--partner-webhook-client", "id:s3cret", "--partner-token-url", "http://127.0.0.1:1/c"];
        let client = options(&[&partner[..], &client[..]].concat()).config().webhooks.partner.unwrap();
        let Credential::ClientCredentials { token_url, client_id, client_secret } = client.credential else {
            panic!("a client")
        };
        assert_eq!((&*token_url, &*client_id, &*client_secret), ("http://127.0.0.1:1/c", "id", "s3cret"));
        assert!(
            Options::try_parse_from([&["cashlink-sandbox"], &partner[..]].concat()).is_err(),
            "no credential"
        );
        let mischief =
            options(&["--repeat-every", "10", "--forge-every", "7", "--shuffle"]).config().webhooks.mischief;
        assert_eq!((mischief.repeat_every, mischief.forge_every, mischief.shuffle), (10, 7, true));
    }

    #[test]
    fn given_credentials_join_the_demo_ones_or_replace_them() {
        let given =
            ["--client", "me:s3cret:investors:read,investors:write", "--user-key", "u", "--app-key", "a"];
        let joined = options(&given).config();
        assert_eq!((joined.clients.len(), joined.user_keys.len(), joined.app_keys.len()), (3, 2, 2));
        let alone = options(&[&given[..], &["--no-demo"]].concat()).config();
        let me = OAuthClient::new("me").secret("s3cret").scope("investors:read").scope("investors:write");
        assert_eq!(
            (alone.clients, alone.user_keys, alone.app_keys),
            (vec![me], vec!["u".to_owned()], vec!["a".to_owned()])
        );
    }

    #[test]
    fn a_client_without_scopes_may_have_all_known_ones_each_once() {
        let scopes = client("me:s3cret").unwrap().scopes;
        assert!(
            demo::DISTRIBUTOR_SCOPES
                .iter()
                .chain(demo::ISSUER_SCOPES)
                .all(|scope| scopes.iter().any(|own| own == scope))
        );
        assert_eq!(scopes.iter().collect::<std::collections::BTreeSet<_>>().len(), scopes.len());
        assert!(client("me").is_err());
    }

    #[test]
    fn the_welcome_shows_the_published_secrets_and_no_others() {
        let given = ["--client", "me:canary-1", "--user-key", "canary-2", "--app-key", "canary-3"];
        let welcome = welcome(SocketAddr::from(([127, 0, 0, 1], 7878)), &options(&given).config());
        for published in
            [demo::DISTRIBUTOR_CLIENT_SECRET, demo::ISSUER_CLIENT_SECRET, demo::USER_KEY, demo::APP_KEY]
        {
            assert!(welcome.contains(published), "{published} in {welcome}");
        }
        assert!(!welcome.contains("canary"), "{welcome}");
        assert!(welcome.contains("http://127.0.0.1:7878/business/api/v1/"));
    }

    #[test]
    fn calls_to_try_are_shown_only_where_they_would_work() {
        let address = SocketAddr::from(([127, 0, 0, 1], 7878));
        assert!(welcome(address, &options(&[]).config()).contains("curl "));
        assert!(!welcome(address, &options(&["--no-demo"]).config()).contains("curl "));
    }

    #[test]
    fn an_address_that_others_reach_is_warned_of() {
        let warned = |address: [u8; 4]| {
            welcome(SocketAddr::from((address, 7878)), &Config::default()).contains("control calls included")
        };
        assert!(warned([0, 0, 0, 0]));
        assert!(!warned([127, 0, 0, 1]));
    }
}
