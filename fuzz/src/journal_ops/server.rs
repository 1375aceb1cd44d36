//! A server and a network that do what the bytes say, and the truth about what they did.

use std::collections::{BTreeMap, BTreeSet};

use cashlink_core::Failure;
use cashlink_core::bytes::Bytes;
use cashlink_core::http::Response;

use super::meant::{Kind, Meant};
use crate::choices::Choices;

#[derive(Default)]
pub(super) struct Server {
    honours_assumed: bool,
    /// What stands behind each key that it knows, by account.
    keys: BTreeMap<(&'static str, String), Meant>,
    /// What took effect, how often.
    effects: Vec<(Meant, u32)>,
    /// The intents that took effect by a request of their own.
    pub(super) performed: BTreeSet<i64>,
}

impl Server {
    pub(super) fn new(honours_assumed: bool) -> Self {
        Self { honours_assumed, ..Self::default() }
    }

    pub(super) fn effects(&self, meant: &Meant) -> u32 {
        self.effects.iter().find(|(other, _)| other == meant).map_or(0, |(_, times)| *times)
    }

    pub(super) fn forget_keys(&mut self) {
        self.keys.clear();
    }

    /// A request arrives: its status, once it has its effect.
    fn handle(&mut self, id: i64, meant: &Meant) -> u16 {
        if meant.refused {
            return 400;
        }
        let honoured = meant.kind == Kind::Documented || self.honours_assumed;
        if let Some(key) = meant.key().filter(|_| honoured) {
            match self.keys.insert((meant.account, key.clone()), *meant) {
                Some(before) if before == *meant => return 201,
                // Another request under a key that it knows.
                Some(before) => {
                    self.keys.insert((meant.account, key), before);
                    return 422;
                }
                None => {}
            }
        }
        self.performed.insert(id);
        match self.effects.iter_mut().find(|(other, _)| other == meant) {
            Some((_, times)) => *times += 1,
            None => self.effects.push((*meant, 1)),
        }
        201
    }

    pub(super) fn carry(
        &mut self,
        choices: &mut Choices<'_>,
        id: i64,
        meant: &Meant,
    ) -> Result<Response<Bytes>, Failure> {
        match choices.below(10) {
            1 => Err(Failure::not_sent("no way there")),
            2 => Err(Failure::maybe_sent("lost on its way")),
            3 => {
                self.handle(id, meant);
                Err(Failure::maybe_sent("the answer was lost"))
            }
            4 => {
                let status = self.handle(id, meant);
                Err(Failure::cut(answer(status).into_parts().0, "the answer was cut"))
            }
            5 => {
                self.handle(id, meant);
                Ok(answer(502))
            }
            6 => Ok(answer(choices.of(&[503, 500, 429, 404, 401, 403, 409, 301]))),
            7 => {
                let status = self.handle(id, meant);
                Err(Failure::too_large(answer(status).into_parts().0))
            }
            _ => Ok(answer(self.handle(id, meant))),
        }
    }

    /// Nothing goes wrong.
    pub(super) fn answer(&mut self, id: i64, meant: &Meant) -> Response<Bytes> {
        answer(self.handle(id, meant))
    }
}

fn answer(status: u16) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::from_static(br#"{"detail":"so it is"}"#));
    *answer.status_mut() = status.try_into().expect("a status");
    answer
}
