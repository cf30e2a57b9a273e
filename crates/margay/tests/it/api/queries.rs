//! Queries: begun, read, cancelled, exported, bounded, and seen by nobody else.

use std::time::{Duration, Instant};

use margay_store::Permission;
use serde_json::{Value, json};

use super::world::{Answer, Server};
use crate::serve::wait_for;

/// Never ends within a test, and computes all the while.
const ENDLESS: &str = "select count(*) from generate_series(1, 1000000000) a, generate_series(1, 1000000000) b";

fn begin(server: &Server, sql: &str) -> Answer {
    server.send("POST", "/queries", &json!({"sql": sql}))
}

pub(super) fn path_of(query: &Value) -> String {
    format!("/queries/{}", query["id"].as_str().unwrap())
}

/// Runs a query to its end.
pub(super) fn ended(server: &Server, sql: &str) -> Value {
    let path = path_of(&begin(server, sql).ok(201));
    wait_for(|| server.get(&path).ok(200)["state"] != "running");
    server.get(&path).json()
}

pub(super) fn rows_of(server: &Server, sql: &str) -> Value {
    let query = ended(server, sql);
    assert_eq!(query["state"], "succeeded", "{query}");
    server.get(&format!("{}/results", path_of(&query))).ok(200)
}

#[test]
fn no_number_is_rounded_and_times_say_their_zone() {
    let server = Server::start();
    let results = rows_of(
        &server,
        "select 9223372036854775807 as i, cast(18446744073709551615 as bigint unsigned) as u, \
         arrow_cast('12345678901234567.89', 'Decimal128(20, 2)') as d, 0.5 as f, \
         cast('NaN' as double) as n, null as z, true as b, 'x' as t, \
         arrow_cast(1767323045000001, 'Timestamp(Microsecond, Some(\"UTC\"))') as at, \
         [1, 9223372036854775807] as l, named_struct('k', 1) as s",
    );
    let types: Vec<_> = results["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| &column["type"])
        .collect();
    assert_eq!(
        json!(types),
        json!([
            "integer",
            "integer",
            "decimal",
            "float",
            "float",
            "null",
            "boolean",
            "text",
            "timestamp",
            "json",
            "json"
        ])
    );
    assert_eq!(
        results["rows"],
        json!([[
            "9223372036854775807",
            "18446744073709551615",
            "12345678901234567.89",
            0.5,
            "NaN",
            null,
            true,
            "x",
            "2026-01-02T03:04:05.000001Z",
            "[1,9223372036854775807]",
            "{\"k\":1}"
        ]])
    );
    assert_eq!(results["state"], "succeeded");
    assert!(results["next"].is_null());
}

#[test]
fn rows_come_in_pages_and_as_files() {
    let server = Server::start();
    let query = ended(
        &server,
        "select value, 'a,\"b\"' as text from generate_series(1, 2500) order by value",
    );
    assert_eq!((&query["rowCount"], &query["cutBy"]), (&json!(2500), &Value::Null));
    let path = path_of(&query);
    let (mut read, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = server.get(&format!("{path}/results?limit=1000{cursor}")).ok(200);
        let rows = page["rows"].as_array().unwrap();
        read.extend(rows.iter().map(|row| row[0].as_str().unwrap().parse::<u32>().unwrap()));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(read, (1..=2500).collect::<Vec<_>>());
    for wrong in ["limit=0", "limit=1001", "cursor=x", "cursor=-1", "offset=1"] {
        server
            .get(&format!("{path}/results?{wrong}"))
            .assert_problem(400, "invalid_request");
    }

    let csv = server.get(&format!("{path}/export?format=csv"));
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    assert!(
        csv.text.starts_with("value,text\n1,\"a,\"\"b\"\"\"\n"),
        "{}",
        &csv.text[..40]
    );
    assert_eq!(csv.text.lines().count(), 2501);
    let ndjson = server.get(&format!("{path}/export?format=ndjson"));
    assert_eq!(
        ndjson.text.lines().last().unwrap(),
        "{\"value\":2500,\"text\":\"a,\\\"b\\\"\"}"
    );
    server
        .get(&format!("{path}/export"))
        .assert_problem(400, "invalid_request");
    server
        .get(&format!("{path}/export?format=xls"))
        .assert_problem(400, "invalid_request");
}

#[test]
fn what_is_wrong_with_a_statement_is_said_at_once_and_where() {
    let server = Server::start();
    let wrong = begin(&server, "select gid,\n  evnt_type\nfrom asana_audit");
    wrong.assert_problem(422, "query_invalid");
    let problem = wrong.json();
    assert_eq!(
        (&problem["line"], &problem["column"]),
        (&json!(2), &json!(3)),
        "{problem}"
    );
    assert_eq!(problem["hint"], "did you mean `event_type`?");
    for sql in [
        "select from",
        "",
        "select 1; select 2",
        "select * from no_such",
        "select * from '/etc/passwd'",
    ] {
        begin(&server, sql).assert_problem(422, "query_invalid");
    }
    for sql in [
        "delete from asana_audit",
        "copy (select 1) to '/tmp/x.csv'",
        "create external table x stored as csv location '/etc/passwd'",
        "set datafusion.execution.batch_size = 1",
    ] {
        let (status, code) = begin(&server, sql).told();
        assert_eq!(status, 422, "{sql}");
        assert!(
            ["query_refused", "query_invalid"].contains(&code.as_str()),
            "{sql}: {code}"
        );
    }
    let with = |timeout: Value| {
        server.send(
            "POST",
            "/queries",
            &json!({"sql": "select 1", "timeoutSeconds": timeout}),
        )
    };
    with(json!(0)).assert_problem(422, "invalid_value");
    with(json!(601)).assert_problem(422, "invalid_value");
    with(json!("1")).assert_problem(422, "invalid_body");
    assert_eq!(server.get("/queries").ok(200)["results"], json!([]));
    // What fails only as it runs is told by the query.
    let query = ended(&server, "select 1 / (value - 3) from generate_series(1, 5)");
    assert_eq!(
        (&query["state"], &query["problem"]["code"]),
        (&json!("failed"), &json!("query_invalid")),
        "{query}"
    );
}

#[test]
fn a_cancelled_query_frees_its_slot_and_its_core() {
    let server = Server::start();
    let queries: Vec<String> = (0..2).map(|_| path_of(&begin(&server, ENDLESS).ok(201))).collect();
    begin(&server, "select 1").assert_problem(429, "too_many_at_work");
    server
        .get(&format!("{}/export?format=csv", queries[0]))
        .assert_problem(409, "conflict");
    let page = server.get(&format!("{}/results", queries[0])).ok(200);
    assert_eq!((&page["state"], &page["next"]), (&json!("running"), &json!("0")));

    for path in &queries {
        let cancelled = server.send("POST", &format!("{path}/cancel"), &json!({})).ok(200);
        assert_eq!(cancelled["state"], "cancelled");
        assert!(cancelled["resultsUntil"].is_string());
    }
    wait_for(|| begin(&server, "select 1").status == 201);
    // Nothing computes any more: the process needs less than half of a core.
    wait_for(|| {
        let (begun, used) = (Instant::now(), server.cpu_time());
        wait_for(|| begun.elapsed() > Duration::from_millis(300));
        server.cpu_time() < used + begun.elapsed() / 2
    });
    assert_eq!(server.get(&queries[0]).ok(200)["state"], "cancelled");
    // It has ended: cancelling it again changes nothing.
    let again = server.send("POST", &format!("{}/cancel", queries[0]), &json!({}));
    assert_eq!(again.ok(200)["endedAt"], server.get(&queries[0]).json()["endedAt"]);
}

#[test]
fn a_query_that_takes_too_long_is_stopped_and_frees_its_slot() {
    let server = Server::start();
    let with = json!({"sql": ENDLESS, "timeoutSeconds": 1});
    let paths = [
        path_of(&server.send("POST", "/queries", &with).ok(201)),
        path_of(&server.send("POST", "/queries", &with).ok(201)),
    ];
    for path in &paths {
        wait_for(|| server.get(path).ok(200)["state"] == "failed");
        assert_eq!(server.get(path).json()["problem"]["code"], "timed_out");
    }
    wait_for(|| begin(&server, "select 1").status == 201);
}

#[test]
fn an_answer_beyond_the_limits_is_cut_and_says_so() {
    let server = Server::start();
    let query = ended(&server, "select value from generate_series(1, 60000)");
    assert_eq!(
        (&query["state"], &query["rowCount"], &query["cutBy"]),
        (&json!("succeeded"), &json!(50_000), &json!("rows"))
    );
    let text = "x".repeat(20_000);
    let query = ended(&server, &format!("select '{text}' from generate_series(1, 2000)"));
    assert_eq!(
        (&query["rowCount"], &query["cutBy"]),
        (&json!(1675), &json!("bytes")),
        "{}",
        query["rowCount"]
    );
    // What would be gigabytes before any limit is looked at is refused.
    begin(&server, "select repeat('x', 2000000000)").assert_problem(422, "query_invalid");
}

#[test]
fn a_query_is_seen_by_its_token_only() {
    let server = Server::start();
    let other = server.token_of("other", &[Permission::DataAnalyticsRead]);
    let query = ended(&server, "select 1");
    let path = path_of(&query);
    let as_other = |method: &str, path: &str| server.call(method, path, &[("X-API-Key", &other)], "");
    for (method, path) in [
        ("GET", path.clone()),
        ("GET", format!("{path}/results")),
        ("GET", format!("{path}/export?format=csv")),
        ("POST", format!("{path}/cancel")),
    ] {
        as_other(method, &path).assert_problem(404, "not_found");
    }
    assert_eq!(as_other("GET", "/queries").ok(200)["results"], json!([]));
    let mine = server.get("/queries").ok(200);
    assert_eq!(mine["results"][0]["id"], query["id"]);
    assert_eq!(mine["results"][0]["sql"], "select 1");
}

#[test]
fn what_aids_a_search_is_listed_only_if_asked_for_and_pushes_no_search_out() {
    let server = Server::start();
    let search = ended(&server, "select 'a search'");
    assert_eq!(search["purpose"], "search");
    let mut aid = Value::Null;
    // More than the server remembers of searches.
    for number in 0..60 {
        let sql = format!("select {number}");
        let begun = server.send("POST", "/queries", &json!({"sql": sql, "purpose": "aid"}));
        aid = begun.ok(201);
        wait_for(|| server.get(&path_of(&aid)).ok(200)["state"] != "running");
    }
    assert_eq!(aid["purpose"], "aid");
    let rows = server.get(&format!("{}/results", path_of(&aid))).ok(200);
    assert_eq!(rows["rows"], json!([["59"]]));
    let listed = |path: &str| -> Vec<Value> {
        let list = server.get(path).ok(200);
        let all = list["results"].as_array().unwrap().iter();
        all.map(|query| query["sql"].clone()).collect()
    };
    assert_eq!(listed("/queries"), [json!("select 'a search'")]);
    let all = listed("/queries?include=aids");
    assert_eq!((&all[0], all.len()), (&json!("select 59"), 11), "{all:?}");
    let unknown = server.send("POST", "/queries", &json!({"sql": "select 1", "purpose": "fun"}));
    unknown.assert_problem(422, "invalid_body");
    server
        .get("/queries?include=everything")
        .assert_problem(400, "invalid_request");
}

#[test]
fn tables_are_listed_with_their_columns() {
    let server = Server::start();
    let tables = server.get("/tables").ok(200);
    let tables = tables["results"].as_array().unwrap();
    let table = tables.iter().find(|table| table["name"] == "asana_audit").unwrap();
    assert_eq!(
        (&table["database"], &table["logType"]),
        (&json!("margay_logs"), &json!("Asana.Audit"))
    );
    let columns = table["columns"].as_array().unwrap();
    for (name, kind) in [
        ("gid", "text"),
        ("actor", "json"),
        ("actor.email", "text"),
        ("p_event_time", "timestamp"),
    ] {
        assert!(columns.contains(&json!({"name": name, "type": kind})), "{name}");
    }
    assert!(
        tables
            .iter()
            .any(|table| table["name"] == "all_logs" && table["logType"].is_null())
    );
}
