//! Base64 in the standard alphabet with padding, which offsets and SAML answers are written in.
//!
//! Its `+`, `/` and `=` are the point: a client that does not percent-encode them breaks here and not in production.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Appends `bytes` to `text`.
pub(crate) fn encode_into(text: &mut String, bytes: &[u8]) {
    for group in bytes.chunks(3) {
        let byte = |place: usize| u32::from(group.get(place).copied().unwrap_or_default());
        let bits = (byte(0) << 16) | (byte(1) << 8) | byte(2);
        for place in 0..4 {
            if place <= group.len() {
                text.push(sign(bits >> (18 - 6 * place)));
            } else {
                text.push('=');
            }
        }
    }
}

/// Returns the sign of the six lowest bits.
pub(crate) fn sign(bits: u32) -> char {
    char::from(ALPHABET[(bits & 63) as usize])
}

/// Returns the bytes that `text` encodes; `None` unless it is exactly what [`encode_into`] would write.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let signs = text.trim_end_matches('=');
    if !text.len().is_multiple_of(4) || text.len() - signs.len() > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for group in signs.as_bytes().chunks(4) {
        let mut bits: u32 = 0;
        for place in 0..4 {
            let value = match group.get(place) {
                Some(sign) => ALPHABET.iter().position(|known| known == sign)?,
                None => 0,
            };
            bits = (bits << 6) | u32::try_from(value).ok()?;
        }
        let [_, first, second, third] = bits.to_be_bytes();
        let whole = [first, second, third];
        bytes.extend_from_slice(whole.get(..group.len() - 1)?);
    }
    let mut again = String::with_capacity(text.len());
    encode_into(&mut again, &bytes);
    (again == text).then_some(bytes)
}

#[cfg(test)]
mod tests;
