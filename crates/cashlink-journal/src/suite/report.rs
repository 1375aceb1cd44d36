//! The run over all cases, and what it says.

use std::fmt;

use super::scene::{Scene, World};
use super::{Case, cases};

/// What came of one case.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// The case.
    pub case: &'static Case,
    /// What was otherwise than it must be; nothing, where the case was passed.
    pub found: Option<String>,
}

/// What came of all cases: [`fmt::Display`] is the table.
#[derive(Clone, Debug)]
#[must_use = "a report that nobody reads proves nothing"]
pub struct Report {
    name: String,
    outcomes: Vec<Outcome>,
}

impl Report {
    /// Whether every case was passed.
    #[must_use]
    pub fn is_conformant(&self) -> bool {
        self.failed().next().is_none()
    }

    /// Every case, in the order of [`Case::all`].
    #[must_use]
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// The cases that were not passed.
    pub fn failed(&self) -> impl Iterator<Item = &Outcome> {
        self.outcomes.iter().filter(|outcome| outcome.found.is_some())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = Case::all().map(|case| case.name.len()).max().unwrap_or(0);
        writeln!(f, "{}: conformance of the store", self.name)?;
        writeln!(f, "{:width$}  verdict  threats", "case")?;
        for Outcome { case: Case { name, rows, reason }, found } in &self.outcomes {
            let word = if found.is_some() { "FAILED" } else { "passed" };
            let rows = if rows.is_empty() { "–".into() } else { rows.join(", ") };
            writeln!(f, "{name:width$}  {word:7}  {rows}")?;
            if let Some(found) = found {
                writeln!(f, "    must be: {reason}\n    found: {found}")?;
            }
        }
        let (all, failed) = (self.outcomes.len(), self.failed().count());
        write!(f, "{all} cases: {} passed, {failed} failed", all.saturating_sub(failed))
    }
}

/// Plays all cases, each in a journal of its own.
pub(super) async fn of<W: World>(name: &str, world: &W) -> Report {
    let mut outcomes = Vec::new();
    for case in Case::all() {
        let played = match Scene::new(world).await {
            Ok(scene) => cases::play(case, &scene).await,
            Err(finding) => Err(finding),
        };
        outcomes.push(Outcome { case, found: played.err().map(|finding| finding.to_string()) });
    }
    Report { name: name.to_owned(), outcomes }
}
