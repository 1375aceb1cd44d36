//! Noticing that pages lead in a circle, in constant memory.

use alloc::string::String;

use serde::{Deserialize, Serialize};

/// Brent's cycle detection: one remembered place, moved at powers of two.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub(super) struct Brent {
    remembered: String,
    /// Fewer than `power`.
    steps: u32,
    power: u32,
}

#[derive(Deserialize)]
struct Stored {
    remembered: String,
    steps: u32,
    power: u32,
}

/// A place that was remembered for no step, or for too many, would let a loop go by (T59).
impl TryFrom<Stored> for Brent {
    type Error = &'static str;

    fn try_from(stored: Stored) -> Result<Self, &'static str> {
        let Stored { remembered, steps, power } = stored;
        if steps < power {
            Ok(Self { remembered, steps, power })
        } else {
            Err("contradictory counters of pages")
        }
    }
}

impl Brent {
    pub(super) fn new(place: &str) -> Self {
        Self { remembered: place.into(), steps: 0, power: 1 }
    }

    /// Whether `place` closes a loop.
    pub(super) fn visit(&mut self, place: &str) -> bool {
        if self.remembered == place {
            return true;
        }
        self.steps = self.steps.saturating_add(1);
        if self.steps >= self.power {
            *self = Self { remembered: place.into(), steps: 0, power: self.power.saturating_mul(2) };
        }
        false
    }
}
