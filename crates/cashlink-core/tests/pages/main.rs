//! Lists through the public API, against servers that lie, forget and change their minds (T3–T8, T59–T63).
//!
//! [`stage`] has the client and its server, [`links`] the table of page links and their verdicts, [`walks`] the way
//! through a list, [`bookmarks`] what is new in it, [`turning`] what iterators make of it, [`stored`] what is read back from a disk, and [`reading`] the page
//! itself.

mod bookmarks;
mod links;
mod reading;
mod stage;
mod stored;
mod turning;
mod walks;
