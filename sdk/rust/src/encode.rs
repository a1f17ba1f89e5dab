/// A text as a part of a path or query: all but the unreserved characters of RFC 3986 is encoded.
/// A part of dots alone is encoded too, lest it be taken for a step between folders.
pub(crate) fn encode(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let dots = text == "." || text == "..";
    let mut out = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        if !dots && (byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::encode;

    #[test]
    fn only_unreserved_characters_stay() {
        for (text, sent) in [
            ("us-ams_1.a~", "us-ams_1.a~"),
            ("a b/c+d%", "a%20b%2Fc%2Bd%25"),
            ("日😀", "%E6%97%A5%F0%9F%98%80"),
            (".", "%2E"),
            ("..", "%2E%2E"),
            ("...", "..."),
            ("", ""),
        ] {
            assert_eq!(encode(text), sent);
        }
    }
}
