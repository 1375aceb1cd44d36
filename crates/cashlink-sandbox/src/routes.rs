//! The table of endpoints. To add one: write its handler in a file under `partner` or `payments`, and a row here.
//!
//! What a row says is enforced by [`gate`](crate::gate) before the handler runs; a handler sees only requests that may happen.

use crate::exchange::{Answer, Exchange};
use crate::keys::KeyRule::{self, Honoured, Ignored, Required};
use crate::payments;
use crate::world::World;
use crate::{oauth, partner};

/// Who may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anyone: the token endpoint, which looks at credentials itself.
    Open,
    /// A bearer token with this scope.
    Scope(&'static str),
    /// A business's own key.
    UserKey,
    /// A platform's key.
    AppKey,
}

use Access::{AppKey, Open, Scope, UserKey};

/// One method of one path.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    /// Segments as they are; `{id}` stands for any one segment.
    pub(crate) path: &'static str,
    pub(crate) access: Access,
    pub(crate) key: KeyRule,
    pub(crate) handler: fn(&mut World, &Exchange<'_>) -> Answer,
}

const fn get(path: &'static str, access: Access, handler: fn(&mut World, &Exchange<'_>) -> Answer) -> Route {
    Route { method: "GET", path, access, key: Ignored, handler }
}

const fn post(
    path: &'static str,
    access: Access,
    key: KeyRule,
    handler: fn(&mut World, &Exchange<'_>) -> Answer,
) -> Route {
    Route { method: "POST", path, access, key, handler }
}

const fn patch(
    path: &'static str,
    access: Access,
    key: KeyRule,
    handler: fn(&mut World, &Exchange<'_>) -> Answer,
) -> Route {
    Route { method: "PATCH", path, access, key, handler }
}

/// What there is: method and path of every endpoint, with `{id}` for an id.
pub fn routes() -> impl Iterator<Item = (&'static str, &'static str)> {
    ROUTES.iter().map(|route| (route.method, route.path))
}

#[rustfmt::skip]
pub(crate) const ROUTES: &[Route] = &[
    // The partner API (the newer one). `Required`: the vendor's samples show the key; `Honoured`: it is inferred.
    post("/api/external/oauth/token",                       Open,                       Ignored,  |world, exchange| Ok(oauth::issue(world, exchange))),
    post( "/api/external/distributor/v2/documents/",                                  Scope("documents:write"),  Required, partner::documents::upload),
    post( "/api/external/distributor/v2/investors/",                                  Scope("investors:write"),  Required, partner::investors::create),
    get(  "/api/external/distributor/v2/investors/",                                  Scope("investors:read"),             partner::investors::list),
    get(  "/api/external/distributor/v2/investors/{id}/",                             Scope("investors:read"),             partner::investors::get),
    patch("/api/external/distributor/v2/investors/{id}/",                             Scope("investors:write"),  Honoured, partner::investors::update),
    post( "/api/external/distributor/v2/investors/{id}/identifications/",             Scope("investors:write"),  Required, partner::of_investors::identify),
    post( "/api/external/distributor/v2/investors/{id}/benefiting-persons/",          Scope("investors:write"),  Honoured, partner::of_investors::add_benefiting_person),
    post( "/api/external/distributor/v2/investors/{id}/wallets/eth-generic/",         Scope("investors:write"),  Required, partner::of_investors::link_wallet),
    post( "/api/external/distributor/v2/investors/{id}/wallets/eth-managed/",         Scope("investors:write"),  Required, partner::of_investors::create_managed_wallet),
    post( "/api/external/distributor/v2/investments/",                                Scope("investments:write"),Honoured, partner::investments::create),
    get(  "/api/external/distributor/v2/investments/",                                Scope("investments:read"),           partner::investments::list),
    get(  "/api/external/distributor/v2/investments/{id}/",                           Scope("investments:read"),           partner::investments::get),
    patch("/api/external/distributor/v2/investments/{id}/",                           Scope("investments:write"),Honoured, partner::investments::update),
    get(  "/api/external/distributor/v2/investments/{id}/registry-statements/",       Scope("investments:read"),           partner::investments::registry_statements),
    post( "/api/external/distributor/v2/transfers/",                                  Scope("investments:write"),Required, partner::transfers::create),
    get(  "/api/external/distributor/v2/transfers/{id}/",                             Scope("investments:read"),           partner::transfers::get),
    get(  "/api/external/distributor/v2/products/",                                   Scope("investments:read"),           partner::products::list),
    post( "/api/external/issuer/v2/documents/",                                       Scope("documents:write"),  Required, partner::documents::upload),
    post( "/api/external/issuer/v2/issuers/",                                         Scope("issuers:write"),    Honoured, partner::issuers::create),
    get(  "/api/external/issuer/v2/issuers/",                                         Scope("issuers:read"),               partner::issuers::list),
    get(  "/api/external/issuer/v2/issuers/{id}/",                                    Scope("issuers:read"),               partner::issuers::get),
    patch("/api/external/issuer/v2/issuers/{id}/",                                    Scope("issuers:write"),    Ignored,  partner::issuers::update),
    post( "/api/external/issuer/v2/products/",                                        Scope("products:write"),   Honoured, partner::products::create),
    get(  "/api/external/issuer/v2/products/",                                        Scope("products:read"),              partner::products::list),
    get(  "/api/external/issuer/v2/products/{id}/",                                   Scope("products:read"),              partner::products::get),
    patch("/api/external/issuer/v2/products/{id}/",                                   Scope("products:write"),   Ignored,  partner::products::update),
    get(  "/api/external/issuer/v2/distribution-platforms/",                          Scope("products:read"),              partner::products::list_platforms),
    get(  "/api/external/issuer/v2/distribution-platforms/{id}/",                     Scope("products:read"),              partner::products::get_platform),
    post( "/api/external/issuer/v2/listings/",                                        Scope("products:write"),   Required, partner::products::create_listing),
    get(  "/api/external/issuer/v2/listings/",                                        Scope("products:read"),              partner::products::list_listings),
    get(  "/api/external/issuer/v2/investments/",                                     Scope("investments:read"),           partner::investments::list_of_product),
    get(  "/api/external/issuer/v2/investments/{id}/",                                Scope("investments:read"),           partner::investments::get),

    // The payments API (the older one). It has no idempotency keys; `register` is seen with and without its slash.
    post("/business/api/v1/cashlink",                       UserKey,                    Ignored,  payments::cashlinks::create),
    post("/business/api/v1/cashlink-public-id",             UserKey,                    Ignored,  payments::cashlinks::allocate),
    post("/business/api/v1/register/",                      AppKey,                     Ignored,  payments::businesses::register),
    post("/business/api/v1/register",                       AppKey,                     Ignored,  payments::businesses::register),
];

/// The rows for a path, whatever their method, and what stands for `{id}` in it.
pub(crate) fn at(path: &str) -> (Vec<&'static Route>, Option<&str>) {
    let mut id = None;
    let rows = ROUTES
        .iter()
        .filter(|route| {
            let found = fits(route.path, path);
            id = id.or(found.flatten());
            found.is_some()
        })
        .collect();
    (rows, id)
}

/// `None`: another path. `Some(id)`: this one, and what stands for `{id}` in it, if it has one.
fn fits<'a>(pattern: &str, path: &'a str) -> Option<Option<&'a str>> {
    let mut segments = path.split('/');
    let mut id = None;
    for wanted in pattern.split('/') {
        let given = segments.next()?;
        if wanted == "{id}" && !given.is_empty() {
            id = Some(given);
        } else if wanted != given {
            return None;
        }
    }
    if segments.next().is_none() { Some(id) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_path_fits_whole_or_not_at_all() {
        assert_eq!(fits("/a/{id}/", "/a/7/"), Some(Some("7")));
        assert_eq!(fits("/a/", "/a/"), Some(None));
        for other in ["/a/7", "/a//", "/a/7/8/", "/b/7/", "a/7/", ""] {
            assert_eq!(fits("/a/{id}/", other), None, "{other}");
        }
    }

    #[test]
    fn no_two_rows_are_the_same_method_of_the_same_path() {
        let rows: BTreeSet<_> = ROUTES.iter().map(|route| (route.method, route.path)).collect();
        assert_eq!(rows.len(), ROUTES.len());
    }

    #[test]
    fn every_path_has_one_kind_of_credential() {
        for route in ROUTES {
            for other in at(route.path).0 {
                let kind = |access| std::mem::discriminant::<Access>(&access);
                assert_eq!(kind(route.access), kind(other.access), "{}", route.path);
            }
        }
    }
}
