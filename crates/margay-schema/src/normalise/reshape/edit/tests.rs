use super::*;
use crate::schema::Schema;

/// Runs the one phase of a schema's over a record. Returns what it writes, and how often it made something of a source.
fn run_phase(fields: &str, record: &str) -> (String, usize) {
    let schema = Schema::from_yaml(&format!("schema: Custom.Test\nfields:\n{fields}")).unwrap();
    let reshape = schema.reshape.unwrap();
    let [plan] = &*reshape.phases else { panic!("one phase") };
    let (mut out, mut problems) = (Out::default(), Problems::default());
    let mut phase = Phase::of(plan, record, &mut problems).ok().unwrap();
    let written = phase.object(&plan.targets, Some(record), Key::Name, &Path::Root, &mut out);
    assert!(matches!(written, Ok(true)));
    (out.text, phase.source_use_count)
}

/// Runs a phase over a record with many elements. All of them shall be as `element` says, though what is read is read
/// `expected_count` times.
fn check_made_once(fields: &str, big: &str, element: &str, expected_count: usize) {
    const ELEMENT_COUNT: usize = 1_000;
    let record = |element: &str| {
        let items = vec![element; ELEMENT_COUNT].join(",");
        format!("{{\"big\":{big},\"items\":[{items}]}}")
    };
    let (written, count) = run_phase(fields, &record("{}"));
    assert_eq!(written, record(element), "{fields}");
    assert_eq!(count, expected_count, "{fields}");
}

#[test]
fn a_split_is_made_once_for_all_elements() {
    let fields = "
  - {name: big, type: json}
  - name: items
    type: array
    element:
      type: object
      fields:
        - {name: x, type: string, split: {from: big, separator: ':', index: 1}}
        - {name: y, type: string, split: {from: big, separator: ':', index: 2}}";
    check_made_once(fields, r#""a:\"b""#, r#"{"x":"\"b"}"#, 2);
    check_made_once(fields, r#""a""#, "{}", 2);
}

#[test]
fn a_concat_is_made_once_for_all_elements() {
    let fields = "
  - {name: big, type: json}
  - name: items
    type: array
    element: {type: object, fields: [{name: x, type: string, concat: {paths: [big, big], separator: '-'}}]}";
    check_made_once(fields, r#""a""#, r#"{"x":"a-a"}"#, 1);
}

#[test]
fn a_copy_is_unfolded_once_for_all_elements() {
    let fields = "
  - {name: big, type: string}
  - name: items
    type: array
    element: {type: object, fields: [{name: x, type: json, isEmbeddedJSON: true, copy: {from: big}}]}";
    let run = |element_count: usize| {
        let record = format!(r#"{{"big":"1    ","items":[{}]}}"#, vec!["{}"; element_count].join(","));
        let schema = Schema::from_yaml(&format!("schema: Custom.Test\nfields:\n{fields}")).unwrap();
        assert!(schema.reshape.is_some());
        run_phase(fields, &record)
    };
    assert_eq!(
        run(3),
        (r#"{"big":"1    ","items":[{"x":1},{"x":1},{"x":1}]}"#.into(), 1)
    );
    assert_eq!(run(1_000).1, 1);
}

#[test]
fn a_copy_with_copies_inside_is_made_once_for_all_elements() {
    let fields = "
  - {name: big, type: json}
  - name: items
    type: array
    element:
      type: object
      fields:
        - name: x
          type: object
          copy: {from: big}
          fields:
            - name: l
              type: array
              element: {type: object, fields: [{name: y, type: json, copy: {from: big.n}}]}";
    check_made_once(
        fields,
        r#"{"n":  [1 ],  "l" : [ {} ,  {"y":2}]   }"#,
        r#"{"x":{"n":[1 ],"l":[{"y":[1 ]},{"y":[1 ]}]}}"#,
        2,
    );
}

#[test]
fn a_part_is_what_splitting_gives() {
    for text in ["", ":", "a", "a:", ":a", "a:b", "::", ":::", "a::b:::c", "é:é"] {
        for separator in [":", "::", "é", "a:"] {
            for index in 0..6 {
                let found = part(text, separator, index).map(|part| &text[part]);
                assert_eq!(found, text.split(separator).nth(index), "{text} {separator} {index}");
            }
        }
    }
}
