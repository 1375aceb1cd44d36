//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use cashlink_journal::operate::Filter;
use cashlink_journal::{Account, State};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory as _, Parser, Subcommand};

use crate::moments;

const ABOUT: &str = "\
Looks at a journal of intents, and settles by hand what no program can.

It shows no request, no answer, no ordering key and nobody's reasons, unless asked to by `--reveal`; idempotency keys and workers' \
names it shows. It creates no database and no table.";

const TEACHES: &str = "\
PostgreSQL's URL holds a password: better in CASHLINK_JOURNAL_POSTGRES than in `--postgres`, which every process on the machine can \
read. This program speaks no TLS: to another machine it goes through a tunnel, or not at all, unless the URL says sslmode=disable.

Exit codes: 0 done; 1 there is no such intent, or the decision is refused; 2 the arguments are wrong; 3 the database refuses, is not \
there, or holds no journal.

Examples:
  cashlink-journal --sqlite orders.db list --state needs-reconciliation,dead
  cashlink-journal --sqlite orders.db show 17
  cashlink-journal --sqlite orders.db settle 17 --done --by Ada --note 'the investor is there, looked up by hand'
  cashlink-journal --sqlite orders.db retry 17 --it-did-not-happen --by Ada --note 'no such investor'
  cashlink-journal --sqlite orders.db prune --older-than 90d
  cashlink-journal stats --all --json                         with CASHLINK_JOURNAL_POSTGRES";

/// Not `Debug`: it holds a password.
#[derive(Parser)]
#[command(name = "cashlink-journal", version, about = ABOUT, after_help = TEACHES)]
pub(crate) struct Program {
    #[command(flatten)]
    pub(crate) database: Place,

    /// Answer in JSON, for scripts
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// The time, in seconds since 1970, instead of the clock's
    #[arg(long, global = true, hide = true, value_name = "SECONDS")]
    pub(crate) now: Option<u64>,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Where the journal is.
#[derive(Args)]
pub(crate) struct Place {
    /// The journal in this SQLite database
    #[arg(long, global = true, value_name = "PATH", conflicts_with_all = ["postgres", "schema"])]
    pub(crate) sqlite: Option<PathBuf>,

    /// The journal in this PostgreSQL database; by default the one in CASHLINK_JOURNAL_POSTGRES
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) postgres: Option<String>,

    /// What the names of its tables begin with
    #[arg(long, global = true, value_name = "NAME", default_value = "cashlink_")]
    pub(crate) prefix: String,

    /// PostgreSQL's schema that holds them, where it isn't in the search path
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) schema: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List intents, by their ids
    List {
        #[command(flatten)]
        which: Which,
        /// At most so many
        #[arg(long, value_name = "NUMBER", default_value_t = 50)]
        limit: u32,
        /// Those with greater ids: to go on after a page
        #[arg(long, value_name = "ID")]
        after: Option<i64>,
    },
    /// Show one intent, and what is known of it
    Show {
        /// Its id
        id: i64,
        /// With its request and the server's answer, which are about people
        #[arg(long)]
        reveal: bool,
    },
    /// Count intents by their states
    Stats {
        /// Those of this account
        #[arg(long, value_name = "NAME", value_parser = account)]
        account: Option<Account>,
        /// Also the settled ones: the whole table is read
        #[arg(long)]
        all: bool,
    },
    /// Have an intent sent again, under its key: somebody looked, and it did not happen
    ///
    /// For those that need reconciliation, and the dead whose cause is mended. Said without having looked, this is how a payment is
    /// made twice.
    Retry {
        /// Its id
        id: i64,
        /// Somebody looked, and it did not happen: to be said of what may have been sent
        #[arg(long)]
        it_did_not_happen: bool,
        #[command(flatten)]
        reason: Reason,
    },
    /// Settle an intent by hand: no handler is called, and nothing is sent for it any more
    Settle {
        /// Its id
        id: i64,
        #[command(flatten)]
        outcome: Outcome,
        #[command(flatten)]
        reason: Reason,
    },
    /// Delete what was done or rejected
    ///
    /// What is deleted is forgotten: its key can be staged anew, and is then performed anew.
    Prune {
        /// Settled at least so long ago, such as 90d, 12h, 2w
        #[arg(long, value_name = "AGE", value_parser = moments::duration)]
        older_than: Duration,
    },
    /// Write intents as JSON, one a line
    Export {
        #[command(flatten)]
        which: Which,
        /// With their requests and the server's answers, which are about people
        #[arg(long)]
        reveal: bool,
    },
}

