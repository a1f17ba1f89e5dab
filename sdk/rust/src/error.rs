use std::fmt;

/// Why a call failed. Every `anyhow::Error` of this crate holds one; its text, which is also the
/// error's own, is fit to be shown.
///
/// ```
/// use leaf_sdk_desktop::{ApiClient, LeafError};
///
/// let error = ApiClient::new("127.0.0.1").unwrap_err();
/// assert!(matches!(error.downcast_ref(), Some(LeafError::Invalid { .. })));
/// assert_eq!(error.to_string(), "'127.0.0.1' is not a base URL such as http://127.0.0.1:10001");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LeafError {
    /// Leaf was reached and said no; the text is its own.
    #[non_exhaustive]
    Refused {
        /// The HTTP status, such as 404 for an unknown tag; 0 when it did not come over HTTP.
        status: u16,
        /// What the server wrote.
        text: String,
    },
    /// Nothing listens there; the text says how to start it.
    #[non_exhaustive]
    NotRunning {
        /// Where nothing listens, and the remedy.
        text: String,
    },
    /// No answer came in time.
    #[non_exhaustive]
    Timeout {
        /// The call, the server and the time waited.
        text: String,
    },
    /// The answer is broken or not of Leaf: HTML, half an answer, another JSON.
    #[non_exhaustive]
    BadAnswer {
        /// The call, the server and how the answer begins.
        text: String,
    },
    /// The exchange broke off, or a file or program could not be used.
    #[non_exhaustive]
    Io {
        /// What was tried and how it failed.
        text: String,
    },
    /// The call itself was wrong, such as a base URL that is none; nothing was sent.
    #[non_exhaustive]
    Invalid {
        /// What is wrong.
        text: String,
    },
    /// A call that needs a hosted service, which this core is not.
    #[non_exhaustive]
    Unsupported {
        /// The call.
        text: String,
    },
}

impl LeafError {
    /// The whole text, the same as `to_string()`.
    pub fn text(&self) -> &str {
        match self {
            LeafError::Refused { text, .. }
            | LeafError::NotRunning { text }
            | LeafError::Timeout { text }
            | LeafError::BadAnswer { text }
            | LeafError::Io { text }
            | LeafError::Invalid { text }
            | LeafError::Unsupported { text } => text,
        }
    }

    /// The HTTP status with which Leaf refused; `None` for every other failure.
    pub fn status(&self) -> Option<u16> {
        match self {
            LeafError::Refused { status, .. } if *status != 0 => Some(*status),
            _ => None,
        }
    }

    pub(crate) fn io(text: impl Into<String>) -> Self {
        LeafError::Io { text: text.into() }
    }

    pub(crate) fn invalid(text: impl Into<String>) -> Self {
        LeafError::Invalid { text: text.into() }
    }

    pub(crate) fn bad_answer(text: impl Into<String>) -> Self {
        LeafError::BadAnswer { text: text.into() }
    }
}

impl fmt::Display for LeafError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl std::error::Error for LeafError {}
