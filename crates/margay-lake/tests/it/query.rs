//! Reading: names, macros, types, limits.

use std::time::Duration;

use expect_test::expect;
use margay_lake::{Cell, ColumnType, EventColumns, Multipliers, QueryContext, QueryErrorKind};

use crate::world::{NOW, World, event, plain, reject, show, source, time};

async fn five_days() -> World {
    let world = World::new().await;
    let days = ["2026-03-06", "2026-03-07", "2026-03-08", "2026-03-09", "2026-03-10"];
    let events = days
        .iter()
        .map(|day| {
            plain(
                &world.every,
                source(1),
                &format!("on {day}"),
                &format!("{day}T06:00:00Z"),
            )
        })
        .collect();
    world
        .land_with(1, events, vec![reject(&world.every, source(1), "bad")])
        .await
        .unwrap();
    world
}

#[tokio::test]
async fn every_name_of_a_table_resolves() {
    let world = five_days().await;
    for table in [
        "test_every",
        "TEST_EVERY",
        "margay_logs.test_every",
        "margay.margay_logs.test_every",
        "panther_logs.public.test_every",
        "PANTHER_LOGS.PUBLIC.TEST_EVERY",
        "margay_views.all_logs",
        "panther_views.public.all_logs",
    ] {
        assert_eq!(world.count(table).await, 5, "{table}");
    }
    for table in [
        "margay_monitor.classification_failures",
        "panther_monitor.public.classification_failures",
    ] {
        assert_eq!(world.count(table).await, 1, "{table}");
    }
    assert_eq!(world.count("test_other").await, 0, "a table without events is there");
}

