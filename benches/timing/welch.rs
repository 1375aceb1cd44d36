//! Welch's t-test, over samples whose tail is cropped.

/// What the crops leave of all samples. The slowest of them are interrupts and other programs: they hide a small difference,
/// but where they are the difference, only all samples show it. So each crop is a test of its own.
const KEPT: [f64; 6] = [1.0, 0.99, 0.95, 0.9, 0.75, 0.5];

/// Nanoseconds of the two classes.
pub type Samples = [Vec<u32>; 2];

/// The difference between the classes that stands out most of all crops.
#[derive(Clone, Copy, Debug)]
pub struct Finding {
    /// How many standard errors apart the means are.
    pub t: f64,
    /// How many nanoseconds that is.
    pub difference: f64,
    /// Which part of the samples was looked at.
    pub kept: f64,
}

pub fn most_suspicious(samples: &Samples) -> Finding {
    let mut all = samples.concat();
    all.sort_unstable();
    let findings = KEPT.map(|kept| {
        // The same threshold for both classes: it must not be what tells them apart.
        let threshold = all[(all.len() as f64 * kept) as usize - 1];
        let [first, second] = samples.each_ref().map(|class| Moments::of(class, threshold));
        Finding { t: first.t(&second), difference: first.mean - second.mean, kept }
    });
    findings.into_iter().max_by(|one, other| one.t.abs().total_cmp(&other.t.abs())).expect("there are crops")
}

struct Moments {
    count: f64,
    mean: f64,
    variance: f64,
}

impl Moments {
    fn of(class: &[u32], threshold: u32) -> Self {
        let values = || class.iter().filter(|value| **value <= threshold).map(|value| f64::from(*value));
        let count = values().count() as f64;
        let mean = values().sum::<f64>() / count;
        let variance = values().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
        Self { count, mean, variance }
    }

    fn t(&self, other: &Self) -> f64 {
        let error = (self.variance / self.count + other.variance / other.count).sqrt();
        (self.mean - other.mean) / error
    }
}

/// Fails when the calculation is wrong, by an example that is easily done by hand: means of 25 and 45, variances of 50/3 and 100,
/// four samples each.
pub fn assert_right() {
    let by_hand = 20.0 / (350.0_f64 / 12.0).sqrt();
    let [first, second] = [[20, 30, 25, 25], [40, 40, 40, 60]].map(|class| Moments::of(&class, u32::MAX));
    let t = second.t(&first);
    assert!((t - by_hand).abs() < 1e-9, "{t} instead of {by_hand}");
}
