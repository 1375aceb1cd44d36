//! A webhook on its way through the inbox.

use cashlink_journal::core::Secret;
use cashlink_journal::core::webhook::{Signer, Verifier, WebhookSecret};
use cashlink_journal::inbox::{Kind, Received, RecordError};
use cashlink_journal::store::NotDurable;

use crate::gallery::Gallery;
use crate::scene::{NOW, journal};
use crate::search::{secret, told};

pub(crate) fn show_all(gallery: &mut Gallery) {
    let folder = tempfile::tempdir().unwrap();
    let (mut connection, journal) = journal(&folder).into_parts();
    let body = format!(
        r#"{{"event":"cashlink.paid","timestamp":"2017-10-09T13:11:03.661620","business":"b-1","data":{{
        "is_test":false,"public_id":"p-1","cashlink":{{"type":"invoice","public_id":"l-1","subject":"{0}",
        "amount":"12.34","amount_currency":"EUR"}}}}}}"#,
        told("webhook")
    );
    let secret = WebhookSecret::new(&Secret::new(secret("webhook"))).unwrap();
    let headers = Signer::new(secret.clone()).headers(body.as_bytes());
    let verifier = Verifier::new(secret);
    let verified = verifier.verify(&headers, body.as_bytes()).unwrap();
    show!(gallery, Received::from(&verified));

    let transaction = connection.transaction().unwrap();
    show!(gallery, journal.record(&transaction, &verified, NOW).unwrap());
    transaction.commit().unwrap();
    let entry = journal.pending(&connection, Kind::Known, 0, 1).unwrap().remove(0);
    show!(gallery, entry.source);
    show!(gallery, entry.kind);
    show!(gallery, entry.content().unwrap().unwrap());
    show!(gallery, entry);
    let reason = NotDurable { setting: "synchronous", rule: "has to be FULL" };
    show!(gallery, RecordError::<rusqlite::Error>::NotDurable(reason));
}
