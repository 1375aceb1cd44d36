//! An error in words, for a log: what happened, did it take effect, with which key. Nothing that a server or a user wrote
//! stands in them (T11–T12).

use core::fmt;

use super::{Error, ErrorKind, Evidence, GaveUp, PageFault};
use crate::Certainty;
use crate::flow::TOKEN_CALL;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.operation())?;
        self.write_cause(f)?;
        match self.attempts() {
            // This process sent nothing; the earlier ones' attempts are what it is about.
            _ if self.kind() == ErrorKind::MayHaveHappened => {}
            0 => {}
            1 => f.write_str(" at the only attempt")?,
            attempts => write!(f, " at the last of {attempts} attempts")?,
        }
        f.write_str(match self.gave_up() {
            // Said already, as the whole cause.
            GaveUp::Deadline if self.kind() == ErrorKind::Deadline => "",
            GaveUp::Deadline => ", the deadline leaves no time for another one",
            GaveUp::Budget => ", too much is failing for another one",
            GaveUp::RetryAfter => ", the server asks for a longer wait than allowed",
            GaveUp::Attempts | GaveUp::Final | GaveUp::MayHaveHappened => "",
        })?;
        if self.0.report.only_reads {
            return Ok(());
        }
        f.write_str(match self.certainty() {
            Certainty::NotApplied => "; it did not happen",
            Certainty::Unknown => match (self.is_safe_to_repeat(), self.key()) {
                (true, Some(_)) => "; it may have happened, and repeating it with the same key is safe",
                (true, None) => "; it may have happened, and repeating it is safe",
                (false, Some(_)) => {
                    "; it may have happened, and that its key makes a repetition harmless is not documented: look first"
                }
                (false, None) => "; it may have happened, and carries no key: look before repeating it",
            },
            Certainty::Applied => "; it happened",
        })?;
        self.key().map_or(Ok(()), |key| write!(f, " (key {key})"))
    }
}

/// What went wrong, in words.
struct Cause<'a>(&'a Error);

impl fmt::Display for Cause<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write_cause(f)
    }
}

impl Error {
    fn write_cause(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.evidence {
            Evidence::None if self.gave_up() == GaveUp::MayHaveHappened => f.write_str(
                "an earlier attempt got no whole answer, and this call must not be repeated blindly",
            ),
            Evidence::None => f.write_str("the deadline had passed before anything was sent"),
            Evidence::Invalid(fault) => write!(f, "invalid request: {fault}"),
            Evidence::Failure(failure) => write!(f, "{failure}"),
            Evidence::Token(error) => {
                f.write_str("no token could be obtained: ")?;
                error.write_cause(f)
            }
            Evidence::Undecodable(fault, response) => {
                write!(f, "the answer ({}) can't be read: {fault}", response.status().as_u16())
            }
            Evidence::Page(PageFault::ForeignLink) => {
                f.write_str("the link to the page names another host or resource; it was not followed")
            }
            Evidence::Page(PageFault::Loop) => {
                f.write_str("the pages lead back to one that was read already")
            }
            Evidence::Page(PageFault::TooMany) => f.write_str("there are more pages than allowed"),
            Evidence::Answer(response) => match self.kind() {
                ErrorKind::ListChanged => f.write_str("the page is gone: the list has changed"),
                ErrorKind::UnexpectedRedirect => {
                    write!(f, "unexpected redirect ({}), not followed", response.status().as_u16())
                }
                _ => {
                    write!(f, "the server answered {}", response.status())?;
                    self.token_refusal().map_or(Ok(()), |code| write!(f, " ({code})"))
                }
            },
        }
    }

    /// Why the token server gave no token, in the words of RFC 6749 §5.2, which are ours: its own stay unsaid (T11).
    fn token_refusal(&self) -> Option<&'static str> {
        const CODES: [&str; 6] = [
            "invalid_request",
            "invalid_client",
            "invalid_grant",
            "unauthorized_client",
            "unsupported_grant_type",
            "invalid_scope",
        ];
        if self.operation() != TOKEN_CALL {
            return None;
        }
        let map = self.error_map();
        let said = map.oauth()?.code();
        CODES.into_iter().find(|code| *code == said)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("operation", &self.operation())
            .field("kind", &self.kind())
            .field("cause", &format_args!("{}", Cause(self)))
            .field("status", &self.status().map(|status| status.as_u16()))
            .field("certainty", &self.certainty())
            .field("gave_up", &self.gave_up())
            .field("attempts", &self.attempts())
            .field("key", &self.key())
            .finish_non_exhaustive()
    }
}
