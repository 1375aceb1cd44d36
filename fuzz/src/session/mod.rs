//! Calls of one client, side by side, against a server that does what the bytes say (T1–T2, T10, T33–T37).

mod account;
mod caller;
mod server;

use std::collections::HashMap;
use std::time::Duration;

use cashlink_core::Now;
use cashlink_core::flow::{TokenId, TokenSlot};

use self::account::Account;
use self::caller::Caller;
use self::server::Server;
use crate::choices::Choices;
use crate::flow;

/// A call without a key is never sent twice, no credential goes anywhere but to its own place, what is said of the outcome is so, and
/// everything comes to an end, whatever the server does and in whatever order the callers have their turns.
///
/// The first bytes choose the account, the patience and the calls; then each turn chooses who goes on, what happens before it, and what
/// comes of its request (`Choices` says how bytes choose). It is accepted when a call succeeds.
pub fn session(input: &[u8]) -> bool {
    let mut choices = Choices::new(input);
    let policy = account::policy(&mut choices);
    let patience = policy.deadline;
    let budget = policy.retry_budget;
    let slot = TokenSlot::new(&policy);
    let account = Account::chosen(&mut choices, policy);
    let now = choices.of(&[
        flow::NOW,
        Now::new(0, Duration::ZERO),
        Now::new(u64::MAX, Duration::MAX - Duration::from_secs(30)),
    ]);
    let mut server = Server::new(choices.yes());
    let callers = 1 + choices.below(3);
    let callers =
        (0..callers).map(|number| Caller::new(&mut choices, &mut server, &account, number, now, patience));
    let mut callers: Vec<Caller> = callers.collect();
    let mut session = Session {
        choices,
        account,
        server,
        slot,
        now,
        landed: 0,
        granted: HashMap::new(),
        firsts: 0,
        waits: 0,
    };
    session.run(&mut callers, input.len());

    let spent = u64::from(budget.withdrawal) * session.waits;
    let paid_in = u64::from(budget.capacity) + u64::from(budget.deposit) * session.firsts;
    assert!(spent <= paid_in, "{spent} were taken out of a budget of {paid_in}");
    callers.iter().any(|caller| caller.succeeded)
}

/// What all callers share.
struct Session<'a> {
    choices: Choices<'a>,
    account: Account,
    server: Server,
    slot: TokenSlot,
    now: Now,
    /// How often somebody who was waited for came back.
    landed: u32,
    /// Which tokens were granted, and after how many landings last.
    granted: HashMap<TokenId, u32>,
    /// How many calls, token calls among them, were sent for the first time, and how often any was waited for to be sent again.
    firsts: u64,
    waits: u64,
}

impl Session<'_> {
    fn run(&mut self, callers: &mut [Caller], length: usize) {
        // Three callers: eight requests and seven waits each, and the same for each of two tokens; the rest only passes time, and
        // each of those takes a byte.
        let most = 3 * 100 + length;
        for _ in 0..most {
            let mut ready: Vec<_> =
                callers.iter_mut().filter(|caller| caller.can_go_on(self.landed, self.now)).collect();
            if ready.is_empty() {
                assert!(callers.iter().all(Caller::is_over), "everybody waits for nobody");
                return;
            }
            let place = self.choices.below(ready.len());
            self.turn(ready[place]);
            assert!(
                callers.iter().filter(|caller| caller.leads()).count() <= 1,
                "two are after a token at once"
            );
        }
        panic!("calls that never end");
    }

    fn turn(&mut self, caller: &mut Caller) {
        match self.choices.below(10) {
            1 => self.pass(),
            2 => self.now.wall = self.choices.of(&[0, u64::MAX, self.now.wall.saturating_add(86_400)]),
            3 => caller.cancel(self),
            _ => caller.go_on(self),
        }
    }

    fn pass(&mut self) {
        let time = self.choices.of(&[1, 100, 5_000, 30_000, 61_000, 3_600_000]);
        self.now = flow::later(self.now, Duration::from_millis(time));
    }
}
