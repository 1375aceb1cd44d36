//! Why a command was not carried out, and the code that the program ends with.

use std::fmt;
use std::process::ExitCode;

/// Why not. What it says holds no value that was given, no secret, and nothing about people (T11–T12).
#[derive(Debug)]
pub(crate) enum Failure {
    /// There is no such intent, or what was decided doesn't hold for it.
    Refused(String),
    /// The arguments can't be used together, or with this program.
    Usage(String),
    /// The database refused, can't be reached, or holds no journal.
    Database(String),
    /// The answer couldn't be written.
    Output(std::io::ErrorKind),
}

impl Failure {
    /// What is documented in `--help`; 2 is also clap's.
    pub(crate) fn code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Refused(_) | Self::Output(_) => 1,
            Self::Usage(_) => 2,
            Self::Database(_) => 3,
        })
    }

    pub(crate) fn database(error: impl fmt::Display) -> Self {
        Self::Database(error.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(text) | Self::Usage(text) | Self::Database(text) => f.write_str(text),
            Self::Output(kind) => write!(f, "the answer can't be written: {kind}"),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Output(error.kind())
    }
}
