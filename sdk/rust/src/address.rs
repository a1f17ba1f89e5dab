use crate::error::LeafError;
use hyper::Uri;

/// Where an HTTP API listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// The base URL without a slash at its end.
    pub(crate) base: String,
    /// As a socket takes it: an IPv6 address without its brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Host and port, such as `127.0.0.1:10001`.
    pub(crate) authority: String,
}

impl Address {
    /// The address of a base URL such as `http://127.0.0.1:10001`, with or without a slash at its
    /// end.
    pub(crate) fn of(base_url: &str) -> Result<Address, LeafError> {
        Address::parse(base_url.trim()).ok_or_else(|| {
            LeafError::invalid(format!(
                "'{base_url}' is not a base URL such as http://127.0.0.1:10001"
            ))
        })
    }

    fn parse(url: &str) -> Option<Address> {
        let uri: Uri = url.parse().ok()?;
        // a fragment is dropped by the parser, so it is looked for in the text
        if uri.scheme_str() != Some("http") || uri.query().is_some() || url.contains('#') {
            return None;
        }
        let whole = uri.authority()?;
        let host = whole.host();
        if host.is_empty() || whole.as_str().contains('@') {
            return None;
        }
        let port = match whole.as_str()[host.len()..].strip_prefix(':') {
            Some("") | None => 80,
            Some(digits) => digits.parse().ok().filter(|port| *port != 0)?,
        };
        let authority = format!("{host}:{port}");
        Some(Address {
            base: format!("http://{authority}{}", uri.path().trim_end_matches('/')),
            host: host
                .trim_start_matches('[')
                .trim_end_matches(']')
                .to_owned(),
            port,
            authority,
        })
    }

    /// The address of a port on 127.0.0.1.
    pub(crate) fn of_port(port: u16) -> Result<Address, LeafError> {
        if port == 0 {
            return Err(LeafError::invalid("the port is 0; it must be 1 to 65535"));
        }
        Address::of(&format!("http://127.0.0.1:{port}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls_are_taken_apart() {
        let address = Address::of(" http://127.0.0.1:10001/ ").unwrap();
        assert_eq!(address.base, "http://127.0.0.1:10001");
        assert_eq!(address.authority, "127.0.0.1:10001");
        assert_eq!((address.host.as_str(), address.port), ("127.0.0.1", 10001));
        let address = Address::of("HTTP://[::1]:9/leaf//").unwrap();
        assert_eq!(address.base, "http://[::1]:9/leaf");
        assert_eq!((address.host.as_str(), address.port), ("::1", 9));
        assert_eq!(
            Address::of("http://localhost").unwrap().authority,
            "localhost:80"
        );
    }

    #[test]
    fn what_is_no_base_url_is_refused() {
        for url in [
            "127.0.0.1:10001",
            "https://127.0.0.1:10001",
            "http://",
            "http://127.0.0.1:70000",
            "http://127.0.0.1:0",
            "http://127.0.0.1:10001?x=y",
            "http://127.0.0.1:10001#x",
            "http://u:p@127.0.0.1:10001",
            "http://127.0.0.1:x",
            "/path",
            "not a url",
            "",
        ] {
            let error = Address::of(url).unwrap_err();
            assert_eq!(
                error.text(),
                format!("'{url}' is not a base URL such as http://127.0.0.1:10001")
            );
        }
        let error = Address::of_port(0).unwrap_err();
        assert_eq!(error.text(), "the port is 0; it must be 1 to 65535");
    }
}
