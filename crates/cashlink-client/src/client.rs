//! What the clients of both worlds are made of; what they do stands in each world, and so does the loop.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use cashlink_core::page::{List, Turning, Walk};
use cashlink_core::{Credential, Error};

use crate::pages::{Fetches, Items, Pages};
use crate::tokens::Tokens;

/// Performs operations over a transport `H`, with a timer `W`, in its world `K`. Cheap to clone; all clones share their
/// tokens and their retry budget.
pub struct Client<C, H, W, K> {
    pub(crate) protocol: cashlink_core::Client<C>,
    pub(crate) world: Arc<World<H, W, K>>,
}

/// What the loop needs of the world.
pub(crate) struct World<H, W, K> {
    pub(crate) transport: H,
    pub(crate) timer: W,
    pub(crate) tokens: Tokens,
    kind: PhantomData<fn() -> K>,
}

impl<C: Credential, H, W, K: Fetches> Client<C, H, W, K> {
    /// A client over this transport, with this timer.
    pub fn with_timer(protocol: cashlink_core::Client<C>, transport: H, timer: W) -> Self {
        let tokens = Tokens::new(protocol.policy());
        Self { protocol, world: Arc::new(World { transport, timer, tokens, kind: PhantomData }) }
    }

    /// The pages of a list, oldest first.
    ///
    /// # Errors
    /// When the list's own request can't be encoded.
    pub fn pages<L: List<Credential = C>>(&self, list: &L) -> Result<Pages<L, H, W, K>, Error> {
        Walk::new(list, self.protocol.policy()).map(|walk| self.walk(walk))
    }

    /// The items of a list, oldest first, page by page.
    ///
    /// # Errors
    /// As for [`pages`](Self::pages).
    pub fn items<L: List<Credential = C>>(&self, list: &L) -> Result<Items<L, H, W, K>, Error> {
        Ok(Items { pages: self.pages(list)?, page: Vec::new().into_iter() })
    }

    /// Goes on with a walk, perhaps another process's: keep [`Pages::walk`] as JSON, and read it back. A walk that has ended
    /// yields nothing more; for what is new since, there is [`Bookmark`](cashlink_core::page::Bookmark).
    ///
    /// ```no_run
    /// # use cashlink_client::blocking::{Client, Transport};
    /// # use cashlink_client::core::{Bearer, page::Walk, partner::distributor::ListInvestors};
    /// # fn example(client: &Client<Bearer, impl Transport>, stored: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// let walk: Walk<ListInvestors> = serde_json::from_str(stored)?;
    /// let mut pages = client.walk(walk);
    /// for page in pages.by_ref() {
    ///     println!("{} investors", page?.items.len());
    /// }
    /// let stored = serde_json::to_string(pages.walk())?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn walk<L: List<Credential = C>>(&self, walk: Walk<L>) -> Pages<L, H, W, K> {
        Pages { client: self.clone(), turning: Turning::new(walk), fetching: None }
    }

    /// The settings underneath.
    pub fn protocol(&self) -> &cashlink_core::Client<C> {
        &self.protocol
    }

    /// The transport underneath.
    pub fn transport(&self) -> &H {
        &self.world.transport
    }
}

impl<C, H, W, K> Clone for Client<C, H, W, K> {
    fn clone(&self) -> Self {
        Self { protocol: self.protocol.clone(), world: Arc::clone(&self.world) }
    }
}

impl<C: Credential, H, W, K> fmt::Debug for Client<C, H, W, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("protocol", &self.protocol).finish_non_exhaustive()
    }
}
