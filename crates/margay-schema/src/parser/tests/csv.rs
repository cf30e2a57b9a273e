use ::csv::{QuoteStyle, ReaderBuilder, WriterBuilder};
use expect_test::expect;
use proptest::prelude::*;

use super::super::{Line, Parser};
use super::{check, check_refused, normalise, schema, show};

#[test]
fn cells_are_named_by_the_columns() {
    check(
        "  csv: {columns: [year, '', 'message text'], emptyValues: ['-']}",
        &[
            "2020,09,hello",
            "2020,-,-",
            ",,",
            "2020",
            "2020,09",
            "2020,09,x,",
            "2020,09,x, ,",
            "2020,09,x,y",
            "é,ü,ö",
        ],
        expect![[r#"
            "2020,09,hello"
              {"year":"2020","message text":"hello"}
            "2020,-,-"
              {"year":"2020"}
            ",,"
              {"year":"","message text":""}
            "2020"
              {"year":"2020"}
            "2020,09"
              {"year":"2020"}
            "2020,09,x,"
              {"year":"2020","message text":"x"}
            "2020,09,x, ,"
              {"year":"2020","message text":"x"}
            "2020,09,x,y"
              reject: record: expected a csv row of 3 cells, found text in cell 4
            "é,ü,ö"
              {"year":"é","message text":"ö"}
        "#]],
    );
}

#[test]
fn quotes_are_those_of_rfc_4180() {
    check(
        "  csv: {columns: [a, b]}",
        &[
            r#""x","y""#,
            r#""x, ""y""",z"#,
            r#""","""#,
            r#""""","""#,
            r#"x"y,"z"w"#,
            r#""x"y,z",w"#,
            r#" "x",y"#,
            r#""x,y"#,
            r#"x,"y""""#,
            "\"tab\there\",\"\u{1}\"",
        ],
        expect![[r#"
            "\"x\",\"y\""
              {"a":"x","b":"y"}
            "\"x, \"\"y\"\"\",z"
              {"a":"x, \"y\"","b":"z"}
            "\"\",\"\""
              {"a":"","b":""}
            "\"\"\"\",\"\""
              {"a":"\"","b":""}
            "x\"y,\"z\"w"
              reject: record: expected a csv row whose quoted cells end in it, found no end of the quote at byte 4
            "\"x\"y,z\",w"
              {"a":"x\"y,z","b":"w"}
            " \"x\",y"
              {"a":" \"x\"","b":"y"}
            "\"x,y"
              reject: record: expected a csv row whose quoted cells end in it, found no end of the quote at byte 0
            "x,\"y\"\"\""
              {"a":"x","b":"y\""}
            "\"tab\there\",\"\u{1}\""
              {"a":"tab\there","b":"\u0001"}
        "#]],
    );
}

#[test]
fn a_delimiter_is_any_character_but_a_quote() {
    for (delimiter, row) in [
        ("\\t", "x y\tz"),
        (" ", "x z"),
        (";", "x,y;z"),
        ("|", "x|z"),
        ("¦", "x¦z"),
        ("'", "x'z"),
        ("\\x01", "x\u{1}z"),
    ] {
        let schema = schema(&format!("  csv: {{columns: [a, b], delimiter: \"{delimiter}\"}}"));
        let shown = show(schema.session().read(row.as_bytes()));
        assert!(shown.ends_with(",\"b\":\"z\"}"), "{delimiter:?} {shown}");
        let quoted = show(schema.session().read(format!("\"{row}\"").as_bytes()));
        assert_eq!(quoted, format!("{{\"a\":{}}}", serde_json::to_string(row).unwrap()));
    }
    check(
        "  csv: {columns: [a, b]}",
        &["x,y"],
        expect![[r#"
            "x,y"
              {"a":"x","b":"y"}
        "#]],
    );
}

#[test]
fn space_is_trimmed_before_values_are_compared_with_none() {
    check(
        "  csv: {columns: [a, b, c], trimSpace: true, emptyValues: ['-', 'N/\"A\"', '']}",
        &[" x , - ,y ", "\" x \",\"N/\"\"A\"\"\",\"-\"", "  ,\" \","],
        expect![[r#"
            " x , - ,y "
              {"a":"x","c":"y"}
            "\" x \",\"N/\"\"A\"\"\",\"-\""
              {"a":"x"}
            "  ,\" \","
              {}
        "#]],
    );
}

#[test]
fn a_session_takes_the_names_from_the_header() {
    check(
        "  csv:
    hasHeader: true
    skipPrefix: '#'
    expandFields: {cost: '%{$cost} USD', none: '%{missing}'}",
        &[
            "# made today",
            "",
            "\u{feff}user,\"$cost\",,user name\r\n",
            "anna,7,hidden,Anna Ek\n",
            "# the end",
            "user,\"$cost\",,user name",
            "a,b,c,d,e",
        ],
        expect![[r##"
            "# made today"
              skipped: a line that starts with `skipPrefix`
            ""
              skipped: a blank line
            "\u{feff}user,\"$cost\",,user name\r\n"
              skipped: the header
            "anna,7,hidden,Anna Ek\n"
              {"user":"anna","$cost":"7","user name":"Anna Ek","cost":"7 USD"}
            "# the end"
              skipped: a line that starts with `skipPrefix`
            "user,\"$cost\",,user name"
              {"user":"user","$cost":"$cost","user name":"user name","cost":"$cost USD"}
            "a,b,c,d,e"
              reject: record: expected a csv row of 4 cells, found text in cell 5
        "##]],
    );
}

#[test]
fn a_header_that_cannot_name_columns_rejects_its_file() {
    for (header, found) in [
        (
            "a,b,a",
            "expected a csv header of different names, found the same name in columns 1 and 3",
        ),
        (",\"\",", "expected a csv header of different names, found no name"),
        (
            "a,\"b",
            "expected a csv row whose quoted cells end in it, found no end of the quote at byte 2",
        ),
    ] {
        let schema = schema("  csv: {hasHeader: true}");
        let mut session = schema.session();
        for line in [header, "1,2,3"] {
            let shown = show(session.read(line.as_bytes()));
            assert_eq!(shown, format!("reject: record: {found}"), "{line}");
        }
    }
    let wide = "x,".repeat(2_001);
    let schema = schema("  csv: {hasHeader: true}");
    assert_eq!(
        show(schema.session().read(wide.as_bytes())),
        "reject: record: expected a csv header of at most 2000 columns, found more"
    );
}

#[test]
fn a_session_skips_a_header_if_the_schema_has_the_names() {
    check(
        "  csv: {hasHeader: true, columns: [foo, bar]}",
        &["the names,of others", "1,2", "foo,bar"],
        expect![[r#"
            "the names,of others"
              skipped: the header
            "1,2"
              {"foo":"1","bar":"2"}
            "foo,bar"
              {"foo":"foo","bar":"bar"}
        "#]],
    );
}

#[test]
fn a_row_alone_is_a_record_unless_it_is_plainly_none() {
    let renamed = schema("  csv: {hasHeader: true, columns: [foo, '', bar], skipPrefix: '#'}");
    assert_eq!(normalise(&renamed, b"1,2,3"), r#"{"p_unmapped":{"bar":"3","foo":"1"}}"#);
    assert_eq!(
        normalise(&renamed, b"\"foo\",,bar\n"),
        "reject: record: expected a record for the csv parser, found the header"
    );
    assert_eq!(
        normalise(&renamed, b"# foo,bar"),
        "reject: record: expected a record for the csv parser, found a line that starts with `skipPrefix`"
    );
    let of_header = schema("  csv: {hasHeader: true}");
    assert_eq!(
        normalise(&of_header, b"1,2"),
        "reject: record: expected a csv row after the header of its file, which names the columns, found a row alone"
    );
    let needs_header = |schema: &crate::Schema| matches!(schema.parser(), Some(Parser::Csv(csv)) if csv.needs_header());
    assert!(needs_header(&of_header) && !needs_header(&renamed));
}

#[test]
fn csv_that_is_wrong_is_refused() {
    check_refused(
        "  csv: {}",
        expect![[r#"
            3:8: parser.csv: a csv parser needs `columns`
              hint: if the first row of each file has the names, say `hasHeader: true`"#]],
    );
    check_refused(
        "  csv: {delimiter: '', columns: []}",
        expect![[r#"
            3:20: parser.csv: `delimiter` is one character
            3:33: parser.csv: `columns` names at least one column"#]],
    );
    check_refused(
        "  csv: {delimiter: '\\t', columns: ['', '']}",
        expect![[r#"
            3:20: parser.csv: `delimiter` is one character
              hint: a tab is written "\t", in double quotes
            3:35: parser.csv: `columns` names at least one column"#]],
    );
    check_refused(
        "  csv:
    delimiter: '\"'
    columns:
      - a
      - b
      - a
      - \"x\\ty\"
    delimeter: ','",
        expect![[r#"
            4:16: parser.csv: the delimiter of a csv row is neither a quote nor a line break
            8:9: parser.csv: `a` is already a column, see line 6
            9:9: parser.csv: the name of a column has no control characters
            10:5: parser.csv: a csv parser has no key `delimeter`
              hint: did you mean `delimiter`?"#]],
    );
    check_refused(
        "  csv: {columns: 'a,b', hasHeader: yes}",
        expect![[r#"
            3:18: parser.csv: `columns` is a list of texts, found text
              hint: for one text, write `columns: ['…']`
            3:36: parser.csv: `hasHeader` is `true` or `false`, without quotes"#]],
    );
}

/// Cells of a row as our parser reads them.
fn cells(row: &str, delimiter: char, count: usize) -> Option<Vec<String>> {
    let columns: Vec<String> = (0..count).map(|i| format!("c{i}")).collect();
    let schema = schema(&format!(
        "  csv: {{columns: [{}], delimiter: {}}}",
        columns.join(","),
        serde_json::to_string(&delimiter).unwrap()
    ));
    // A row of one empty cell is a blank line for a file, not for a parser.
    let parser = schema.parser().unwrap();
    let mut json = String::new();
    parser
        .write_json(row, &mut super::super::Buffers::default(), &mut json)
        .ok()?;
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&json).unwrap();
    let cell = |column: &String| object.get(column).map(|value| value.as_str().unwrap().to_owned());
    columns
        .iter()
        .map_while(|column| Some(cell(column)))
        .flatten()
        .map(Some)
        .collect()
}

proptest! {
    #[test]
    fn what_the_csv_crate_writes_is_read_back(
        row in prop::collection::vec("[a-c,;\"'\t é\\\\]{0,6}", 1..6),
        delimiter in prop::sample::select(vec![',', '\t', ';', ' ', '|']),
        style in prop::sample::select(vec![0, 1, 2]),
    ) {
        let style = [QuoteStyle::Necessary, QuoteStyle::Always, QuoteStyle::NonNumeric][style];
        let mut writer = WriterBuilder::new()
            .delimiter(u8::try_from(delimiter).unwrap())
            .quote_style(style)
            .has_headers(false)
            .from_writer(Vec::new());
        writer.write_record(&row).unwrap();
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        prop_assert_eq!(cells(text.trim_end_matches('\n'), delimiter, row.len()), Some(row));
    }

    #[test]
    fn rows_without_stray_quotes_are_read_as_the_csv_crate_reads_them(
        row in "([a-c]{0,3}|\"([a-c,]|\"\"){0,4}\")(,([a-c ]{0,3}|\"([a-c,]|\"\"){0,4}\")){0,5}"
    ) {
        let mut reader = ReaderBuilder::new().has_headers(false).from_reader(row.as_bytes());
        let Some(record) = reader.records().next() else { return Ok(()) };
        let record: Vec<String> = record.unwrap().iter().map(str::to_owned).collect();
        prop_assert_eq!(cells(&row, ',', record.len()), Some(record));
    }

    #[test]
    fn no_row_panics(row in "[a-b,\"\\\\ é]{0,12}", header in "[a-b,\"é]{0,8}") {
        for parser in ["  csv: {hasHeader: true}", "  csv: {columns: [a, b], trimSpace: true, expandFields: {c: '%{a}'}}"] {
            let schema = schema(parser);
            let mut session = schema.session();
            for line in [&header, &row, &row] {
                if let Line::Json(json) = session.read(line.as_bytes()) {
                    prop_assert!(serde_json::from_str::<serde_json::Value>(json).is_ok());
                }
            }
        }
    }
}
