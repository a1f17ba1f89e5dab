use crate::error::LeafError;
use crate::transport::{Answer, Call, Failure, Transport};
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use std::time::Duration;

/// How much of a wrong answer a message shows, in UTF-16 units, as in every SDK.
const EXCERPT: usize = 80;

/// Makes calls: sends a request, turns the answer into a reply and every failure into an error that
/// names the call and the server.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) transport: Transport,
    /// How messages name the server, such as `127.0.0.1:10001`.
    pub(crate) server: String,
    /// Begins the message when nothing listens there.
    pub(crate) not_running: String,
    /// Ends it.
    pub(crate) remedy: &'static str,
}

impl Caller {
    /// Makes a call whose answer is of no interest.
    pub(crate) async fn order(&self, call: Call) -> Result<(), LeafError> {
        self.send(&call).await.map(drop)
    }

    /// Makes a call whose answer is JSON of this type.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, call: Call) -> Result<T, LeafError> {
        let answer = self.send(&call).await?;
        serde_json::from_str(&answer.body)
            .map_err(|error| self.not_json(&call, &answer.body, &error))
    }

    async fn send(&self, call: &Call) -> Result<Answer, LeafError> {
        let answer = match self.transport.send(call).await {
            Ok(answer) => answer,
            Err(failure) => return Err(self.failed(call, failure)),
        };
        let succeeded = answer.status / 100 == 2;
        if is_html(&answer) {
            let text = format!(
                "{}: {} answered HTTP {} with a page of HTML, so it is not Leaf's API; it begins '{}'",
                call.name,
                self.server,
                answer.status,
                excerpt(&answer.body)
            );
            return Err(if succeeded {
                LeafError::bad_answer(text)
            } else {
                LeafError::Refused {
                    status: answer.status,
                    text,
                }
            });
        }
        if succeeded {
            return Ok(answer);
        }
        Err(self.refused(call, &answer))
    }

    pub(crate) fn refused(&self, call: &Call, answer: &Answer) -> LeafError {
        let text = trimmed(&answer.body);
        LeafError::Refused {
            status: answer.status,
            text: if text.is_empty() {
                format!(
                    "{}: {} answered HTTP {}",
                    call.name, self.server, answer.status
                )
            } else {
                text.to_owned()
            },
        }
    }

    pub(crate) fn failed(&self, call: &Call, failure: Failure) -> LeafError {
        match failure {
            Failure::NotRunning(reason) => LeafError::NotRunning {
                text: format!("{} ({reason}){}", self.not_running, self.remedy),
            },
            Failure::Timeout(time) => LeafError::Timeout {
                text: format!(
                    "{}: {} did not answer within {}",
                    call.name,
                    self.server,
                    words(time)
                ),
            },
            Failure::Broken(reason) | Failure::Unreachable(reason) => LeafError::io(format!(
                "{}: the exchange with {} broke off: {reason}",
                call.name, self.server
            )),
        }
    }

    fn not_json(&self, call: &Call, body: &str, error: &serde_json::Error) -> LeafError {
        let early = trimmed(body).is_empty() || error.classify() == Category::Eof;
        LeafError::bad_answer(format!(
            "{}: the answer of {}{}; it begins '{}'",
            call.name,
            self.server,
            if early {
                " ends before its JSON does"
            } else {
                " is not the JSON expected"
            },
            excerpt(body)
        ))
    }
}

fn words(time: Duration) -> String {
    let millis = time.as_millis();
    if millis % 1000 == 0 {
        format!("{} s", millis / 1000)
    } else {
        format!("{millis} ms")
    }
}

/// Without control characters and spaces at its ends.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|c| c <= ' ')
}

/// Whether this is a page for people.
fn is_html(answer: &Answer) -> bool {
    let begins = |with: &str| {
        trimmed(&answer.body)
            .get(..with.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(with))
    };
    answer.content_type.to_ascii_lowercase().contains("html")
        || begins("<!doctype")
        || begins("<html")
}

/// The beginning of the body in one line.
fn excerpt(body: &str) -> String {
    // looks no further than it needs, for the body may be large
    let mut line = String::new();
    let mut units = 0;
    let mut gap = false;
    for c in trimmed(body).chars() {
        if matches!(c, ' ' | '\t' | '\n' | '\x0b' | '\x0c' | '\r') {
            gap = true;
            continue;
        }
        for next in gap.then_some(' ').into_iter().chain([c]) {
            units += next.len_utf16();
            if units > EXCERPT {
                line.push('…');
                return line;
            }
            line.push(next);
        }
        gap = false;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_whole_seconds_where_they_are() {
        assert_eq!(words(Duration::from_secs(30)), "30 s");
        assert_eq!(words(Duration::from_millis(1500)), "1500 ms");
        assert_eq!(words(Duration::from_millis(400)), "400 ms");
    }

    #[test]
    fn an_excerpt_is_one_short_line() {
        assert_eq!(excerpt(" \n<html>\r\n  <p>\tx \n"), "<html> <p> x");
        assert_eq!(excerpt(&"a".repeat(80)), "a".repeat(80));
        assert_eq!(excerpt(&"a".repeat(81)), format!("{}…", "a".repeat(80)));
        assert_eq!(
            excerpt(&format!("{} bcd", "a".repeat(79))),
            format!("{} …", "a".repeat(79))
        );
        // an emoji is two units, and is not cut in half
        assert_eq!(
            excerpt(&format!("{}😀", "a".repeat(79))),
            format!("{}…", "a".repeat(79))
        );
        assert_eq!(excerpt(&"😀".repeat(40)), "😀".repeat(40));
        assert_eq!(excerpt(""), "");
    }

    #[test]
    fn pages_are_told_by_type_or_beginning() {
        let page = |content_type: &str, body: &str| {
            is_html(&Answer {
                status: 200,
                content_type: content_type.to_owned(),
                body: body.to_owned(),
            })
        };
        assert!(page("text/HTML; charset=utf-8", "x"));
        assert!(page("application/json", "\n <!DocType html>"));
        assert!(page("", "<HTML>"));
        assert!(!page("text/plain", "unknown outbound '<html>'"));
        assert!(!page("", "<ü"));
    }
}
