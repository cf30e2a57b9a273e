//! Pages of a list: `limit`, `cursor`, `next`.
//!
//! A cursor is the id of the last thing on the page before. Ids grow with time, so a list that is ordered by them can be gone on with
//! though things were added or deleted meanwhile. Clients take cursors as they come.

use std::fmt::Display;
use std::str::FromStr;

use super::problem::{Code, Problem};

/// How many things a page has unless the client says otherwise.
const LIMIT_DEFAULT: u16 = 25;
/// The most things on a page.
const LIMIT_MAX: u16 = 100;

/// Which page is wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<I> {
    pub(crate) limit: usize,
    pub(crate) after: Option<I>,
}

/// Reads which page is wanted.
pub(crate) fn wanted<I: FromStr>(limit: Option<u16>, cursor: Option<&str>) -> Result<Wanted<I>, Problem> {
    let limit = limit.unwrap_or(LIMIT_DEFAULT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        let text = format!("`limit` is 1 to {LIMIT_MAX}, not {limit}");
        return Err(Problem::new(Code::InvalidRequest, text));
    }
    let unknown = |_| {
        Problem::new(
            Code::InvalidRequest,
            "`cursor` is none that this list gave\nhint: begin without it",
        )
    };
    let after = cursor.map(|text| text.parse().map_err(unknown)).transpose()?;
    Ok(Wanted {
        limit: usize::from(limit),
        after,
    })
}

/// Cuts a page out of a whole list, and says where the next one begins.
pub(crate) fn cut<T, I: Ord + Copy + Display>(
    mut all: Vec<T>,
    id: impl Fn(&T) -> I,
    wanted: Wanted<I>,
) -> (Vec<T>, Option<String>) {
    all.sort_by_key(&id);
    if let Some(after) = wanted.after {
        all.retain(|one| id(one) > after);
    }
    let next = next(&mut all, id, wanted.limit);
    (all, next)
}

/// Takes off what was read beyond the page, and says where the next one begins.
pub(crate) fn next<T, I: Display>(read: &mut Vec<T>, id: impl Fn(&T) -> I, limit: usize) -> Option<String> {
    let has_more = read.len() > limit;
    read.truncate(limit);
    read.last().filter(|_| has_more).map(|last| id(last).to_string())
}

#[cfg(test)]
mod tests {
    use super::{cut, wanted};

    #[test]
    fn pages_follow_one_another_to_the_end() {
        let page = |cursor: Option<&str>| cut(vec![3, 1, 5, 4, 2], |one| *one, wanted(Some(2), cursor).ok().unwrap());
        assert_eq!(page(None), (vec![1, 2], Some("2".to_owned())));
        assert_eq!(page(Some("2")), (vec![3, 4], Some("4".to_owned())));
        assert_eq!(page(Some("4")), (vec![5], None));
        assert_eq!(page(Some("5")), (vec![], None));
    }

    #[test]
    fn limits_and_cursors_that_cannot_be_are_refused() {
        assert!(wanted::<u32>(Some(0), None).is_err());
        assert!(wanted::<u32>(Some(101), None).is_err());
        assert!(wanted::<u32>(None, Some("x")).is_err());
    }
}
