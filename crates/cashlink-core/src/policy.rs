//! The defaults, each declared in this one place and each to be set on the client.

use core::time::Duration;

/// How patient a client is. Every value has a default that suits a program which moves money; change what you must.
///
/// ```
/// use cashlink_core::Policy;
/// use core::time::Duration;
///
/// let mut policy = Policy::default();
/// policy.attempts = 2;
/// policy.deadline = Duration::from_secs(10);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// Attempts per call, the first included. 4.
    pub attempts: u32,
    /// Before the n-th repetition a client waits between nothing and this times 2ⁿ⁻¹ ("full jitter"). 250 ms.
    pub backoff: Duration,
    /// What the doubling stops at. 20 s.
    pub longest_backoff: Duration,
    /// The longest `Retry-After` that is waited for; a longer one ends the call and is shown. 60 s. What the deadline leaves
    /// is a limit as well: to wait so long, a call needs a longer one.
    pub longest_retry_after: Duration,
    /// The whole call, tokens, waits and retries included. 60 s.
    pub deadline: Duration,
    /// The same for a call that uploads a document. 15 min.
    pub upload_deadline: Duration,
    /// Per attempt: connecting. 5 s.
    pub connect_timeout: Duration,
    /// Per attempt: all of it. 20 s; an upload has no such limit but its silence.
    pub attempt_timeout: Duration,
    /// Per attempt of an upload: how long nothing may move. 30 s.
    pub upload_silence: Duration,
    /// How many retries' worth of trouble is spent before a client stops adding to an outage. A bucket of 100: each
    /// first send puts 1 in, each retry takes 10 out.
    pub retry_budget: RetryBudget,
    /// The largest body of an answer. 8 MiB. Reading one takes at most ten times as much memory beside it (T22).
    pub largest_answer: u64,
    /// How long before its end a token is renewed, at the latest; 80 % of its life is the other limit. 30 s. A token that
    /// lives no longer than this is obtained anew by each call, or each group of calls that wait for it together.
    pub token_margin: Duration,
    /// How many pages a walk turns before it takes the list for endless. 10 000.
    pub pages: u32,
    /// How many leaves an error map keeps. 10 000.
    pub error_leaves: usize,
    /// How deep an error map reads. 32.
    pub error_depth: usize,
}

/// The bucket behind [`Policy::retry_budget`]: what it holds at most (and at first), what a first send puts in, what a
/// retry takes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryBudget {
    /// The most that it holds, and what it starts with. 100.
    pub capacity: u32,
    /// What the first send of each call puts in. 1.
    pub deposit: u32,
    /// What each retry takes out; without that much, there is no retry. 10.
    pub withdrawal: u32,
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self { capacity: 100, deposit: 1, withdrawal: 10 }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            attempts: 4,
            backoff: Duration::from_millis(250),
            longest_backoff: Duration::from_secs(20),
            longest_retry_after: Duration::from_secs(60),
            deadline: Duration::from_secs(60),
            upload_deadline: Duration::from_secs(15 * 60),
            connect_timeout: Duration::from_secs(5),
            attempt_timeout: Duration::from_secs(20),
            upload_silence: Duration::from_secs(30),
            retry_budget: RetryBudget::default(),
            largest_answer: 8 * 1024 * 1024,
            token_margin: Duration::from_secs(30),
            pages: 10_000,
            error_leaves: 10_000,
            error_depth: 32,
        }
    }
}
