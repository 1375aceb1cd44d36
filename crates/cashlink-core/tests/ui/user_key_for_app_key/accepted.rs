//! A business's own key can't register businesses: that takes a platform's key.
use cashlink_core::payments::{Business, Individual, RegisterBusiness};
use cashlink_core::{AppKey, Client, Now, Step};

pub fn start(client: &Client<AppKey>, register: &RegisterBusiness<Individual>, now: Now) -> Step<Business> {
    client.start(register, now, [0; 16])
}

fn main() {}
