//! Runs the targets over their corpora, all or those that are named, and says what broke: a line for each, with its name, how many inputs
//! there are, how many of them break a promise, and the first of those.

use std::{env, fs, panic, path::Path};

use cashlink_fuzz::TARGETS;

fn main() {
    let named: Vec<String> = env::args().skip(1).collect();
    panic::set_hook(Box::new(|_| {}));
    for (target, run) in TARGETS {
        if !named.is_empty() && !named.iter().any(|name| name == target) {
            continue;
        }
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
        let entries = fs::read_dir(&corpus).expect("every target has a corpus");
        let mut seeds: Vec<_> = entries.map(|entry| entry.expect("a seed").path()).collect();
        seeds.sort();
        let breaks = |seed: &&std::path::PathBuf| {
            let input = fs::read(seed).expect("a seed");
            panic::catch_unwind(|| run(&input)).is_err()
        };
        let broken: Vec<_> = seeds.iter().filter(breaks).collect();
        let first = broken.first().and_then(|seed| seed.file_name()).unwrap_or_default();
        println!("{target} {} {} {}", seeds.len(), broken.len(), first.to_string_lossy());
    }
}
