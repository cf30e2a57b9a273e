//! Statements that are refused, and what their writers read.

use std::fmt::Write;

use expect_test::expect;
use margay_lake::QueryErrorKind;

use crate::world::World;

#[tokio::test]
async fn nothing_but_reading_is_possible() {
    let world = World::new().await;
    for sql in [
        "create table x as select 1",
        "create view x as select 1",
        "create external table x stored as csv location '/etc/passwd'",
        "create database x",
        "drop table test_every",
        "insert into test_every (id) values ('x')",
        "update test_every set id = 'x'",
        "delete from test_every",
        "copy (select 1) to '/tmp/x.csv'",
        "copy test_every to '/tmp/x.csv'",
        "set datafusion.execution.batch_size = 1",
        "reset datafusion.execution.batch_size",
        "begin",
        "commit",
        "prepare p as select 1",
        "execute p",
        "truncate table test_every",
        "explain delete from test_every",
        "explain analyze insert into test_every (id) values ('x')",
        "select 1 as a into new_table",
        "use margay_logs",
        "create function f() returns int return 1",
        "call f()",
        "merge into test_every t using test_other o on t.id = o.id when matched then delete",
    ] {
        let error = world.error(sql).await;
        let is_refused = error.kind == QueryErrorKind::Refused || (error.kind == QueryErrorKind::Invalid);
        assert!(is_refused, "{sql}: {error:?}");
    }
    assert_eq!(
        world.error("delete from test_every").await.kind,
        QueryErrorKind::Refused
    );
    assert_eq!(world.count("test_every").await, 0);
}

#[tokio::test]
async fn files_cannot_be_read() {
    let world = World::new().await;
    for sql in [
        "select * from '/etc/passwd'",
        "select * from \"/etc/passwd\"",
        "select * from read_csv('/etc/passwd')",
        "select * from read_parquet('/x')",
        "select read_file('/etc/passwd')",
    ] {
        let error = world.error(sql).await;
        assert_eq!(error.kind, QueryErrorKind::Invalid, "{sql}: {error:?}");
    }
}

#[tokio::test]
async fn errors_speak_to_the_writer() {
    let world = World::new().await;
    let mut text = String::new();
    for sql in [
        "select idd from test_every",
        "select camelcase from test_every",
        "select t.nothing_like_it from test_other t",
        "select * from no_such",
        "select * from panther_logs.public.no_such",
        "selec 1",
        "select (1",
        "select 1; select 2",
        "",
        "-- nothing",
        "select no_such(1)",
        "select 1 / 0",
        "select cast('x' as int)",
        "select json_get_text('{}')",
        "select id from test_every a join test_every b on a.id = b.id",
        "select actor.nope from test_every",
        "select * from test_every where p_occurs_since('soon')",
        "drop table test_every",
    ] {
        let error = world.error(sql).await;
        writeln!(text, "> {sql}\n{:?}: {error}", error.kind).unwrap();
    }
    expect![[r#"
        > select idd from test_every
        Invalid: there is no column `idd`
        hint: did you mean `id`?
        > select camelcase from test_every
        Invalid: there is no column `camelcase`
        hint: names with capital letters need double quotes: "CamelCase"
        > select t.nothing_like_it from test_other t
        Invalid: there is no column `t.nothing_like_it`
        hint: the columns are id, at, login, p_log_type, p_row_id, p_event_time, p_parse_time, p_schema_version, p_source_id, p_source_label, p_unmapped, p_any_actor_ids, p_any_aws_account_ids, p_any_aws_arns, p_any_aws_instance_ids, p_any_aws_tags, p_any_domain_names, p_any_emails, p_any_ip_addresses, p_any_mac_addresses, p_any_md5_hashes, p_any_serial_numbers, p_any_sha1_hashes, p_any_sha256_hashes, p_any_trace_ids, p_any_usernames, p_event_date
        > select * from no_such
        Invalid: there is no table `no_such`
        hint: the tables are margay_logs.test_every, margay_logs.test_other, margay_monitor.classification_failures, margay_views.all_logs
        > select * from panther_logs.public.no_such
        Invalid: there is no table `panther_logs.public.no_such`
        hint: the tables are margay_logs.test_every, margay_logs.test_other, margay_monitor.classification_failures, margay_views.all_logs
        > selec 1
        Invalid: this is not SQL that we understand: Expected: an SQL statement, found: selec at Line: 1, Column: 1
        > select (1
        Invalid: this is not SQL that we understand: Expected: ), found: EOF
        > select 1; select 2
        Invalid: one statement at a time, please
        > 
        Invalid: there is no statement
        hint: try select * from margay_views.all_logs limit 10
        > -- nothing
        Invalid: there is no statement
        hint: try select * from margay_views.all_logs limit 10
        > select no_such(1)
        Invalid: Invalid function 'no_such'
        hint: did you mean `cosh`?
        > select 1 / 0
        Invalid: Divide by zero error
        > select cast('x' as int)
        Invalid: Cast error: Cannot cast string 'x' to value of Int32 type
        > select json_get_text('{}')
        Invalid: json_get_text takes a text and at least one key
        > select id from test_every a join test_every b on a.id = b.id
        Invalid: the column `id` is in more than one table
        hint: put the table's name or alias before it
        > select actor.nope from test_every
        Invalid: Field nope not found in struct
        > select * from test_every where p_occurs_since('soon')
        Invalid: p_occurs_since: `soon` does not begin with a whole number
        hint: call it like p_occurs_since('1 d' [, alias [, column]])
        > drop table test_every
        Refused: only reading is allowed here
        hint: start with select, with, explain, describe or show tables
    "#]].assert_eq(&text);
}
