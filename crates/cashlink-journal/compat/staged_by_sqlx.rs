//! An intent staged by sqlx, in a transaction of sqlx's, by the SQL that the journal exports; then claimed by the journal's own
//! store, as a worker does in this process or another one.
//!
//! What an own driver has to do is in [`stage`]: see that the commit will be durable (T42), write the intent and its fingerprint, and
//! refuse another request under a key that is there already (T40).

use std::error::Error;
use std::time::{Duration, SystemTime};

use cashlink_journal::core::partner::{NaturalPerson, Partner, distributor::CreateInvestor};
use cashlink_journal::core::{Bearer, Call, Client, IdempotencyKey, Now, Secret};
use cashlink_journal::sqlite::{Journal, Sqlite, sql};
use cashlink_journal::store::{Wanted, blocking::Store};
use cashlink_journal::{Account, Intent, Policy};
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Sqlite as Database, Transaction};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Stages an intent within a transaction; says its id. After an error, roll back.
async fn stage(transaction: &mut Transaction<'_, Database>, intent: &Intent, now: i64) -> Outcome<i64> {
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut **transaction).await?;
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut **transaction).await?;
    if synchronous < 3 || matches!(mode.as_str(), "off" | "memory") {
        return Err("a commit would not be durable".into());
    }
    let (account, key) = (intent.account().as_str(), intent.key().map(|key| key.as_str()));
    let fingerprint = intent.fingerprint();
    let staged: Option<i64> = sqlx::query_scalar(sql::STAGE)
        .bind(account)
        .bind(intent.operation())
        .bind(key)
        .bind(None::<&str>)
        .bind(intent.encode())
        .bind(&fingerprint.as_bytes()[..])
        .bind(now)
        .bind(now)
        .fetch_optional(&mut **transaction)
        .await?;
    if let Some(id) = staged {
        return Ok(id);
    }
    let (id, first): (i64, Vec<u8>) =
        sqlx::query_as(sql::STAGED_BEFORE).bind(account).bind(key).fetch_one(&mut **transaction).await?;
    if first == fingerprint.as_bytes() {
        return Ok(id);
    }
    Err(format!("the key belongs to intent {id}, whose request is another one").into())
}

fn intent(account: &Account, forename: &str) -> Outcome<Intent> {
    let client = Client::new(Partner::demo(), Bearer::client_credentials("me", Secret::new("s3cr3t"))?);
    let person = NaturalPerson::new().forename(forename).surname("Lovelace");
    let create = CreateInvestor::natural_person(IdempotencyKey::new("investor-17")?, person, true);
    Ok(Intent::new(&client, account, &Call::new(&create)?)?)
}

#[tokio::main]
async fn main() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("program.db");
    #[expect(clippy::disallowed_methods, reason = "a program knows the time by its machine")]
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    let (now, account) = (Now::new(since_1970, Duration::ZERO), Account::new("distributor")?);
    let seconds = i64::try_from(since_1970)?;

    // The worker's side makes the tables.
    let mut worker = Sqlite::new(rusqlite::Connection::open(&path)?, Journal::default())?;
    worker
        .connection()
        .execute_batch("CREATE TABLE orders (id INTEGER PRIMARY KEY, intent INTEGER NOT NULL)")?;

    // The program's side: an order, and what is to be done for it, in one transaction.
    let options = SqliteConnectOptions::new().filename(&path).synchronous(SqliteSynchronous::Extra);
    let mut connection = options.connect().await?;
    let ada = intent(&account, "Ada")?;
    let mut transaction = connection.begin().await?;
    let id = stage(&mut transaction, &ada, seconds).await?;
    sqlx::query("INSERT INTO orders (intent) VALUES (?1)").bind(id).execute(&mut *transaction).await?;
    transaction.commit().await?;

    // Once more, as after a crash: the same intent. With another request: refused, and nothing of it is kept.
    let mut transaction = connection.begin().await?;
    assert_eq!(stage(&mut transaction, &ada, seconds).await?, id);
    let refused = stage(&mut transaction, &intent(&account, "Bea")?, seconds).await;
    assert!(refused.is_err());
    transaction.rollback().await?;

    let policy = Policy::default();
    let wanted = Wanted { account: &account, limit: 10, lease: policy.lease, worker: "worker-1" };
    let claimed = worker.claim(&wanted, &policy, now)?;
    let [Ok(claim)] = &claimed[..] else { panic!("one intent was committed") };
    assert_eq!(claim.intent().fingerprint(), ada.fingerprint());
    println!("staged by sqlx, claimed by the journal: intent {}", claim.lease().id);
    Ok(())
}
