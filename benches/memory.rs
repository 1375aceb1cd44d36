//! How much memory the worst answers take: bodies of 8 MiB, the largest that a client accepts by default, through every
//! reader that the library has. Counted is what the allocator hands out, at its peak, on top of the body itself; a block
//! that grows counts twice while it is moved. The numbers are the same on every machine.
//!
//! It fails when a reader takes more than ten times the body (T21–T22). `scripts/memory` runs it.

#[path = "memory/bodies.rs"]
mod bodies;
#[path = "memory/counting.rs"]
mod counting;
#[path = "memory/readers.rs"]
mod readers;

use std::process::ExitCode;

/// Peak memory above the body, as a multiple of the body.
const MOST: f64 = 10.0;

fn main() -> ExitCode {
    println!("peak memory above the body, as a multiple of it (at most {MOST})\n");
    print!("{:<24} {:>9}", "body", "bytes");
    for reader in readers::ALL {
        print!(" {:>11}", reader.name);
    }
    println!();
    let mut too_much = Vec::new();
    for body in bodies::ALL {
        let bytes = (body.make)(bodies::SIZE);
        assert!(
            (bodies::SIZE - 64..=bodies::SIZE).contains(&bytes.len()),
            "{} is {} bytes long",
            body.name,
            bytes.len()
        );
        let length = bytes.len();
        let bytes = bytes.into();
        print!("{:<24} {:>9}", body.name, length);
        for reader in readers::ALL {
            let peak = counting::peak((reader.prepare)(&bytes));
            let times = peak as f64 / length as f64;
            print!(" {times:>11.2}");
            if times > MOST {
                too_much.push(format!("{} through {}: {times:.2} times", body.name, reader.name));
            }
        }
        println!();
    }
    for finding in &too_much {
        println!("too much: {finding}");
    }
    if too_much.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
