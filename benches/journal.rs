//! What the journal costs beside the bare database: the parts that `scripts/throughput` puts together.
//!
//! ```text
//! journal stage DATABASE CASE PAIRS [SIDE BURDEN]       the caller's transactions; CASE: `alone`, or `order` with a row of the
//!                                                       caller's own
//! journal queue DATABASE BATCH PAIRS [SIDE BURDEN]      claims of so many at once, each settled in a transaction of its own
//! journal depth DATABASE SHAPE ROUNDS ROWS…             claims of one with so many rows pending; SHAPE: `apart`, or `behind` one
//!                                                       ordering key whose first is claimed
//! journal fill DATABASE ROWS…                           so many rows pending, in a place for each number
//! journal claim DATABASE ROWS[:ROUNDS]…                 a claim in each such place, for callgrind to count (`scripts/scaling`)
//! ```
//!
//! DATABASE is `sqlite:FOLDER`, or a connection string of PostgreSQL, after `prepared:` where statements are prepared. `stage` and `queue` print the nanoseconds of each pair: this side, with
//! its burden, and the one by hand. A side is `ours` or `bare`; a burden is so many microseconds of work that nobody needs after each
//! transaction, which the measurement has to notice. `depth` prints the nanoseconds of each round: one number for each of ROWS.

mod collected;
#[path = "journal/intents.rs"]
mod intents;
#[path = "journal/over_postgres.rs"]
mod over_postgres;
#[path = "journal/over_sqlite.rs"]
mod over_sqlite;
#[path = "journal/rounds.rs"]
mod rounds;

use std::process::ExitCode;
use std::time::Duration;

use rounds::Side;

const USAGE: &str = "usage: journal stage DATABASE alone|order PAIRS [SIDE BURDEN] | \
                     queue DATABASE BATCH PAIRS [SIDE BURDEN] | depth DATABASE apart|behind ROUNDS ROWS… | \
                     fill DATABASE ROWS… | claim DATABASE ROWS[:ROUNDS]…";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["stage", database, case, pairs] => stage(database, case, pairs, "ours", "0"),
        ["stage", database, case, pairs, side, burden] => stage(database, case, pairs, side, burden),
        ["queue", database, batch, pairs] => queue(database, batch, pairs, "ours", "0"),
        ["queue", database, batch, pairs, side, burden] => queue(database, batch, pairs, side, burden),
        ["depth", database, shape, rounds, ref rows @ ..] => depth(database, shape, rounds, rows),
        ["fill", database, ref rows @ ..] => {
            rows.iter().for_each(|rows| deep(database, rows).fill(number(rows), false));
        }
        ["claim", database, ref sizes @ ..] => claim(database, sizes),
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

/// Each side has a connection and tables of its own, in one database.
fn side(database: &str, side: &str, place: &str) -> Box<dyn Side> {
    if let Some(folder) = database.strip_prefix("sqlite:") {
        return match side {
            "ours" => Box::new(over_sqlite::Ours::new(folder, place)),
            "bare" => Box::new(over_sqlite::ByHand::new(folder, place)),
            _ => panic!("{USAGE}"),
        };
    }
    let (server, prepared) =
        database.strip_prefix("prepared:").map_or((database, false), |server| (server, true));
    match side {
        "ours" => Box::new(over_postgres::Ours::new(server, place, prepared)),
        "bare" => Box::new(over_postgres::ByHand::new(server, place, prepared)),
        _ => panic!("{USAGE}"),
    }
}

fn stage(database: &str, case: &str, pairs: &str, one: &str, burden: &str) {
    let with_order = match case {
        "alone" => false,
        "order" => true,
        _ => panic!("{USAGE}"),
    };
    let burden = Duration::from_micros(number(burden));
    rounds::stage(
        number(pairs),
        with_order,
        burden,
        &mut *side(database, one, "one"),
        &mut *side(database, "bare", "other"),
    );
}

fn queue(database: &str, batch: &str, pairs: &str, one: &str, burden: &str) {
    let batch = batch.parse().expect(USAGE);
    let burden = Duration::from_micros(number(burden));
    rounds::queue(
        number(pairs),
        batch,
        burden,
        &mut *side(database, one, "one"),
        &mut *side(database, "bare", "other"),
    );
}

fn depth(database: &str, shape: &str, rounds: &str, rows: &[&str]) {
    let behind = match shape {
        "apart" => false,
        "behind" => true,
        _ => panic!("{USAGE}"),
    };
    let mut deep: Vec<Box<dyn Side>> = Vec::new();
    for rows in rows {
        let mut filled = self::deep(database, rows);
        filled.fill(number(rows), behind);
        deep.push(filled);
    }
    rounds::depth(number(rounds), behind, &mut deep);
}

fn deep(database: &str, rows: &str) -> Box<dyn Side> {
    side(database, "ours", &format!("deep_{rows}"))
}

fn claim(database: &str, sizes: &[&str]) {
    for size in sizes {
        let (rows, rounds) = collected::size_and_rounds(size);
        let mut filled = deep(database, &rows.to_string());
        // Statements are prepared by the first.
        assert_eq!(filled.claim(), 1, "what is claimed");
        collected::reported(rounds, &mut || assert_eq!(filled.claim(), 1, "what is claimed"));
    }
}
