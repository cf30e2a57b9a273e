//! "Did you mean …?"

/// Returns a hint that names the known word nearest to `word`, if one is near.
pub fn did_you_mean(word: &str, known: &[&str]) -> Option<String> {
    let nearest = known
        .iter()
        .map(|candidate| (distance(word, candidate), *candidate))
        .min()?;
    let near_enough = 1.max(nearest.1.chars().count() / 3);
    (nearest.0 <= near_enough).then(|| format!("did you mean `{}`?", nearest.1))
}

/// Words longer than this are nobody's typing error, and comparing them would cost their square.
const WORD_CHARACTERS_MAX: usize = 32;

/// Returns how many letters must be put in, taken out, changed or swapped with their neighbour; case does not count.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.to_lowercase().chars().collect();
    let b: Vec<char> = b.to_lowercase().chars().collect();
    if a.len().max(b.len()) > WORD_CHARACTERS_MAX {
        return usize::MAX;
    }
    // Rows of the table of distances between beginnings of `a` and `b`; the last three are enough.
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = change.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before_last[j - 2] + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}
