//! What the library costs beside the bare HTTP client under it, which does the same work by hand: the parts that `scripts/overhead`
//! puts together, each a process of its own, so that only the client's instructions are counted.
//!
//! ```text
//! overhead server [show]                             prints its port; `show`: and what each request was
//! overhead post STACK SIDE PORT CALLS [BURDEN]       creates investors, one after the other, over one connection
//! overhead upload STACK PORT FILE PAIRS [SIDE BURDEN]   uploads the file by this side and the bare client in turn, and
//!                                                    prints the nanoseconds of each pair
//! ```
//!
//! A side is `ours`, or `bare`: then a burden is work that nobody needs, after each call, which the measurement has to notice: so
//! many rounds of a loop, or so many microseconds.

#[path = "overhead/by_hand.rs"]
mod by_hand;
#[path = "overhead/over_hyper.rs"]
mod over_hyper;
#[path = "overhead/over_reqwest.rs"]
mod over_reqwest;
#[path = "overhead/over_ureq.rs"]
mod over_ureq;
#[path = "overhead/pairs.rs"]
mod pairs;
#[path = "overhead/server.rs"]
mod server;
#[path = "overhead/work.rs"]
mod work;

use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

const USAGE: &str = "usage: overhead server [show] | post STACK SIDE PORT CALLS [BURDEN] | \
                     upload STACK PORT FILE PAIRS [SIDE BURDEN]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["server"] => server::run(false),
        ["server", "show"] => server::run(true),
        ["post", stack, side, port, calls] => post(stack, side, port, number(calls), 0),
        ["post", stack, side, port, calls, burden] => post(stack, side, port, number(calls), number(burden)),
        ["upload", stack, port, file, pairs] => upload(stack, "ours", port, file, number(pairs), 0),
        ["upload", stack, port, file, pairs, side, burden] => {
            upload(stack, side, port, file, number(pairs), number(burden));
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn number(text: &str) -> u64 {
    text.parse().expect(USAGE)
}

fn post(stack: &str, side: &str, port: &str, calls: u64, burden: u64) {
    let base = work::base(port);
    match (stack, side) {
        ("ureq", "ours") => over_ureq::post_ours(&base, calls),
        ("ureq", "bare") => over_ureq::post_bare(&base, calls, burden),
        ("reqwest", "ours") => over_reqwest::post_ours(&base, calls),
        ("reqwest", "bare") => over_reqwest::post_bare(&base, calls, burden),
        ("hyper", "ours") => over_hyper::post_ours(&base, calls),
        ("hyper", "bare") => over_hyper::post_bare(&base, calls, burden),
        _ => panic!("{USAGE}"),
    }
}

fn upload(stack: &str, side: &str, port: &str, file: &str, pairs: u64, burden: u64) {
    let (base, file) = (work::base(port), Path::new(file));
    let by = |stack: &str, side: &str| -> Box<dyn FnMut()> {
        match (stack, side) {
            ("ureq", "ours") => Box::new(over_ureq::upload_ours(&base, file)),
            ("ureq", "bare") => Box::new(over_ureq::upload_bare(&base, file)),
            ("reqwest", "ours") => Box::new(over_reqwest::upload_ours(&base, file)),
            ("reqwest", "bare") => Box::new(over_reqwest::upload_bare(&base, file)),
            ("hyper", "ours") => Box::new(over_hyper::upload_ours(&base, file)),
            ("hyper", "bare") => Box::new(over_hyper::upload_bare(&base, file)),
            _ => panic!("{USAGE}"),
        }
    };
    pairs::measure(pairs, Duration::from_micros(burden), by(stack, side), by(stack, "bare"));
}

/// Work that nobody needs: some instructions for each unit.
fn bear(burden: u64) {
    for unit in 0..burden {
        black_box(unit);
    }
}
