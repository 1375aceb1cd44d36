//! What `scripts/build-cost` has to notice: a loop that is generic over what the operation reads, so that it is compiled once for
//! each of them.

use cashlink_client::core::{Bearer, Client as Protocol, Error, Grant, Now, Operation, Reply, Secret, Step};

pub type Client = Protocol<Bearer>;

pub fn client() -> Client {
    crate::protocol()
}

pub fn perform<O: Operation<Credential = Bearer>>(client: &Client, operation: &O) -> bool {
    std::hint::black_box(drive(client.start(operation, now(), [0; 16]))).is_ok()
}

fn drive<T>(mut step: Step<T>) -> Result<Reply<T>, Error> {
    loop {
        step = match step {
            Step::Authorize(need) => {
                need.with(Grant::new(Secret::new("t0k3n")).expect("a token").token(), now())
            }
            Step::Send(outgoing) => {
                let (request, pending) = outgoing.into_parts();
                pending.ended(now(), crate::transport_is_called(request))
            }
            Step::Wait(delay) => delay.wake(now()),
            Step::Done(result) => return result,
        };
    }
}

fn now() -> Now {
    cashlink_client::system_now()
}
