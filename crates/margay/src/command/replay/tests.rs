use expect_test::{Expect, expect};
use margay_runtime::replay::Replayed;

use super::verdict;

fn check(replayed: &Replayed, expected: &Expect) {
    let source_id = "5c4f2f0e-1f5b-4a8e-9d4c-0a6f7b1c2d3e".parse().unwrap();
    let log_type = "Asana.Audit".parse().unwrap();
    let said = match verdict(source_id, &log_type, replayed) {
        Ok(()) => "0".to_owned(),
        Err(failure) => format!("{}\n{failure}", failure.exit() as u8),
    };
    expected.assert_eq(&said);
}

#[test]
fn the_exit_code_tells_whether_it_was_stopped_and_whether_all_fits() {
    let of = |failing, kept, is_stopped| Replayed {
        failing,
        kept,
        is_stopped,
        ..Replayed::default()
    };
    check(&of(0, 0, false), &expect!["0"]);
    check(
        &of(2, 3, true),
        &expect![[r"
            1
            the replay was stopped before its end
            hint: run it again to finish it; what is done is found unchanged"]],
    );
    check(
        &of(0, 0, true),
        &expect![[r"
            1
            the replay was stopped before its end
            hint: run it again to finish it; what is done is found unchanged"]],
    );
    check(
        &of(2, 3, false),
        &expect![[r#"
            8
            5 records do not fit `Asana.Audit`: 2 have no row, 3 keep the row that they have
            hint: `margay query "select error, count(*) from margay_monitor.classification_failures where p_source_id = '5c4f2f0e-1f5b-4a8e-9d4c-0a6f7b1c2d3e' group by 1"` tells why"#]],
    );
    check(
        &of(0, 3, false),
        &expect![[r"
            8
            3 records do not fit `Asana.Audit`: 0 have no row, 3 keep the row that they have"]],
    );
}
