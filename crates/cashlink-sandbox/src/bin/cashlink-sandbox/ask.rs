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
    /// Show what a running sandbox holds, was asked, and has sent
    State {
        #[command(flatten)]
        running: Running,
    },
}

/// What can be made to happen.
#[derive(Debug, Subcommand)]
pub(crate) enum Trigger {
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

/// The sandbox that is spoken to.
#[derive(Debug, Args)]
pub(crate) struct Running {
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

    /// Says it, and shows the answer.
    pub(crate) fn run(self) -> ExitCode {
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
