//! What a sample says of the rest: how many events in a million may be missing at most.
//!
//! Missing events are rare and independent enough to be counted by Poisson's law. Who found `k` of them asks: up to which mean
//! number would so few be found in one of twenty samples? A higher mean is ruled out with 95 % confidence. For `k = 0` that is
//! 2.9957, the "rule of three".

/// The chance of being wrong: the true share is higher than the bound in one of twenty samples.
const RISK: f64 = 0.05;
/// Halvings of the interval that holds the bound; more than a `f64` can tell apart.
const HALVINGS_MAX: u32 = 200;
/// Beyond so many, the normal approximation is exact to a thousandth and the sum of terms is only slow.
const EXACT_MAX: u64 = 1_000;
/// The point of the normal distribution that 95 % lie below.
const NORMAL_95: f64 = 1.644_853_626_951_472_6;

/// Returns the mean number of events of which `found` or fewer are found with a chance of 5 %.
pub fn poisson_upper_95(found: u64) -> f64 {
    let count = as_float(found);
    // Wilson and Hilferty 1931, for the upper bound of a Poisson mean.
    let next = count + 1.0;
    let approximate = next * (1.0 - 1.0 / (9.0 * next) + NORMAL_95 / (3.0 * next.sqrt())).powi(3);
    if found > EXACT_MAX {
        return approximate;
    }
    let (mut low, mut high) = (count, approximate * 2.0 + 10.0);
    for _ in 0..HALVINGS_MAX {
        let middle = f64::midpoint(low, high);
        if chance_of_at_most(found, middle) > RISK {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// Returns how many of a million events are missing at most, with 95 % confidence, when `found` of `checked` were; nothing if
/// none was checked.
pub fn upper_95_per_million(found: u64, checked: u64) -> Option<f64> {
    (checked > 0).then(|| (poisson_upper_95(found) / as_float(checked) * 1e6).min(1e6))
}

/// Returns how many in a million `count` of `checked` are; nothing if none was checked.
pub fn per_million(count: u64, checked: u64) -> Option<f64> {
    (checked > 0).then(|| as_float(count) / as_float(checked) * 1e6)
}

/// P(X ≤ found) for a Poisson variable of this mean, summed in logarithms, since e^-mean underflows from 745 on.
fn chance_of_at_most(found: u64, mean: f64) -> f64 {
    let mut logarithm = -mean;
    let mut sum = logarithm.exp();
    for count in 1..=found {
        logarithm += (mean / as_float(count)).ln();
        sum += logarithm.exp();
    }
    sum
}

#[expect(clippy::cast_precision_loss, reason = "counts of events are far below 2^52")]
fn as_float(count: u64) -> f64 {
    count as f64
}
