//! The cases, by what they are about.

mod claiming;
mod leases;
mod operating;
mod settling;
mod staging;

use super::Case;
use super::finding::Found;
use super::scene::{Scene, World};

macro_rules! cases {
    ($($name:literal $rows:tt $run:path: $reason:literal;)*) => {
        pub(super) const ALL: &[Case] = &[$(Case { name: $name, rows: &$rows, reason: $reason }),*];

        pub(super) async fn play<W: World>(case: &Case, scene: &Scene<'_, W>) -> Found {
            match case.name {
                $($name => $run(scene).await,)*
                _ => Ok(()),
            }
        }
    };
}

cases! {
    "staged-is-unseen-before-the-commit" ["T42"] staging::unseen_before_the_commit:
        "nobody sees an intent before its transaction commits: what isn't durable must not be sent";
    "rollback-leaves-nothing" ["T41"] staging::rollback:
        "neither the intent nor the caller's own rows are there after a rollback, and the key is free";
    "commit-keeps-both" ["T41"] staging::commit_keeps_both:
        "an intent and the caller's own rows commit together";
    "same-key-same-request" ["T40"] staging::same_request:
        "the same request staged again under its key is the one staged before, also once it is settled: performed once";
    "same-key-other-request" ["T40"] staging::other_request:
        "another request under the key is refused, with the id of the first, and nothing of it is kept";
    "same-key-in-one-transaction" ["T40"] staging::one_transaction:
        "both hold within one transaction, too";
    "same-key-other-account" ["T40"] staging::other_account:
        "a key belongs to its account, and a call without a key is a new one each time";
    "request-is-kept-byte-for-byte" ["T41"] staging::bytes_are_kept:
        "what is claimed holds the very bytes and the fingerprint that were staged, whatever text is in it";
    "oldest-first" [] claiming::oldest_first:
        "what has been due for longest is claimed first, by id where that is the same, and no more than wanted";
    "not-before-its-time" [] claiming::not_before_its_time:
        "a delayed intent isn't claimed before it is due: fractions of a second are rounded up";
    "account-by-account" ["T45"] claiming::account_by_account:
        "a worker gets intents of the account that it asks for only: it has no other credential";
    "in-order" [] claiming::in_order:
        "of one ordering key only the first that isn't settled is claimed; others, and other accounts, go on";
    "order-held-up" ["T45"] claiming::order_held_up:
        "one that waits, needs reconciliation or is dead holds up those behind it, until somebody settles it";
    "once-among-many" ["T43"] claiming::once_among_many:
        "handles that claim at once get each intent exactly once";
    "leased-until-its-end" ["T43"] leases::until_its_end:
        "a claimed intent is nobody else's before its lease ends; then it is claimed again, as one that may have been sent";
    "fencing" ["T43"] leases::fencing:
        "who lost a lease can't settle or extend, and its handler is not even asked";
    "extend" ["T43"] leases::extend:
        "an extended lease holds until its new end; one that ended can be extended while nobody else has claimed it";
    "settled-once" ["T43"] leases::settled_once:
        "one claim settles once, and a settled intent can't be extended";
    "age-since-the-first-claim" ["T44"] leases::age:
        "the age is that since the first claim, whatever came between";
    "handler-and-settlement-together" ["T41"] settling::together:
        "a handler's rows and the settlement are kept together, or neither: a handler that fails leaves the claim as it was";
    "tried-again" ["T45"] settling::tried_again:
        "one to be tried again waits as long as it was told, with its attempts and evidence, and counts as sent only if it may have been";
    "answered-is-handed-again" ["T45"] settling::answered_again:
        "an outcome whose handler failed is claimed again with its evidence, byte for byte";
    "over-is-over" ["T45"] settling::over:
        "what is done, rejected, dead or needs reconciliation is claimed by no worker";
    "survives-closing" ["T41"] settling::survives:
        "all of it is there when every handle was closed and another one is opened";
    "operators-see" [] operating::see:
        "entries tell what is there, and filters narrow it down";
    "operators-count" [] operating::count:
        "figures count each state, the oldest that is live, and the requests sent";
    "decided-as-seen" ["T43"] operating::decided_as_seen:
        "a decision counts only as long as the entry is as it was seen, never for a claimed one, and rises the fence";
    "decided-with-own-rows" ["T41"] operating::with_own_rows:
        "a decision and the caller's rows are kept together, or neither";
    "retry-begins-anew" ["T44"] operating::retry:
        "one that is retried by decision counts as never sent, and its age begins anew";
    "prune" ["T40"] operating::prune:
        "only what was done or rejected long enough ago is deleted, at most so many, and its key is free then";
}
