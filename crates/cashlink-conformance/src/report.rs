//! The run over all cases, and what it says.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::scene::{Scene, Tally, World};
use crate::{Case, Finding};

/// A case that a client can't pass, with the reason. It is played all the same: a declaration that is not needed is a
/// fault.
///
/// ```
/// use cashlink_conformance::Declared;
///
/// let declared = Declared::case("http2-*").because("the client speaks HTTP/1.1 only");
/// assert_eq!(declared.to_string(), "http2-*: the client speaks HTTP/1.1 only");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "it counts where `Adapter::declared` returns it"]
pub struct Declared {
    case: &'static str,
    reason: String,
}

impl Declared {
    /// The case of this name, or all whose names begin with what stands before a `*`.
    pub fn case(name: &'static str) -> Self {
        Self { case: name, reason: String::new() }
    }

    /// Why the client can't pass it. Without a reason, the declaration is a fault.
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = reason.into();
        self
    }

    fn names(&self, case: &Case) -> bool {
        match self.case.strip_suffix('*') {
            Some(beginning) => case.name.starts_with(beginning),
            None => case.name == self.case,
        }
    }
}

impl fmt::Display for Declared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.case, self.reason)
    }
}

/// What came of one case.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// The case.
    pub case: &'static Case,
    /// Whether it was passed.
    pub verdict: Verdict,
    /// How many requests really reached the servers, as far as their heads, those for tokens aside.
    pub requests: usize,
    /// How many requests for tokens did.
    pub token_requests: usize,
    /// How many attempts the calls counted. More requests than attempts are a failure of every case.
    pub attempts: u32,
}

/// Whether a case was passed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It was.
    Passed,
    /// It was not: what was otherwise than it must be.
    Failed(String),
    /// It was not, and the author said so before.
    Declared {
        /// Why, in the author's words.
        reason: String,
        /// What was otherwise than it must be.
        found: String,
    },
    /// It was, though the author said that it can't be: the declaration has to go.
    DeclaredInVain,
}

impl Verdict {
    fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) => "FAILED",
            Self::Declared { .. } => "declared",
            Self::DeclaredInVain => "IN VAIN",
        }
    }
}

/// What came of all cases: [`fmt::Display`] is the table.
#[derive(Clone, Debug)]
#[must_use = "a report that nobody reads proves nothing"]
pub struct Report {
    name: String,
    outcomes: Vec<Outcome>,
    /// Declarations that say nothing.
    idle: Vec<String>,
}

impl Report {
    /// Whether every case was passed, or declared with a reason and rightly so.
    #[must_use]
    pub fn is_conformant(&self) -> bool {
        self.failed().next().is_none() && self.idle.is_empty()
    }

    /// Every case, in the order of [`Case::all`].
    #[must_use]
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// The cases that were not passed, and those declared in vain.
    pub fn failed(&self) -> impl Iterator<Item = &Outcome> {
        self.outcomes
            .iter()
            .filter(|outcome| matches!(outcome.verdict, Verdict::Failed(_) | Verdict::DeclaredInVain))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = Case::all().map(|case| case.name.len()).max().unwrap_or(0);
        writeln!(f, "{}: conformance of the transport", self.name)?;
        writeln!(f, "{:width$}  {:8}  requests  tokens  attempts  threats", "case", "verdict")?;
        for outcome in &self.outcomes {
            let Outcome { case, verdict, requests, token_requests, attempts } = outcome;
            let rows = if case.rows.is_empty() { "–".into() } else { case.rows.join(", ") };
            let name = case.name;
            let word = verdict.word();
            writeln!(f, "{name:width$}  {word:8}  {requests:8}  {token_requests:6}  {attempts:8}  {rows}")?;
            match verdict {
                Verdict::Passed => {}
                Verdict::Failed(found) => writeln!(f, "    must be: {}\n    found: {found}", case.reason)?,
                Verdict::Declared { reason, found } => {
                    writeln!(f, "    declared: {reason}\n    found: {found}")?;
                }
                Verdict::DeclaredInVain => writeln!(f, "    it was declared, and is passed")?,
            }
        }
        for text in &self.idle {
            writeln!(f, "{text}")?;
        }
        let count = |word| self.outcomes.iter().filter(|outcome| outcome.verdict.word() == word).count();
        write!(
            f,
            "{} cases: {} passed, {} declared, {} failed",
            self.outcomes.len(),
            count("passed"),
            count("declared"),
            self.failed().count() + self.idle.len()
        )
    }
}

/// Plays all cases in one world.
pub(crate) fn of(name: &str, declared: &[Declared], world: &dyn World) -> Report {
    let outcomes = Case::all().map(|case| outcome(case, declared, world)).collect();
    let idle = declared.iter().filter_map(|one| {
        if !Case::all().any(|case| one.names(case)) {
            return Some(format!("declared, but no case is called so: {one}"));
        }
        one.reason.trim().is_empty().then(|| format!("declared without a reason: {one}"))
    });
    Report { name: name.into(), outcomes, idle: idle.collect() }
}

fn outcome(case: &'static Case, declared: &[Declared], world: &dyn World) -> Outcome {
    let (Tally { requests, token_requests, attempts }, result) = play(case, world);
    let declared = declared.iter().find(|declared| declared.names(case));
    let verdict = match (result, declared) {
        (Ok(()), None) => Verdict::Passed,
        (Ok(()), Some(_)) => Verdict::DeclaredInVain,
        (Err(finding), None) => Verdict::Failed(finding.to_string()),
        (Err(finding), Some(declared)) => {
            Verdict::Declared { reason: declared.reason.clone(), found: finding.to_string() }
        }
    };
    Outcome { case, verdict, requests, token_requests, attempts }
}

fn play(case: &'static Case, world: &dyn World) -> (Tally, Result<(), Finding>) {
    let scene = Scene::of(case, world);
    let played = catch_unwind(AssertUnwindSafe(|| (case.run)(&scene)));
    let (tally, closed, arrived) = scene.close();
    let result = played.unwrap_or_else(|_| Err(Finding::new("the transport panicked")));
    // What was left open says more than what came of it.
    (tally, closed.and(result).and(arrived))
}
