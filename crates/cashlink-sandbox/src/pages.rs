//! Lists in pages, as Django REST framework's `PageNumberPagination` writes them.
//!
//! Documented: `count`, `next`, `previous`, `results`, oldest first. Not documented, and so the framework's: the parameter
//! `page`, `null` at the ends, and 404 beyond them. A client should follow the links and know none of this.

use crate::drf::{self, Refusal};
use crate::exchange::Exchange;
use crate::store::Object;
use bytes::Bytes;
use http::{Response, StatusCode};
use serde::Serialize;
use std::num::NonZeroUsize;

#[derive(Serialize)]
struct Page<'a> {
    count: usize,
    next: Option<String>,
    previous: Option<String>,
    results: &'a [Object],
}

/// The page of `objects` that the request asks for.
///
/// # Errors
/// 404 for a page that doesn't exist. The first one always does, even when it is empty.
pub(crate) fn page(
    exchange: &Exchange<'_>,
    objects: &[Object],
    size: NonZeroUsize,
) -> Result<Response<Bytes>, Refusal> {
    let last = objects.len().div_ceil(size.get()).max(1);
    let number = asked(exchange.query(), last).filter(|number| (1..=last).contains(number));
    let Some(number) = number else { return Err(Refusal::detail(StatusCode::NOT_FOUND, "Invalid page.")) };
    // A page that exists begins within the list, so nothing here can overflow.
    let start = (number - 1) * size.get();
    let end = start.saturating_add(size.get()).min(objects.len());
    let page = Page {
        count: objects.len(),
        next: (number < last).then(|| link(exchange, number + 1)),
        previous: (number > 1).then(|| link(exchange, number - 1)),
        results: &objects[start..end],
    };
    Ok(drf::json(StatusCode::OK, &page))
}

fn asked(query: &str, last: usize) -> Option<usize> {
    // Django reads the last of several.
    match form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "page").last() {
        None => Some(1),
        Some((_, number)) if number == "last" => Some(last),
        Some((_, number)) => number.parse().ok().filter(|_| number.bytes().all(|byte| byte.is_ascii_digit())),
    }
}

/// The absolute address of another page: the request's own, with its other parameters sorted. The first page has no `page`.
fn link(exchange: &Exchange<'_>, number: usize) -> String {
    let mut parameters: Vec<(String, String)> = form_urlencoded::parse(exchange.query().as_bytes())
        .filter(|(name, _)| name != "page")
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    if number > 1 {
        parameters.push(("page".to_owned(), number.to_string()));
    }
    parameters.sort_by(|(one, _), (other, _)| one.cmp(other));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    let address = format!("{}{}", exchange.origin, exchange.request.uri().path());
    if query.is_empty() { address } else { format!("{address}?{query}") }
}

#[cfg(test)]
mod tests;
