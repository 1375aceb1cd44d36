//! Prints what the sandbox answers to, `METHOD path` one a line: for a look, and for `scripts/endpoints`.
//!
//! ```sh
//! cargo run -p cashlink-sandbox --example routes
//! ```

fn main() {
    for (method, path) in cashlink_sandbox::routes() {
        println!("{method} {path}");
    }
}
