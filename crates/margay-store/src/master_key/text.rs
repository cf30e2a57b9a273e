//! A key as text: hexadecimal, or base64 in either alphabet, with or without padding.

use secrecy::zeroize::Zeroizing;

use super::KEY_BYTES;

const BASE64_CHARS: usize = KEY_BYTES.div_ceil(3) * 4 - 1; // 43, and one sign of padding

/// Returns the key as hexadecimal text.
pub(super) fn encode(bytes: &[u8; KEY_BYTES]) -> Zeroizing<String> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    // Its full length at once, plus a line feed: a string that grows leaves copies of the key behind.
    let mut text = Zeroizing::new(String::with_capacity(KEY_BYTES * 2 + 1));
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 0xf)]));
    }
    text
}

/// Returns the key that the text says, if it is one.
pub(super) fn decode(text: &str) -> Option<Zeroizing<[u8; KEY_BYTES]>> {
    let text = text.as_bytes();
    if text.len() == KEY_BYTES * 2 {
        return digits(text, 4, |digit| char::from(digit).to_digit(16));
    }
    let unpadded = text.strip_suffix(b"=").unwrap_or(text);
    if unpadded.len() == BASE64_CHARS {
        digits(unpadded, 6, sextet)
    } else {
        None
    }
}

/// Puts together the bits of all digits, the first one highest. Bits left over at the end must be zero.
fn digits(
    text: &[u8],
    bits_per_digit: u32,
    value_of: impl Fn(u8) -> Option<u32>,
) -> Option<Zeroizing<[u8; KEY_BYTES]>> {
    let mut bytes = Zeroizing::new([0_u8; KEY_BYTES]);
    let mut written = 0;
    let mut pending = Zeroizing::new(0_u32);
    let mut pending_bits = 0;
    for &digit in text {
        *pending = (*pending << bits_per_digit) | value_of(digit)?;
        pending_bits += bits_per_digit;
        if pending_bits >= 8 {
            pending_bits -= 8;
            *bytes.get_mut(written)? = u8::try_from(*pending >> pending_bits).ok()?;
            *pending &= (1 << pending_bits) - 1;
            written += 1;
        }
    }
    (written == KEY_BYTES && *pending == 0).then_some(bytes)
}

fn sextet(digit: u8) -> Option<u32> {
    let value = match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}
