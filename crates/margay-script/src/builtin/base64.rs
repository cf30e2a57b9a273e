//! `base64.decode` and `base64.encode`.

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{Arguments, Method, text};
use crate::evaluate::Evaluator;
use crate::problem::{Fault, Run};
use crate::value::Value;

/// Padding is written, and may be left out of what is read.
const CONFIG: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

pub(super) fn call(evaluator: &mut Evaluator<'_, '_>, method: Method, arguments: Arguments) -> Run<Value> {
    let function = if method == Method::Decode {
        "base64.decode"
    } else {
        "base64.encode"
    };
    let heap = &mut evaluator.heap;
    let [source, encoding] = arguments.take(function, ["src", "encoding"], 1)?;
    let source = text(source, function)?;
    let encoding = match encoding {
        None => "standard",
        Some(_) => heap.text(text(encoding, function)?),
    };
    let (alphabet, is_padded) = match encoding {
        "standard" => (&STANDARD, true),
        "standard_raw" => (&STANDARD, false),
        "url" => (&URL_SAFE, true),
        "url_raw" => (&URL_SAFE, false),
        _ => {
            return Err(Fault::operation(format!(
                "`{function}` knows the encodings standard, standard_raw, url and url_raw"
            )));
        }
    };
    let engine = GeneralPurpose::new(alphabet, CONFIG.with_encode_padding(is_padded));
    let source = heap.text(source);
    // Text that is no UTF-8 grows to three bytes for one.
    heap.charge_text(source.len().saturating_mul(4).saturating_add(4))?;
    if method == Method::Encode {
        let encoded = engine.encode(source);
        return Ok(heap.add_charged_text(encoded));
    }
    let decoded = engine
        .decode(source)
        .map_err(|_| Fault::operation("`base64.decode` got text that is no base64"))?;
    let decoded = String::from_utf8_lossy(&decoded).into_owned();
    Ok(heap.add_charged_text(decoded))
}
