//! Uploads a file from disk, piece by piece, with a bar that shows how far it is:
//!
//! ```text
//! cargo run --example upload -- contract.pdf
//! ```
//!
//! starts the sandbox on a free port of this machine and uploads to that. With `--base-url URL` it uploads to a real account,
//! with the credentials in `CASHLINK_CLIENT_ID` and `CASHLINK_CLIENT_SECRET`, or to a sandbox that runs already.
//!
//! A file that is no PDF needs `--type`, as in `--type image/png`: the library guesses nothing. Where nobody looks on, because the
//! standard error is no terminal, a line at each tenth stands for the bar; with `--lines`, every progress is a line on the
//! standard output, `ATTEMPT SENT TOTAL`, for other programs to read, and at the end how much memory this one took at most, where
//! the system tells (`VmHWM`, on Linux).

use std::error::Error as StdError;
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::sync::Mutex;

use cashlink_sandbox::server::{Running, Server};
use cashlink_sandbox::{Config, demo};
use cashlink_ureq::core::body::{FileName, MediaType};
use cashlink_ureq::core::partner::{Partner, distributor::UploadDocument, scope};
use cashlink_ureq::core::{Bearer, Call, Client as Protocol, Endpoint, Secret};
use cashlink_ureq::{Client, Progress, Source, random_key, random_seed};
use indicatif::{ProgressBar, ProgressStyle};

type Result<T = ()> = std::result::Result<T, Box<dyn StdError>>;

const USAGE: &str = "usage: upload FILE [--type TYPE/SUBTYPE] [--base-url URL] [--lines]";

fn main() -> Result {
    let wanted = Wanted::from_arguments(std::env::args().skip(1))?;
    let (source, payload) = Source::file(&wanted.file)?;
    let name = wanted.file.file_name().and_then(|name| name.to_str()).ok_or("the file's name is no text")?;
    let name = FileName::new(name)?;
    let media_type = match &wanted.media_type {
        Some(given) => MediaType::new(given)?,
        None => MediaType::of(&name).ok_or("only a PDF is known by its name; say what this is by --type")?,
    };

    // Key and seed are made before the call; a program stores both, so that any process can repeat the upload.
    let upload = UploadDocument::new(random_key()?, random_seed()?, name, media_type, payload);
    let call = Call::new(&upload)?;
    let (_sandbox, client) = connect(wanted.base_url.as_deref())?;
    let show = if wanted.lines { lines() } else { shown(call.body().len()) };
    let reply = client.upload(&call, &source.with_progress(show))?;
    writeln!(
        std::io::stdout(),
        "It is document {}: {} bytes, and {} around them, on attempt {}.",
        reply.value.id,
        payload.len,
        call.body().len() - payload.len,
        reply.meta.attempts()
    )?;
    if wanted.lines {
        if let Some(line) = peak_memory() {
            writeln!(std::io::stdout(), "{line}")?;
        }
    }
    Ok(())
}

/// A bar where somebody looks on, and a line at each tenth elsewhere; either begins anew when the upload does.
fn shown(total: u64) -> Box<dyn Fn(Progress) + Send + Sync> {
    if !std::io::stderr().is_terminal() {
        let told = Mutex::new((0, 0));
        return Box::new(move |progress| {
            let tenths =
                (u128::from(progress.sent) * 10 / u128::from(progress.total.max(1)), progress.attempt);
            let mut told = told.lock().expect("no thread panics in here");
            if std::mem::replace(&mut *told, tenths) != tenths {
                eprintln!("attempt {}: {:>3} %", progress.attempt, tenths.0 * 10);
            }
        });
    }
    let style = ProgressStyle::with_template("{prefix} [{wide_bar}] {bytes}/{total_bytes} {bytes_per_sec}")
        .expect("a template that is always the same");
    let bar = ProgressBar::new(total).with_style(style);
    Box::new(move |progress| {
        bar.set_prefix(format!("attempt {}", progress.attempt));
        bar.set_position(progress.sent);
        if progress.sent == progress.total {
            // The line stays. Whether the server has taken it, the reply says.
            bar.abandon();
        }
    })
}

/// Every progress as a line on the standard output, for other programs.
fn lines() -> Box<dyn Fn(Progress) + Send + Sync> {
    Box::new(|Progress { attempt, sent, total, .. }| {
        // Who reads the lines may stop: the upload goes on.
        let _ = writeln!(std::io::stdout(), "{attempt} {sent} {total}");
    })
}

/// The line in which Linux says how much memory this process has had at most.
fn peak_memory() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find(|line| line.starts_with("VmHWM:")).map(str::to_owned)
}

/// A client for an account or a sandbox that runs already; without an address for a sandbox of its own, kept beside it.
#[expect(
    clippy::disallowed_methods,
    reason = "this is a program, and its user says in the environment who they are"
)]
fn connect(base_url: Option<&str>) -> Result<(Option<Running>, Client<Bearer>)> {
    let sandbox = match base_url {
        Some(_) => None,
        None => Some(Server::start(Config::default())?),
    };
    let (id, secret) = match &sandbox {
        Some(_) => (demo::DISTRIBUTOR_CLIENT_ID.into(), demo::DISTRIBUTOR_CLIENT_SECRET.into()),
        None => (std::env::var("CASHLINK_CLIENT_ID")?, std::env::var("CASHLINK_CLIENT_SECRET")?),
    };
    let base = match (&sandbox, base_url) {
        (Some(sandbox), _) => Endpoint::on_loopback(&sandbox.partner_base())?,
        (None, Some(base)) if base.starts_with("http://") => Endpoint::on_loopback(base)?,
        (None, base) => Endpoint::new(base.unwrap_or_default())?,
    };
    let bearer = Bearer::client_credentials(id, Secret::new(secret))?.scopes([scope::DOCUMENTS_WRITE]);
    Ok((sandbox, cashlink_ureq::client(Protocol::new(Partner::at(base), bearer))))
}

/// What the arguments say.
struct Wanted {
    file: PathBuf,
    media_type: Option<String>,
    base_url: Option<String>,
    lines: bool,
}

impl Wanted {
    fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let (mut file, mut media_type, mut base_url, mut lines) = (None, None, None, false);
        while let Some(argument) = arguments.next() {
            match &*argument {
                "--lines" => lines = true,
                "--type" => media_type = Some(arguments.next().ok_or(USAGE)?),
                "--base-url" => base_url = Some(arguments.next().ok_or(USAGE)?),
                _ if file.is_none() && !argument.starts_with('-') => file = Some(argument.into()),
                _ => return Err(USAGE.into()),
            }
        }
        Ok(Self { file: file.ok_or(USAGE)?, media_type, base_url, lines })
    }
}
