//! What a call came to is settled once.
use cashlink_journal::Policy;
use cashlink_journal::core::{Bearer, Client, Error, Reply, answer::Received};
use cashlink_journal::worker::{Performing, Recording};

type Ended<'a> = Result<&'a Reply<Received>, &'a Error>;

pub fn settle(it: Performing<Bearer>, result: Ended<'_>, client: &Client<Bearer>) -> Box<Recording> {
    it.ended(result, client, &Policy::default(), 0)
}

fn main() {}
