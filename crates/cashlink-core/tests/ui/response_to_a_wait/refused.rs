//! While a flow waits, no request is on its way: there is nothing that could be answered.
use cashlink_core::{Delay, Now, Step, bytes::Bytes, http::Response};

pub fn go_on<T>(delay: Delay<T>, now: Now, answer: Response<Bytes>) -> Step<T> {
    delay.respond(now, answer)
}

fn main() {}