/// Which intents are meant.
#[derive(Args)]
pub(crate) struct Which {
    /// Those of this account
    #[arg(long, value_name = "NAME", value_parser = account)]
    account: Option<Account>,
    /// Those in one of these states: pending, claimed, answered, done, rejected, needs-reconciliation, dead
    #[arg(long, value_name = "STATE", value_delimiter = ',', value_parser = state)]
    state: Vec<State>,
    /// Those of this operation, such as investors.create
    #[arg(long, value_name = "NAME")]
    operation: Option<String>,
    /// Those with this idempotency key
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
}

impl Which {
    /// Those with greater ids than `after`.
    pub(crate) fn filter(self, after: Option<i64>) -> Filter {
        let mut filter = Filter::default();
        filter.account = self.account;
        filter.states = self.state;
        filter.operation = self.operation;
        filter.key = self.key;
        filter.ids = after.map_or(i64::MIN, |last| last.saturating_add(1))..=i64::MAX;
        filter
    }
}

/// Who decides, and why: it is kept with the intent.
#[derive(Args)]
pub(crate) struct Reason {
    /// Who decides
    #[arg(long, value_name = "NAME")]
    by: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    note: String,
}

impl Reason {
    /// As it is kept.
    pub(crate) fn text(&self) -> String {
        format!("{}: {}", self.by, self.note)
    }
}

#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Outcome {
    /// It happened
    #[arg(long)]
    pub(crate) done: bool,
    /// It did not happen, and is not to
    #[arg(long)]
    pub(crate) rejected: bool,
}

fn account(name: &str) -> Result<Account, String> {
    Account::new(name).map_err(|error| error.to_string())
}

/// A state's name, as an argument.
pub(crate) fn state_name(state: State) -> String {
    state.to_string().replace(' ', "-")
}

fn state(name: &str) -> Result<State, String> {
    let named = State::ALL.into_iter().find(|state| state_name(*state) == name);
    named.ok_or_else(|| format!("must be one of {}", State::ALL.map(state_name).join(", ")))
}

impl Program {
    /// Reads the arguments.
    pub(crate) fn understood(
        arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    ) -> clap::error::Result<Self> {
        Self::try_parse_from(arguments).map_err(without_the_value)
    }
}

/// What clap says of what is refused, without repeating it: it may be a password, and a terminal's text is often kept (T11–T12).
fn without_the_value(mut error: clap::Error) -> clap::Error {
    let stray = match error.kind() {
        ErrorKind::UnknownArgument => ContextKind::InvalidArg,
        ErrorKind::InvalidSubcommand => ContextKind::InvalidSubcommand,
        _ => {
            if error.get(ContextKind::InvalidValue).is_some() {
                error.insert(ContextKind::InvalidValue, ContextValue::String("(not shown)".to_owned()));
            }
            return error;
        }
    };
    // Also without its tips, which repeat it.
    let told = match error.get(stray) {
        Some(ContextValue::String(text)) if text.starts_with("--") && !text.contains('=') => {
            format!("there is no option {text}")
        }
        _ => "there is an argument that is neither an option nor a command (not shown)".to_owned(),
    };
    Program::command().error(error.kind(), told)
}

#[cfg(test)]
mod tests;