#[tokio::test]
async fn one_view_unites_all_log_types() {
    let world = five_days().await;
    let login = event(
        &world.other,
        source(2),
        "x",
        r#"{"id": "x", "at": "2026-03-09T00:00:00Z", "login": "ada"}"#,
    );
    let batch = margay_lake::Batch {
        events: EventColumns::of(&world.other, &[login]).unwrap(),
        rejects: Vec::new(),
        after: vec![(source(2), 0)],
        through: vec![(source(2), 1)],
    };
    world.lake.land(batch).await.unwrap();
    let sql = |view| {
        format!("select p_db_name, p_log_type, count(*), max(p_any_usernames[1]) from {view} group by 1, 2 order by 2")
    };
    expect![[r"
        margay_logs | Test.Every | 5 | ∅
        margay_logs | Test.Other | 1 | ada"]]
    .assert_eq(&world.text(&sql("margay_views.all_logs")).await);
    expect![[r"
        panther_logs | Test.Every | 5 | ∅
        panther_logs | Test.Other | 1 | ada"]]
    .assert_eq(&world.text(&sql("panther_views.public.all_logs")).await);
    let columns = world
        .lake
        .query("select * from margay_views.all_logs", QueryContext::at(time(NOW)))
        .await
        .unwrap();
    assert_eq!(columns.columns().len(), 8 + 15 + 1 + 1);
}

#[tokio::test]
async fn macros_choose_events_by_time() {
    let world = five_days().await;
    for (condition, expected) in [
        ("p_occurs_since('1 d')", 1),
        ("p_occurs_since('54 hours')", 3),
        ("p_occurs_since('53 hours')", 2),
        ("p_occurs_between('2026-03-07', '2026-3-8 6:00:00')", 2),
        (
            "p_occurs_between('2026-03-07 06:00:00', '2026-03-08 05:59:59.999999')",
            1,
        ),
        ("p_occurs_around('2026-03-08 05:00:00', '1 h')", 1),
        ("p_occurs_around('2026-03-08 05:00:00', '59 m')", 0),
        ("p_occurs_after('2026-03-08 06:00:00')", 3),
        ("p_occurs_before('2026-03-08 06:00:00')", 2),
        ("p_occurs_before('2026-03-08 06:00:00.000001')", 3),
        ("not p_occurs_since('54 hours')", 2),
        ("p_occurs_after(now() - interval '3 days')", 3),
        ("p_occurs_around(timestamp '2026-03-08 05:00:00', '1 h')", 1),
        ("p_occurs_since('1 h', '', p_parse_time)", 5),
    ] {
        assert_eq!(
            world.count(&format!("test_every where {condition}")).await,
            expected,
            "{condition}"
        );
        assert_eq!(
            world.count(&format!("margay_views.all_logs where {condition}")).await,
            expected,
            "{condition}"
        );
    }
    let sql =
        "test_every t join test_every u on t.id = u.id where p_occurs_since('2 d', t) and p_occurs_since('2 d', u)";
    assert_eq!(world.count(sql).await, 2);
    assert_eq!(
        world
            .count("panther_monitor.public.classification_failures where p_occurs_since('1 d')")
            .await,
        1
    );
}

#[tokio::test]
async fn files_of_other_days_are_not_opened() {
    let world = five_days().await;
    for (table, condition, files) in [
        ("test_every", "p_occurs_since('30 h')", 2),
        ("test_every", "p_occurs_after(now() - interval '30 hours')", 2),
        ("test_every", "p_event_date = '2026-03-07'", 1),
        ("test_every", "p_event_time >= '2026-03-09T00:00:00Z'", 2),
        ("margay_views.all_logs", "p_occurs_since('30 h')", 2),
        ("test_every", "true", 5),
    ] {
        let plan = world
            .text(&format!(
                "explain select id_or_not.* from (select p_row_id from {table} where {condition}) id_or_not"
            ))
            .await;
        let opened = plan.matches(".parquet").count();
        assert_eq!(opened, files, "{condition}\n{plan}");
    }
}

#[tokio::test]
async fn fields_of_structs_are_reached_by_dots() {
    let world = World::new().await;
    let emails = ["a@example.com", "b@example.com", "a@example.com"];
    let events = emails.iter().enumerate().map(|(at, email)| {
        let record = format!(
            r#"{{"id": "{at}", "actor": {{"email": "{email}", "visits": [{{"nth": {at}}}]}}, "words": ["w{at}"]}}"#
        );
        event(&world.every, source(1), &at.to_string(), &record)
    });
    world.land(1, events.collect()).await.unwrap();
    expect![[r"
        a@example.com | 2
        b@example.com | 1"]]
    .assert_eq(
        &world
            .text("select actor.email, count(*) from test_every group by 1 order by 1")
            .await,
    );
    expect!["1 | w1"].assert_eq(
        &world
            .text("select t.actor.visits[1].nth, words[1] from panther_logs.public.test_every t where array_has(p_any_emails, 'b@example.com')")
            .await,
    );
}

#[tokio::test]
async fn json_text_can_be_searched() {
    let world = World::new().await;
    let record = r#"{"id": "1", "details": {"old": {"value": "a"}, "list": [10, 20], "big": 9007199254740993}}"#;
    world
        .land(1, vec![event(&world.every, source(1), "1", record)])
        .await
        .unwrap();
    let sql = "select json_get_text(details, 'old', 'value'), json_get_text(details, 'list', 1),
               json_get_text(details, 'big'), json_get_text(details, 'none'), json_get_text(words[1], 'x') from test_every";
    expect!["a | 20 | 9007199254740993 | ∅ | ∅"].assert_eq(&world.text(sql).await);
}

#[tokio::test]
async fn cells_have_simple_types() {
    let world = World::new().await;
    let sql = "select null as a, true as b, 1 as c, 18446744073709551615 as d, 0.5 as e, 'x' as f, now() as g,
               make_array(1, 2) as h, named_struct('k', 'v', 't', now()) as i, date '2026-01-02' as j,
               1.25::decimal(10, 2) as k, interval '1 day' as l, arrow_cast('x', 'Dictionary(Int32, Utf8)') as m";
    let mut rows = world.lake.query(sql, QueryContext::at(time(NOW))).await.unwrap();
    let types: Vec<_> = rows
        .columns()
        .iter()
        .map(|column| column.column_type.as_str())
        .collect();
    assert_eq!(
        types,
        [
            "null",
            "boolean",
            "integer",
            "integer",
            "float",
            "text",
            "timestamp",
            "json",
            "json",
            "text",
            "decimal",
            "text",
            "text"
        ]
    );
    assert_eq!(rows.columns()[1].column_type, ColumnType::Boolean);
    let first = rows.next().await.unwrap().unwrap();
    assert_eq!(first[0][3], Cell::Unsigned(u64::MAX));
    expect![[r#"∅ | true | 1 | 18446744073709551615 | 0.5 | x | 2026-03-10T12:00:00Z | [1,2] | {"k":"v","t":"2026-03-10T12:00:00Z"} | 2026-01-02 | 1.25 | 1 days | x"#]]
        .assert_eq(&first[0].iter().map(show).collect::<Vec<_>>().join(" | "));
    assert_eq!(rows.next().await.unwrap(), None);
    assert_eq!(rows.next().await.unwrap(), None);
}

#[tokio::test]
async fn an_answer_is_cut_at_its_limit_and_says_so() {
    let world = five_days().await;
    for (rows_max, expected, is_cut) in [(4, 4, true), (5, 5, false), (0, 0, true)] {
        let context = QueryContext {
            rows_max,
            ..QueryContext::at(time(NOW))
        };
        let mut rows = world.lake.query("select id from test_every", context).await.unwrap();
        let mut count = 0;
        while let Some(batch) = rows.next().await.unwrap() {
            count += batch.len();
        }
        assert_eq!((count, rows.is_cut()), (expected, is_cut), "{rows_max}");
    }
}

#[tokio::test]
async fn an_answer_is_cut_at_its_bytes() {
    let world = World::new().await;
    let context = QueryContext {
        bytes_max: 10_000,
        ..QueryContext::at(time(NOW))
    };
    let sql = "select repeat('x', 3000) from generate_series(1, 5000)";
    let mut rows = world.lake.query(sql, context).await.unwrap();
    let mut count = 0;
    while let Some(batch) = rows.next().await.unwrap() {
        count += batch.len();
    }
    assert_eq!((count, rows.is_cut()), (3, true));
}

#[tokio::test]
async fn an_error_says_where_it_is_if_the_engine_knows() {
    let world = World::new().await;
    for (sql, place) in [
        ("selec 1", Some((1, 1))),
        ("select id\nfrom test_every\nwhere and", Some((3, 7))),
        ("select id,\n  idd\nfrom test_every", Some((2, 3))),
        ("select id from no_such", None),
        ("select 1 / 0", None),
    ] {
        let found = world.error(sql).await.place.map(|place| (place.line, place.column));
        assert_eq!(found, place, "{sql}");
    }
}

#[tokio::test]
async fn a_query_stops_at_its_time_and_its_memory() {
    let world = World::new().await;
    let endless = "select count(*) from generate_series(1, 1000000000) a, generate_series(1, 1000000000) b";
    let context = QueryContext {
        timeout: Duration::from_millis(300),
        ..QueryContext::at(time(NOW))
    };
    let error = match world.lake.query(endless, context).await {
        Ok(rows) => rows.collect().await.unwrap_err(),
        Err(error) => error,
    };
    assert_eq!(error.kind, QueryErrorKind::TimedOut, "{error}");

    // A join that makes rows of a batch for minutes without reading again. What was stopped is let go of: the next one is answered.
    let busy = "select count(*) from generate_series(1, 300000) a, generate_series(1, 300000) b where a.value * b.value % 7 = 3";
    for _ in 0..3 {
        let context = QueryContext {
            timeout: Duration::from_millis(300),
            ..QueryContext::at(time(NOW))
        };
        let error = match world.lake.query(busy, context).await {
            Ok(rows) => rows.collect().await.unwrap_err(),
            Err(error) => error,
        };
        assert_eq!(error.kind, QueryErrorKind::TimedOut, "{error}");
    }
    let context = QueryContext {
        timeout: Duration::from_secs(20),
        ..QueryContext::at(time(NOW))
    };
    let rows = world.lake.query("select 1", context).await.unwrap();
    assert_eq!(rows.collect().await.unwrap().len(), 1);

    let greedy = "select array_agg(repeat(cast(value as varchar), 100)) from generate_series(1, 1000000)";
    let context = QueryContext {
        memory_bytes_max: 1 << 20,
        ..QueryContext::at(time(NOW))
    };
    let error = world
        .lake
        .query(greedy, context)
        .await
        .unwrap()
        .collect()
        .await
        .unwrap_err();
    assert_eq!(error.kind, QueryErrorKind::TooLarge, "{error}");
}

#[tokio::test]
async fn functions_that_make_much_of_little_can_be_refused() {
    let world = World::new().await;
    let context = QueryContext {
        multipliers: Multipliers::Refused,
        ..QueryContext::at(time(NOW))
    };
    for sql in [
        "select repeat('x', 2000000000)",
        "select REPEAT('x', 2)",
        "select lpad('x', 2000000000)",
        "select rpad(id, 2000000000) from test_every",
        "select array_repeat('x', 2000000000)",
        "select list_repeat('x', 2000000000)",
        "select array_resize([1], 2000000000)",
        "select range(1, 2000000000)",
        "select generate_series(1, 2000000000)",
    ] {
        let error = world.lake.query(sql, context).await.unwrap_err();
        assert_eq!(error.kind, QueryErrorKind::Invalid, "{sql}: {error}");
    }
    let rows = world
        .lake
        .query("select count(*) from generate_series(1, 100)", context)
        .await;
    assert_eq!(rows.unwrap().collect().await.unwrap(), [[Cell::Integer(100)]]);
}

#[tokio::test]
async fn a_sort_larger_than_its_memory_spills_and_leaves_nothing() {
    let world = World::new().await;
    let context = QueryContext {
        memory_bytes_max: 32 << 20,
        ..QueryContext::at(time(NOW))
    };
    let sql = "select value, value * 7919 % 1000003 as key from generate_series(1, 2500000) order by key desc";
    let mut rows = world.lake.query(sql, context).await.unwrap();
    let mut count = 0;
    while let Some(batch) = rows.next().await.unwrap() {
        count += batch.len();
    }
    assert_eq!(count, 2_500_000);
    drop(rows);
    let spill = world.root().join("spill");
    let emptied = async {
        while std::fs::read_dir(&spill).unwrap().next().is_some() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), emptied).await.unwrap();
}

#[tokio::test]
async fn a_long_statement_is_planned_or_refused_but_never_fatal() {
    let world = World::new().await;
    let links: Vec<_> = (0..300).map(|at| format!("id = '{at}'")).collect();
    assert_eq!(
        world.count(&format!("test_every where {}", links.join(" or "))).await,
        0
    );
    let deep = format!("select {}1{}", "(".repeat(500), ")".repeat(500));
    assert_eq!(world.error(&deep).await.kind, QueryErrorKind::Invalid);
    let long = format!("select '{}'", "x".repeat(300_000));
    assert_eq!(world.error(&long).await.kind, QueryErrorKind::Invalid);
}

#[tokio::test]
async fn tables_can_be_listed_and_described() {
    let world = World::new().await;
    let tables = world.text("show tables").await;
    for table in ["margay | margay_logs | test_every", "panther_views | public | all_logs"] {
        assert!(tables.contains(table), "{tables}");
    }
    let columns = world.text("describe panther_logs.public.test_other").await;
    assert!(columns.contains("login"), "{columns}");
}

#[tokio::test]
async fn tables_are_described_with_the_fields_within_their_columns() {
    let world = World::new().await;
    let tables = world.lake.describe().unwrap();
    let names: Vec<_> = tables
        .iter()
        .map(|table| format!("{}.{}", table.database, table.name))
        .collect();
    assert_eq!(
        names,
        [
            "margay_logs.test_every",
            "margay_logs.test_other",
            "margay_monitor.classification_failures",
            "margay_views.all_logs"
        ]
    );
    let columns = |table: &str| {
        let table = tables.iter().find(|known| known.name == table).unwrap();
        table
            .columns
            .iter()
            .map(|column| format!("{} {}", column.path, column.column_type.as_str()))
            .collect::<Vec<_>>()
    };
    let every = columns("test_every");
    for column in [
        "id text",
        "actor json",
        "actor.email text",
        "p_event_time timestamp",
        "p_any_emails json",
    ] {
        assert!(every.contains(&column.to_owned()), "{column}: {every:?}");
    }
    assert_eq!(columns("all_logs").last().unwrap(), "p_db_name text");
}
