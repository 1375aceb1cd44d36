//! Runs the targets over their corpora, all or those that are named, and says what broke: a line for each, with its name, how many inputs
//! there are, how many of them break a promise, and the first of those.

use std::{env, panic};

use cashlink_fuzz::{TARGETS, corpus};

fn main() {
    let named: Vec<String> = env::args().skip(1).collect();
    panic::set_hook(Box::new(|_| {}));
    for (target, run) in TARGETS {
        if !named.is_empty() && !named.iter().any(|name| name == target) {
            continue;
        }
        let inputs = corpus(target);
        let breaks = |input: &&(String, Vec<u8>)| panic::catch_unwind(|| run(&input.1)).is_err();
        let broken: Vec<_> = inputs.iter().filter(breaks).collect();
        let first = broken.first().map_or("", |(name, _)| name);
        println!("{target} {} {} {first}", inputs.len(), broken.len());
    }
}
