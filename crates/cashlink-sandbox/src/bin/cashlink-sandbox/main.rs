//! The sandbox as a program: `cashlink-sandbox --help` tells how to run it.
#![forbid(unsafe_code)]

mod ask;
mod serve;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, CommandFactory as _, FromArgMatches as _, Parser};
use std::ffi::OsString;
use std::process::ExitCode;

const ABOUT: &str = "\
Emulates both generations of the Cashlink partner APIs on this machine: no account, no data that outlives it.

It keeps what it is sent until it ends, and says at its start where it listens and which credentials it takes. It refuses what \
a real server would, replays the first answer to a repeated idempotency key, and goes wrong when asked to.";

const TEACHES: &str = "\
Faults, in a request's header `X-Sandbox-Fault` (several separated by commas) or armed for a later request:
  drop-request              close the connection, no effect
  drop-upload=BYTES         close the connection once so much of the request's body has come, no effect
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
  POST   /_sandbox/pay             {\"link\": \"VX0GK5cvM1dO\"}: pay a payment link; its webhook follows. Also iban, first_name,
                                   last_name, email, phone_number, address, freetext, next_charge, recurring_initial
  POST   /_sandbox/advance         {\"investment\": \"…\", \"status\": \"PAID\"}: the next status, or this one; its webhook follows
  POST   /_sandbox/settle          {\"transfer\": \"…\", \"status\": \"failed\"}: a transfer is settled; without a status, as succeeded
  POST   /_sandbox/mode            {\"key\": \"…\", \"live\": true}: switch an API key to production, or to test mode
  POST   /_sandbox/mischief        {\"repeat_every\": 10, \"forge_every\": 7, \"shuffle\": true}: what goes wrong with webhooks
  POST   /_sandbox/webhook-secret  {\"secret\": \"…\"}: exchange what signed webhooks are signed with, from now on
  POST   /_sandbox/expire-tokens   expire every bearer token
  POST   /_sandbox/forget-keys     forget every idempotency key

Examples:
  cashlink-sandbox                                            everything as it is, without webhooks
  cashlink-sandbox --webhook-url http://127.0.0.1:8080/payments --print-secret \\
    --partner-webhook-url http://127.0.0.1:8080/partner \\
    --partner-webhook-client cashlink:SECRET --partner-token-url http://127.0.0.1:8080/token
  cashlink-sandbox trigger pay VX0GK5cvM1dO                   in another terminal
  cashlink-sandbox trigger advance 5eed0000-0000-4000-8000-000000000002 PAID
  cashlink-sandbox trigger settle ID failed                   a transfer, by its id
  cashlink-sandbox trigger secret NEXT                        what signed webhooks are signed with from now on
  cashlink-sandbox mode sandbox-userkey live                  an API key in production
  cashlink-sandbox fault drop-response --method POST          the next POST loses its answer
  cashlink-sandbox mischief --repeat-every 10 --forge-every 7 --shuffle
  cashlink-sandbox state                                      what there is, and what arrived
  cashlink-sandbox --at http://127.0.0.1:9000 state           of a sandbox that listens elsewhere";

#[derive(Debug, Parser)]
#[command(name = "cashlink-sandbox", version, about = ABOUT, after_help = TEACHES)]
struct Program {
    #[command(subcommand)]
    command: Option<ask::Command>,

    /// Which running sandbox a command speaks to, by where it listens
    #[arg(long, value_name = "URL", global = true, default_value = "http://127.0.0.1:7878", value_parser = serve::reachable)]
    at: String,

    #[command(flatten)]
    options: serve::Options,
}

impl Program {
    /// Reads the arguments. Options are either those of a sandbox that starts, or `--at` beside a command.
    fn understood(
        arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    ) -> clap::error::Result<Self> {
        let mut command = Self::command();
        let matches = command.try_get_matches_from_mut(arguments).map_err(without_the_value)?;
        let given = |arg: &Arg| matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
        let is_asked = matches.subcommand_name().is_some();
        let stray = command.get_arguments().find(|arg| given(arg) && (arg.get_id() == "at") != is_asked);
        let wrong = stray.map(|arg| match is_asked {
            true => format!("{arg} is for a sandbox that starts, not for one that runs already"),
            false => format!("{arg} needs a command, such as `state`"),
        });
        if let Some(wrong) = wrong {
            return Err(command.error(ErrorKind::ArgumentConflict, wrong));
        }
        Self::from_arg_matches(&matches)
    }
}

/// What clap says of a value that is refused, without repeating it: it may be a credential, and a terminal's text is often
/// kept (T11–T12).
fn without_the_value(mut error: clap::Error) -> clap::Error {
    if error.kind() == ErrorKind::ValueValidation {
        error.insert(ContextKind::InvalidValue, ContextValue::String("(not shown)".to_owned()));
    }
    error
}

fn main() -> ExitCode {
    let Program { command, at, options } =
        Program::understood(std::env::args_os()).unwrap_or_else(|error| error.exit());
    match command {
        Some(command) => command.run(&at),
        None => options.run(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_options_are_consistent() {
        Program::command().debug_assert();
    }

    #[test]
    fn where_the_sandbox_listens_may_be_said_before_and_behind_a_command_and_only_with_one() {
        let read = |line: &str| Program::understood(line.split_whitespace());
        for line in [
            "cashlink-sandbox --at http://[::1]:1 state",
            "cashlink-sandbox state --at http://[::1]:1",
            "cashlink-sandbox trigger --at http://[::1]:1 expire-tokens",
            "cashlink-sandbox trigger pay VX0GK5cvM1dO --at http://[::1]:1",
        ] {
            assert_eq!(read(line).unwrap().at, "http://[::1]:1", "{line}");
        }
        assert_eq!(read("cashlink-sandbox state").unwrap().at, "http://127.0.0.1:7878");
        for (line, said) in [
            ("cashlink-sandbox --at http://[::1]:1", "--at <URL> needs a command"),
            ("cashlink-sandbox --seed 7 state", "--seed <NUMBER> is for a sandbox that starts"),
            ("cashlink-sandbox --shuffle mischief --shuffle", "--shuffle is for a sandbox that starts"),
            ("cashlink-sandbox state --at https://example.com", "must be http:// on this machine"),
        ] {
            let error = read(line).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn t11_t12_no_value_that_is_refused_is_repeated() {
        let url = "http://127.0.0.1:1/a";
        for (arguments, said) in [
            (["--partner-webhook-url", url, "--partner-webhook-token", "canary b"], "without blanks"),
            (["--partner-webhook-url", url, "--partner-webhook-client", "canary"], "a client is written"),
            (["--partner-webhook-url", url, "--client", "canary"], "a client is written"),
            (["--webhook-secret", "s", "--webhook-url", "https://a.example/?canary"], "on this machine"),
        ] {
            let error = Program::understood([&["cashlink-sandbox"], &arguments[..]].concat()).unwrap_err();
            let text = format!("{error} {}", error.render().ansi());
            assert!(text.contains(said) && text.contains(arguments[2]), "{text}");
            assert!(!text.contains("canary"), "{text}");
        }
    }

    #[test]
    fn every_example_of_the_help_is_understood() {
        let (_, examples) = TEACHES.split_once("Examples:\n").unwrap();
        let examples = examples.replace(" \\\n    ", " ");
        let mut count = 0;
        for line in examples.lines() {
            // What is said of it stands apart.
            let command = line.trim_start().split("  ").next().unwrap();
            let parsed = Program::understood(command.split_whitespace());
            assert!(parsed.is_ok(), "{command}: {parsed:?}");
            count += 1;
        }
        assert!(count > 5, "{count} examples");
    }
}
