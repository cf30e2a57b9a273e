//! Which of the times is the event's.

use super::propose::{ProposedField, ProposedKind, ProposedObject};
use super::word::Words;

/// A time that every sample has.
#[derive(Debug, Clone)]
struct Candidate {
    rank: usize,
    /// Positions of fields, from the top.
    way: Vec<usize>,
    path: String,
}

/// Names of the moment at which something happened, the surest first. A name of a group is as good as another.
const NAMES: [&[&str]; 7] = [
    &[
        "eventtime",
        "eventtimestamp",
        "eventdatetime",
        "activitydatetime",
        "occurredat",
        "occurred",
        "eventdate",
    ],
    &["timestamp", "ts", "eventts", "timestampms", "timestamputc"],
    &["time", "datetime", "timeutc", "logtime", "when"],
    &[
        "createdat",
        "created",
        "creationtime",
        "createdtime",
        "createddatetime",
        "createdon",
        "createtime",
    ],
    &[
        "publishedat",
        "published",
        "loggedat",
        "recordedat",
        "requesttime",
        "requesttimestamp",
    ],
    &["starttime", "startedat", "start", "begin", "begintime", "startdatetime"],
    &[
        "date",
        "timelocal",
        "localtime",
        "receivedat",
        "ingestedat",
        "receivedtime",
    ],
];

/// How many groups of [`NAMES`] speak of something that happens, whatever object they stand in.
const NAMES_OF_HAPPENINGS: usize = 3;

/// Words in names of times that are not when the event happened.
const OTHER_WORDS: [&str; 17] = [
    "birth",
    "deadline",
    "deleted",
    "due",
    "end",
    "ends",
    "exp",
    "expiration",
    "expire",
    "expires",
    "expiry",
    "finished",
    "last",
    "modified",
    "next",
    "scheduled",
    "until",
];

/// Other candidates that the remark names.
const OTHERS_LISTED_MAX: usize = 5;

/// Marks the best candidate. Returns what to say about it at the top, if there is none.
pub(super) fn mark(root: &mut ProposedObject) -> Option<String> {
    let mut candidates = Vec::new();
    gather(root, &mut Vec::new(), "", &mut candidates);
    // Stable: among equals the one that comes first stays first.
    candidates.sort_by_key(|candidate| (candidate.rank, candidate.way.len()));
    let Some((best, others)) = candidates.split_first() else {
        return Some(
            "no time that every sample has, so p_event_time will be the time at which a record is parsed".to_owned(),
        );
    };
    let remark = remark(others);
    if let Some(field) = field_at(root, &best.way)
        && let ProposedKind::Timestamp { is_event_time, .. } = &mut field.value.kind
    {
        *is_event_time = true;
        field.remarks.push(remark);
    }
    None
}

fn remark(others: &[Candidate]) -> String {
    let listed: Vec<String> = others
        .iter()
        .take(OTHERS_LISTED_MAX)
        .map(|other| format!("`{}`", other.path))
        .collect();
    let listed = listed.join(", ");
    let taken = "taken for the time of the event";
    match others.len() {
        0 => taken.to_owned(),
        1..=OTHERS_LISTED_MAX => format!("{taken}; other candidates: {listed}"),
        count => format!(
            "{taken}; other candidates: {listed} and {} more",
            count - OTHERS_LISTED_MAX
        ),
    }
}

/// Finds the times that every record has: required, in objects that are.
fn gather(object: &ProposedObject, way: &mut Vec<usize>, parent: &str, candidates: &mut Vec<Candidate>) {
    for (position, field) in object.fields.iter().enumerate() {
        if field.required.is_none() || field.value.is_embedded {
            continue;
        }
        let path = if parent.is_empty() {
            field.name.clone()
        } else {
            format!("{parent}.{}", field.name)
        };
        way.push(position);
        match &field.value.kind {
            ProposedKind::Timestamp {
                is_always_set: true, ..
            } => {
                if let Some(rank) = rank(&Words::of(&field.name), way.len()) {
                    candidates.push(Candidate {
                        rank,
                        way: way.clone(),
                        path,
                    });
                }
            }
            ProposedKind::Object(inner) => gather(inner, way, &path, candidates),
            _ => {}
        }
        way.pop();
    }
}

/// Returns how good a name is, the smaller the better; `None` if it means something else.
///
/// First come good names at the top, then good names inside, then any other name at the top. Inside, a creation may be
/// that of a user or a file, so there only names of happenings will do.
fn rank(name: &Words, depth: usize) -> Option<usize> {
    let named = NAMES.iter().position(|names| name.is(names));
    match named {
        Some(rank) if depth == 1 => Some(rank),
        Some(rank) if rank < NAMES_OF_HAPPENINGS => Some(NAMES.len() + rank),
        Some(_) => None,
        None => (depth == 1 && !name.has(&OTHER_WORDS)).then_some(2 * NAMES.len()),
    }
}

fn field_at<'a>(root: &'a mut ProposedObject, way: &[usize]) -> Option<&'a mut ProposedField> {
    let (&last, through) = way.split_last()?;
    let mut object = root;
    for &position in through {
        let ProposedKind::Object(inner) = &mut object.fields.get_mut(position)?.value.kind else {
            return None;
        };
        object = inner;
    }
    object.fields.get_mut(last)
}
