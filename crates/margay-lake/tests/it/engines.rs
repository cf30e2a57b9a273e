//! Other engines must see exactly what `Lake::query` sees.
//!
//! Runs the interpreter named by `MARGAY_PYTHON` (default `python3`) with the packages deltalake, duckdb and polars. Without
//! them it says so and passes, unless `MARGAY_REQUIRE_ENGINES=1`.

use std::process::Command;

use margay_lake::{Effect, Replacement};

use crate::world::{NOW, World, event, source, time};

const READ: &str = r#"
import json, sys
import deltalake, duckdb, polars

path = sys.argv[1]
columns = ["id", "large", "ratio", "truth", "details", "p_source_label", "p_unmapped"]
query = f"""select {', '.join(columns)}, actor.email as email, words[2] as word, epoch_us(p_event_time) as micros,
            p_any_emails[1] as any_email from delta_scan('{path}') order by id"""

table = deltalake.DeltaTable(path).to_pyarrow_dataset().to_table().to_pylist() if hasattr(deltalake.DeltaTable, "to_pyarrow_dataset") else None
def micros(moment):
    import datetime
    return (moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) // datetime.timedelta(microseconds=1)
def flat(row):
    out = {name: row[name] for name in columns}
    out["email"] = row["actor"]["email"] if row["actor"] else None
    out["word"] = row["words"][1] if row["words"] else None
    out["micros"] = micros(row["p_event_time"])
    out["any_email"] = row["p_any_emails"][0] if row["p_any_emails"] else None
    return out

answers = {}
answers["deltalake"] = sorted(map(flat, table), key=lambda row: row["id"])
answers["polars"] = [flat(row) for row in polars.read_delta(path).sort("id").to_dicts()]
try:
    rows = duckdb.sql(query)
    names = rows.columns
    answers["duckdb"] = [dict(zip(names, row)) for row in rows.fetchall()]
except duckdb.Error:
    # Its delta extension is a download; without a network it reads the dataset through Arrow.
    dataset = deltalake.DeltaTable(path).to_pyarrow_dataset()
    rows = duckdb.sql(query.replace(f"delta_scan('{path}')", "dataset"))
    names = rows.columns
    answers["duckdb"] = [dict(zip(names, row)) for row in rows.fetchall()]
print(json.dumps(answers))
"#;

#[tokio::test]
async fn other_engines_read_the_same_rows() {
    let python = std::env::var("MARGAY_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let probe = Command::new(&python)
        .args(["-c", "import deltalake, duckdb, polars, pyarrow"])
        .output();
    if !probe.is_ok_and(|output| output.status.success()) {
        let is_required = std::env::var("MARGAY_REQUIRE_ENGINES").is_ok_and(|value| value == "1");
        assert!(!is_required, "`{python}` lacks deltalake, duckdb, polars or pyarrow");
        let hint = "skipped: set MARGAY_PYTHON to an interpreter with deltalake, duckdb, polars and pyarrow\n";
        std::io::Write::write_all(&mut std::io::stderr(), hint.as_bytes()).unwrap();
        return;
    }
    let world = World::new().await;
    for sequence in 1..=65 {
        let record = format!(
            r#"{{"id": "{sequence:03}", "at": "2026-03-0{}T00:00:00.00000{}Z", "large": {}, "ratio": {}.5, "truth": {},
                "details": {{"n": [{sequence}]}}, "words": ["ü", "🐈 {sequence}"], "extra": {sequence},
                "actor": {{"email": "user{sequence}@example.com"}}}}"#,
            1 + sequence / 62,
            sequence % 10,
            9_007_199_254_740_993_i64 + i64::try_from(sequence).unwrap(),
            sequence,
            sequence % 2 == 0,
        );
        let record = if sequence == 7 {
            r#"{"id": "007"}"#.to_owned()
        } else {
            record
        };
        world
            .land(
                sequence,
                vec![event(&world.every, source(1), &sequence.to_string(), &record)],
            )
            .await
            .unwrap();
        if sequence == 64 {
            assert_eq!(world.lake.maintain(time(NOW)).await.unwrap().partitions_compacted, 1);
        }
    }
    // As after a replay: some rows have given way to others.
    let events = [5, 40, 63].map(|sequence: u64| {
        let record = format!(
            r#"{{"id": "{sequence:03}", "at": "2026-03-01T00:00:00Z", "ratio": -{sequence}.25, "words": ["x", "replaced"]}}"#
        );
        event(&world.every, source(1), &sequence.to_string(), &record)
    });
    let replacement = Replacement {
        schema: &world.every,
        events: events.to_vec(),
        sought: Vec::new(),
    };
    let replaced = world.lake.replace(replacement, Effect::Write).await.unwrap();
    assert_eq!((replaced.replaced, replaced.added), (3, 0));
    let sql =
        "select id, large, ratio, truth, details, p_source_label, p_unmapped, actor.email as email, words[2] as word,
               arrow_cast(p_event_time, 'Int64') as micros, p_any_emails[1] as any_email from test_every order by id";
    let ours: Vec<serde_json::Value> = {
        let rows = world
            .lake
            .query(sql, margay_lake::QueryContext::at(time(NOW)))
            .await
            .unwrap();
        let names: Vec<_> = rows.columns().iter().map(|column| column.name.clone()).collect();
        let rows = rows.collect().await.unwrap();
        rows.iter()
            .map(|row| names.iter().cloned().zip(row.iter().map(to_json)).collect())
            .collect()
    };
    assert_eq!(ours.len(), 65);

    let output = Command::new(&python)
        .args(["-c", READ])
        .arg(world.table_folder())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answers: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    for engine in ["deltalake", "polars", "duckdb"] {
        let theirs = answers[engine].as_array().unwrap();
        assert_eq!(theirs.len(), ours.len(), "{engine}");
        for (theirs, ours) in theirs.iter().zip(&ours) {
            assert_eq!(theirs, ours, "{engine}");
        }
    }
}

fn to_json(cell: &margay_lake::Cell) -> serde_json::Value {
    use margay_lake::Cell;
    match cell {
        Cell::Null => serde_json::Value::Null,
        Cell::Boolean(truth) => (*truth).into(),
        Cell::Integer(number) => (*number).into(),
        Cell::Unsigned(number) => (*number).into(),
        Cell::Float(number) => (*number).into(),
        Cell::Text(text) | Cell::Json(text) => text.clone().into(),
        Cell::Time(micros) => (*micros).into(),
    }
}
