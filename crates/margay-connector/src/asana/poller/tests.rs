//! A shell without sockets: it plays answers to the poller, lets time pass, and writes down what happens.

mod answer;
mod offset;
mod random;
mod round;
mod vendor;
mod wait;
mod window;

use std::collections::{HashSet, VecDeque};
use std::fmt::Write as _;

use expect_test::Expect;

use super::*;
use crate::asana::settings::{PageRecords, RequestLimits};
use crate::transport::TransportFailureKind;

/// When every test round begins.
const NOON: &str = "2026-11-24T12:00:00Z";
/// No test round takes more steps: one that does is endless.
const STEPS_MAX: usize = 20_000;

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn settings() -> Settings {
    Settings {
        api_url: "https://app.asana.com/api/1.0".parse().unwrap(),
        organization_id: "1201234567890123".parse().unwrap(),
        page_records: PageRecords::new(2).unwrap(),
        requests: RequestLimits::default(),
    }
}

fn start() -> Checkpoint {
    Checkpoint::start_at(time("2026-11-01T00:00:00Z"))
}

fn at_offset(offset: &str, newest: &str) -> Checkpoint {
    Checkpoint {
        offset: Some(offset.to_owned()),
        newest_event_time: Some(time(newest)),
        ..start()
    }
}

type Outcome = Result<Response, TransportFailure>;

fn response(status: u16, body: &str) -> Outcome {
    Ok(Response {
        status,
        retry_after: None,
        date: None,
        request_id: Some("r-1".to_owned()),
        body: body.as_bytes().to_vec(),
    })
}

fn retry_after(status: u16, header: &str) -> Outcome {
    response(status, r#"{"errors":[{"message":"wait"}]}"#).map(|response| Response {
        retry_after: Some(header.to_owned()),
        ..response
    })
}

/// A page of events, each written as `gid@HH:MM:SS` of the test's day, that is followed by `offset`.
fn page(events: &[&str], offset: Option<&str>) -> Outcome {
    let events = events.iter().map(|event| {
        let (gid, clock) = event.split_once('@').unwrap();
        format!(r#"{{"gid":"{gid}","created_at":"2026-11-24T{clock}.000Z"}}"#)
    });
    let data = events.collect::<Vec<_>>().join(",");
    let next = offset.map_or("null".to_owned(), |offset| {
        format!(r#"{{"offset":{offset:?},"path":"/x","uri":"https://evil.example/"}}"#)
    });
    response(200, &format!(r#"{{"data":[{data}],"next_page":{next}}}"#))
}

/// What the shell has: a clock, a journal, and a record of what happened.
struct Shell {
    now: Timestamp,
    fetch_duration: Duration,
    known: HashSet<String>,
    journalled: Checkpoint,
    events: Vec<String>,
    log: String,
    requests: usize,
    pages: usize,
}

impl Shell {
    fn new(journalled: Checkpoint) -> Self {
        Self {
            now: time(NOON),
            fetch_duration: Duration::from_millis(100),
            known: HashSet::new(),
            journalled,
            events: Vec::new(),
            log: String::new(),
            requests: 0,
            pages: 0,
        }
    }

    fn pass(&mut self, duration: Duration) {
        self.now = later(self.now, duration);
    }

    /// Runs one round; `answer` is the vendor.
    fn round(&mut self, poller: Poller, mut answer: impl FnMut(&Request, Timestamp) -> Outcome) -> (Poller, RoundEnd) {
        let mut poller = poller;
        let mut input = Input::Begin { now: self.now };
        let mut not_before = self.now;
        for _ in 0..STEPS_MAX {
            let (next, action) = poller.step(input);
            poller = next;
            assert_eq!(
                poller.checkpoint(),
                &self.journalled,
                "the poller's checkpoint is what is journalled"
            );
            input = match action {
                Action::Fetch(request) => {
                    assert!(self.now >= not_before, "no request is sent while a pause lasts");
                    assert_eq!(request.url.host_str(), Some("app.asana.com"));
                    self.requests += 1;
                    writeln!(self.log, "GET {}", request.url.query().unwrap()).unwrap();
                    self.pass(self.fetch_duration);
                    Input::Fetched {
                        now: self.now,
                        outcome: answer(&request, self.now),
                    }
                }
                Action::Journal(page) => {
                    let records_new = self.journal(page);
                    Input::Journalled {
                        now: self.now,
                        records_new,
                    }
                }
                Action::Wait { delay, why } => {
                    writeln!(self.log, "wait {delay:?}: {why}").unwrap();
                    not_before = later(self.now, delay);
                    self.pass(delay);
                    Input::Waited { now: self.now }
                }
                Action::Finish(end) => {
                    let told = match &end {
                        RoundEnd::GaveUp(problem) => format!("gave up, {:?}: {problem}", problem.remedy()),
                        RoundEnd::NeedsOperator(diagnosis) => format!("needs operator: {}", diagnosis.title),
                        RoundEnd::Drained | RoundEnd::DeadlineReached => format!("{end:?}"),
                    };
                    writeln!(self.log, "{told}").unwrap();
                    return (poller, end);
                }
            };
        }
        panic!("the round does not end:\n{}", self.log);
    }

    fn journal(&mut self, page: Page) -> usize {
        assert!(
            !page.records.is_empty() || page.checkpoint != self.journalled || page.proven.is_some(),
            "an empty page is stored for its checkpoint or for what it proves"
        );
        let gids: Vec<String> = page.records.iter().map(|record| record.id.to_string()).collect();
        let new: Vec<String> = gids
            .iter()
            .filter(|gid| self.known.insert((*gid).clone()))
            .cloned()
            .collect();
        writeln!(
            self.log,
            "journal [{}] {}",
            gids.join(" "),
            page.checkpoint
                .to_json()
                .replace('"', "")
                .replace("version:2,", "")
                .replace("window_end:null,", "")
        )
        .unwrap();
        if let Some(proven) = page.proven {
            assert!(page.records.is_empty(), "only an empty page proves anything");
            assert!(proven.to() <= self.now, "nothing is proven ahead of our clock");
            writeln!(self.log, "proven {proven}").unwrap();
        }
        self.events.extend(new.iter().cloned());
        self.journalled = page.checkpoint;
        self.pages += 1;
        new.len()
    }
}

/// Plays `answers` in order from `checkpoint` on, and returns what happened. All answers have to be asked for.
fn play(checkpoint: Checkpoint, answers: Vec<Outcome>) -> String {
    play_with(checkpoint, PollLimits::default(), answers)
}

fn play_with(checkpoint: Checkpoint, limits: PollLimits, answers: Vec<Outcome>) -> String {
    let mut answers = VecDeque::from(answers);
    let mut shell = Shell::new(checkpoint.clone());
    let poller = Poller::new(settings(), checkpoint, limits, 42);
    shell.round(poller, |_, _| answers.pop_front().expect("an answer for each request"));
    assert!(answers.is_empty(), "not asked for: {answers:?}\n{}", shell.log);
    shell.log
}

fn check(checkpoint: Checkpoint, answers: Vec<Outcome>, expected: Expect) {
    expected.assert_eq(&play(checkpoint, answers));
}

fn expired() -> Outcome {
    response(
        400,
        r#"{"errors":[{"message":"offset: Your pagination token has expired."}]}"#,
    )
}

fn failure(kind: TransportFailureKind) -> Outcome {
    Err(TransportFailure {
        kind,
        detail: "os said so".to_owned(),
    })
}
