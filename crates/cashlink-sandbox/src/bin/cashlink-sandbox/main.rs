//! The sandbox as a program: `cashlink-sandbox --help` tells how to run it.
#![forbid(unsafe_code)]

mod ask;
mod serve;

use clap::Parser;
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
  cashlink-sandbox mode sandbox-userkey live                  an API key in production
  cashlink-sandbox fault drop-response --method POST          the next POST loses its answer
  cashlink-sandbox mischief --repeat-every 10 --forge-every 7 --shuffle
  cashlink-sandbox state                                      what there is, and what arrived";

#[derive(Debug, Parser)]
#[command(name = "cashlink-sandbox", version, about = ABOUT, after_help = TEACHES, args_conflicts_with_subcommands = true)]
struct Program {
    #[command(subcommand)]
    command: Option<ask::Command>,

    #[command(flatten)]
    options: serve::Options,
}

fn main() -> ExitCode {
    let Program { command, options } = Program::parse();
    match command {
        Some(command) => command.run(),
        None => options.run(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_options_are_consistent() {
        Program::command().debug_assert();
    }

    #[test]
    fn every_example_of_the_help_is_understood() {
        let (_, examples) = TEACHES.split_once("Examples:\n").unwrap();
        let examples = examples.replace(" \\\n    ", " ");
        let mut count = 0;
        for line in examples.lines() {
            // What is said of it stands apart.
            let command = line.trim_start().split("  ").next().unwrap();
            let parsed = Program::try_parse_from(command.split_whitespace());
            assert!(parsed.is_ok(), "{command}: {parsed:?}");
            count += 1;
        }
        assert!(count > 5, "{count} examples");
    }
}
