//! Speaking to a sandbox that runs: the subcommands, each one control call.

use cashlink_sandbox::server::control;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::process::ExitCode;

/// What is said to a sandbox that runs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Let something happen in a running sandbox, which its webhooks then tell
    #[command(subcommand)]
    Trigger(Trigger),
    /// Let the next request that fits go wrong: `cashlink-sandbox fault drop-response --method POST`
    Fault {
        /// What goes wrong, as in the header X-Sandbox-Fault
        fault: String,
        /// To how many requests
        #[arg(long, value_name = "NUMBER", default_value_t = 1)]
        times: u32,
        /// Only to requests of this method
        #[arg(long, value_name = "METHOD")]
        method: Option<String>,
        /// Only to requests whose path begins so
        #[arg(long, value_name = "PATH", default_value = "")]
        path: String,
    },
    /// Say what goes wrong with webhooks from now on; what isn't named no longer does
    Mischief {
        #[command(flatten)]
        mischief: crate::serve::MischiefOptions,
    },
    /// Switch an API key: `cashlink-sandbox mode sandbox-userkey live`
    Mode {
        /// A USERKEY or an APPKEY
        key: String,
        /// Links and businesses keep the mode in which they were made
        #[arg(value_parser = ["test", "live"])]
        mode: String,
    },
    /// Show what a running sandbox holds, was asked, and has sent
    State,
}

/// What can be made to happen.
#[derive(Debug, Subcommand)]
pub(crate) enum Trigger {
    /// Pay a payment link: `cashlink-sandbox trigger pay VX0GK5cvM1dO`
    Pay(Box<Pay>),
    /// Give an investment its next status, or this one: `cashlink-sandbox trigger advance ID PAID`
    Advance {
        /// The investment's id
        investment: String,
        /// Any status; of one that is not documented it warns
        status: Option<String>,
    },
    /// Settle a transfer, which has no webhook: `cashlink-sandbox trigger settle ID failed`
    Settle {
        /// The transfer's id
        transfer: String,
        /// Any status; of one that is not documented it warns
        #[arg(default_value = "succeeded")]
        status: String,
    },
    /// Exchange what signed webhooks are signed with: `cashlink-sandbox trigger secret NEXT`
    Secret {
        /// What they are signed with from now on
        secret: String,
    },
    /// Expire every bearer token
    ExpireTokens,
    /// Forget every idempotency key
    ForgetKeys,
}

/// A payment. What the link doesn't ask for is not told.
#[derive(Debug, Args)]
pub(crate) struct Pay {
    /// The link's public id
    link: String,
    /// Whose account pays; in test mode only the test IBAN can
    #[arg(long, value_name = "IBAN")]
    iban: Option<String>,
    /// Given name
    #[arg(long, value_name = "NAME")]
    first_name: Option<String>,
    /// Family name
    #[arg(long, value_name = "NAME")]
    last_name: Option<String>,
    /// Email address
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Phone number
    #[arg(long, value_name = "NUMBER")]
    phone_number: Option<String>,
    /// Postal address
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
    /// What is entered into the custom field
    #[arg(long, value_name = "TEXT")]
    freetext: Option<String>,
    /// Of a subscription: when it says that it goes on, instead of in a month
    #[arg(long, value_name = "TIME")]
    next_charge: Option<String>,
    /// Of a subscription: whether it says that this is the first payment, instead of whether it is
    #[arg(long, value_name = "BOOL")]
    recurring_initial: Option<bool>,
}

impl Command {
    /// The control call that it is: which, and with what.
    fn call(self) -> (&'static str, Option<Value>) {
        match self {
            Self::State => ("state", None),
            Self::Fault { fault, times, method, path } => {
                let only = json!({ "method": method, "path": path });
                ("faults", Some(json!({ "fault": fault, "times": times, "match": only })))
            }
            Self::Mischief { mischief } => {
                let crate::serve::MischiefOptions { repeat_every, forge_every, shuffle } = mischief;
                let call =
                    json!({ "repeat_every": repeat_every, "forge_every": forge_every, "shuffle": shuffle });
                ("mischief", Some(call))
            }
            Self::Mode { key, mode } => ("mode", Some(json!({ "key": key, "live": mode == "live" }))),
            Self::Trigger(trigger) => {
                let (name, call) = trigger.call();
                (name, Some(call))
            }
        }
    }

    /// Says it to the sandbox that listens at this address, and shows the answer.
    pub(crate) fn run(self, at: &str) -> ExitCode {
        let (call, body) = self.call();
        let answer = match control(at, call, body.map(|body| body.to_string())) {
            Ok(answer) => answer,
            Err(error) => {
                eprintln!("cashlink-sandbox: {at}: {error}; say where it listens with --at URL");
                return ExitCode::FAILURE;
            }
        };
        let text = String::from_utf8_lossy(answer.body());
        let json = serde_json::from_str::<Value>(&text);
        let laid_out = json.as_ref().ok().and_then(|json| serde_json::to_string_pretty(json).ok());
        println!("{}", laid_out.as_deref().unwrap_or(&text));
        if let Some(warning) = json.as_ref().ok().and_then(|json| json["warning"].as_str()) {
            eprintln!("cashlink-sandbox: warning: {warning}");
        }
        if answer.status().is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

impl Trigger {
    fn call(self) -> (&'static str, Value) {
        match self {
            Self::Pay(pay) => ("pay", pay.call()),
            Self::Advance { investment, status } => {
                ("advance", json!({ "investment": investment, "status": status }))
            }
            Self::Settle { transfer, status } => {
                ("settle", json!({ "transfer": transfer, "status": status }))
            }
            Self::Secret { secret } => ("webhook-secret", json!({ "secret": secret })),
            Self::ExpireTokens => ("expire-tokens", json!({})),
            Self::ForgetKeys => ("forget-keys", json!({})),
        }
    }
}

impl Pay {
    fn call(self) -> Value {
        json!({
            "link": self.link,
            "iban": self.iban,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "email": self.email,
            "phone_number": self.phone_number,
            "address": self.address,
            "freetext": self.freetext,
            "next_charge": self.next_charge,
            "recurring_initial": self.recurring_initial,
        })
    }
}
