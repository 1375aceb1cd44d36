//! Which tables the journal uses.

use std::fmt;

use cashlink_core::InvalidValue;

/// The names of the journal's tables: a prefix, and in PostgreSQL perhaps a schema. By default `cashlink_intents`,
/// `cashlink_inbox`, `cashlink_inbox_states`, `cashlink_migrations`, in the connection's own schema; and the functions that PostgreSQL
/// has beside them, such as `cashlink_claim`.
///
/// ```
/// use cashlink_journal::Names;
///
/// let names = Names::default().prefix("payments_")?.schema("ledger")?;
/// assert_eq!(names.apply("SELECT id FROM cashlink_intents"), "SELECT id FROM ledger.payments_intents");
/// # Ok::<(), cashlink_journal::core::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    prefix: String,
    schema: Option<String>,
}

/// What stands before the name of each table and function in the exported SQL, and nowhere else in it.
const PREFIX: &str = "cashlink_";

impl Default for Names {
    fn default() -> Self {
        Self { prefix: PREFIX.to_owned(), schema: None }
    }
}

fn identifier(text: &str) -> Result<String, InvalidValue> {
    let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if first && text.len() <= 32 && text.bytes().all(plain) {
        Ok(text.to_owned())
    } else {
        Err(InvalidValue::new(
            "table prefix or schema",
            "must be 1 to 32 small letters, digits and '_', and not begin with a digit",
        ))
    }
}

impl Names {
    /// Another prefix than `cashlink_`.
    ///
    /// # Errors
    /// When it is no plain SQL identifier.
    pub fn prefix(mut self, prefix: &str) -> Result<Self, InvalidValue> {
        self.prefix = identifier(prefix)?;
        Ok(self)
    }

    /// A schema of PostgreSQL, or an attached database of SQLite, that holds the tables. It must be there.
    ///
    /// SQLite commits attached files one after the other where one of them is in WAL mode: a power loss in between keeps the one and
    /// not the other. Have the rows that belong together in the file that holds the journal.
    ///
    /// # Errors
    /// When it is no plain SQL identifier.
    pub fn schema(mut self, schema: &str) -> Result<Self, InvalidValue> {
        self.schema = Some(identifier(schema)?);
        Ok(self)
    }

    /// One of the exported statements, with these names.
    #[must_use]
    pub fn apply(&self, sql: &str) -> String {
        let schema = self.schema.as_ref().map(|schema| format!("{schema}.")).unwrap_or_default();
        sql.replace(PREFIX, &format!("{schema}{}", self.prefix))
    }

    /// The database of a connection of SQLite that holds the tables.
    #[cfg(feature = "sqlite")]
    pub(crate) fn database(&self) -> &str {
        self.schema.as_deref().unwrap_or("main")
    }

    /// A setting of that database.
    #[cfg(feature = "sqlite")]
    pub(crate) fn pragma(&self, setting: &str) -> String {
        format!("PRAGMA {}.{setting}", self.database())
    }

    /// A migration for SQLite, which wants the schema of an index before its own name, and none before its table's.
    #[cfg(feature = "sqlite")]
    pub(crate) fn apply_to_migration(&self, sql: &str) -> String {
        let unqualified = Self { schema: None, prefix: self.prefix.clone() };
        let table = " ON cashlink_";
        self.apply(sql).replace(&self.apply(table), &unqualified.apply(table))
    }
}

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.apply("cashlink_*"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_plain_identifier_or_refused() {
        for plain in ["a", "_", "_1", "a1_", &"x".repeat(32)] {
            let names = Names::default().prefix(plain).unwrap().schema(plain).unwrap();
            assert_eq!(names.apply("cashlink_intents"), format!("{plain}.{plain}intents"));
        }
        for other in ["", "1a", "A", "a-b", "a b", "a;", "a\"", "a.b", "ä", "aä", &"x".repeat(33)] {
            assert!(
                Names::default().prefix(other).is_err() && Names::default().schema(other).is_err(),
                "{other}"
            );
        }
    }

    #[test]
    fn they_are_shown_as_the_pattern_of_all_tables() {
        assert_eq!(Names::default().to_string(), "cashlink_*");
        let elsewhere = Names::default().prefix("payments_").unwrap().schema("ledger").unwrap();
        assert_eq!(elsewhere.to_string(), "ledger.payments_*");
    }
}
