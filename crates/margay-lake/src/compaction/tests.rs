use super::*;

fn check(counts: &[usize], days: &[usize], extent: Extent) {
    let small_files = counts
        .iter()
        .enumerate()
        .map(|(at, count)| (at.to_string(), *count))
        .collect();
    let days = days.iter().map(ToString::to_string).collect();
    assert_eq!(days_to_merge(&small_files), Worth { days, extent });
}

#[test]
fn a_day_is_merged_when_its_small_files_are_many() {
    check(&[1, SMALL_FILES_PER_DAY_MAX - 1], &[], Extent::Tier);
    check(&[1, 30, SMALL_FILES_PER_DAY_MAX], &[2], Extent::Tier);
}

#[test]
fn every_day_with_two_is_merged_when_all_days_together_have_many() {
    check(&[1, 2, SMALL_FILES_PER_DAY_MAX - 1], &[], Extent::Tier);
    let mut counts = vec![SMALL_FILES_PER_DAY_MAX - 1; 2];
    counts.extend([1, 2]);
    check(&counts, &[0, 1, 3], Extent::All);
}

#[test]
fn files_larger_than_all_smaller_ones_together_are_left_out() {
    let tier = |sizes: &[u64]| tier(sizes.to_vec(), |size| *size);
    assert_eq!(tier(&[1, 1, 1]), [1, 1, 1]);
    assert_eq!(tier(&[100, 1, 1, 1]), [1, 1, 1]);
    assert_eq!(tier(&[3, 1, 1, 1]), [1, 1, 1, 3], "as large as the others together");
    assert_eq!(tier(&[1, 50, 1, 9, 1]), [1, 1, 1]);
    assert_eq!(tier(&[40, 40, 1, 1]), [1, 1, 40, 40], "two of a size are worth it");
    assert_eq!(tier(&[2, 1]), Vec::<u64>::new());
}

#[test]
fn a_day_of_equal_commits_writes_each_row_a_few_times_only() {
    // A commit each five seconds for a day, all of one size.
    let (mut files, mut rewritten, commits) = (Vec::new(), 0, 17_280);
    let mut most = 0;
    for _ in 0..commits {
        files.push(1_u64);
        most = most.max(files.len());
        if files.len() >= SMALL_FILES_PER_DAY_MAX {
            let merged = tier(files.clone(), |size| *size);
            let size: u64 = merged.iter().sum();
            files.sort_unstable();
            files.drain(..merged.len());
            files.push(size);
            rewritten += size;
        }
    }
    assert_eq!(most, SMALL_FILES_PER_DAY_MAX);
    assert!(rewritten < 12 * commits, "{rewritten} rows rewritten of {commits}");
}
