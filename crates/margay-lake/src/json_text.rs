//! `json_get_text(json, key, …)`: a value inside a JSON text, as text.
//!
//! Columns of type `json`, such as Asana's `details`, are kept as the vendor's text. A key is a member's name, or a position
//! in an array counted from 0. The result is null where the path leads nowhere, the text is not JSON, or the value is null;
//! a string comes without its quotes, anything else as JSON.

use std::sync::Arc;

use deltalake::arrow::array::{Array, ArrayRef, AsArray, StringBuilder};
use deltalake::arrow::compute::cast;
use deltalake::arrow::datatypes::DataType;
use deltalake::datafusion::common::Result;
use deltalake::datafusion::error::DataFusionError;
use deltalake::datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use serde_json::Value;

#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct JsonGetText {
    signature: Signature,
}

impl Default for JsonGetText {
    fn default() -> Self {
        Self {
            signature: Signature::variadic_any(Volatility::Immutable),
        }
    }
}

impl ScalarUDFImpl for JsonGetText {
    fn name(&self) -> &'static str {
        "json_get_text"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        if arguments.len() < 2 {
            return Err(DataFusionError::Plan(
                "json_get_text takes a text and at least one key".to_owned(),
            ));
        }
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let columns = ColumnarValue::values_to_arrays(&arguments.args)?
            .iter()
            .map(|column| Ok(cast(column.as_ref(), &DataType::Utf8)?))
            .collect::<Result<Vec<ArrayRef>>>()?;
        let [texts, keys @ ..] = columns.as_slice() else {
            return Err(DataFusionError::Execution(
                "json_get_text takes a text and keys".to_owned(),
            ));
        };
        let texts = texts.as_string::<i32>();
        let keys: Vec<_> = keys.iter().map(AsArray::as_string::<i32>).collect();
        let mut found = StringBuilder::new();
        for row in 0..texts.len() {
            let is_null = texts.is_null(row) || keys.iter().any(|keys| keys.is_null(row));
            let path = keys.iter().map(|keys| keys.value(row));
            found.append_option(if is_null { None } else { get(texts.value(row), path) });
        }
        Ok(ColumnarValue::Array(Arc::new(found.finish())))
    }
}

fn get<'a>(text: &str, path: impl Iterator<Item = &'a str>) -> Option<String> {
    let root: Value = serde_json::from_str(text).ok()?;
    let mut value = &root;
    for key in path {
        value = match value {
            Value::Object(members) => members.get(key)?,
            Value::Array(items) => items.get(key.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_text() {
        let text = r#"{"a": {"b": ["x", {"c": 12345678901234567}]}, "s": "it's", "n": null}"#;
        for (path, expected) in [
            (&["s"][..], Some("it's")),
            (&["a", "b", "0"], Some("x")),
            (&["a", "b", "1", "c"], Some("12345678901234567")),
            (&["a", "b", "1"], Some(r#"{"c":12345678901234567}"#)),
            (&["n"], None),
            (&["missing"], None),
            (&["a", "b", "7"], None),
            (&["s", "deeper"], None),
        ] {
            assert_eq!(get(text, path.iter().copied()).as_deref(), expected, "{path:?}");
        }
        assert_eq!(get("no json", ["a"].into_iter()), None);
    }
}
