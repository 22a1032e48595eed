//! What the server's answer to an upload means.

use crate::domain::invoice::UploadOutcome;
use serde::Deserialize;

#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Accepted(UploadOutcome),
    /// Sending it again would change nothing.
    Refused(String),
    /// The server or the network is away or busy: the same request may be taken later.
    Again(String),
}

#[derive(Deserialize)]
struct Accepted {
    uploads: Vec<UploadOutcome>,
}

#[derive(Deserialize)]
struct Refusal {
    error: Reason,
}

#[derive(Deserialize)]
struct Reason {
    message: String,
}

/// Reads an answer; status 0 is none.
pub fn of(status: u16, body: &str) -> Answer {
    if (200..300).contains(&status)
        && let Ok(accepted) = serde_json::from_str::<Accepted>(body)
        && let Some(outcome) = accepted.uploads.into_iter().next()
    {
        return Answer::Accepted(outcome);
    }
    let said = serde_json::from_str::<Refusal>(body).ok().map(|refusal| refusal.error.message);
    let message = said.unwrap_or_else(|| words(status).to_owned());
    if matches!(status, 0 | 408 | 429 | 500..) { Answer::Again(message) } else { Answer::Refused(message) }
}

fn words(status: u16) -> &'static str {
    match status {
        0 => "The server could not be reached",
        401 => "You are signed out",
        403 => "Your account can not upload",
        413 => "Larger than the server takes",
        429 => "The server is busy",
        500.. => "The server has a problem",
        _ => "The server could not take the file",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accepted_file_has_its_invoice() {
        let id = "01890000-0000-7000-8000-000000000001";
        let body = format!(r#"{{"uploads": [{{"filename": "a.pdf", "invoice_id": "{id}", "status": "queued"}}]}}"#);
        let Answer::Accepted(outcome) = of(202, &body) else { panic!("not accepted") };
        assert_eq!(outcome.invoice_id.map(|id| id.to_string()).as_deref(), Some(id));
    }

    #[test]
    fn refusals_are_final_and_say_what_the_server_said() {
        let body = r#"{"error": {"code": "unsupported_type", "message": "This is a program", "request_id": "1"}}"#;
        assert_eq!(of(415, body), Answer::Refused("This is a program".into()));
        assert_eq!(of(413, "<html>"), Answer::Refused("Larger than the server takes".into()));
        assert_eq!(of(202, "{}"), Answer::Refused("The server could not take the file".into()));
    }

    #[test]
    fn what_may_pass_is_tried_again() {
        for status in [0, 408, 429, 500, 502, 503] {
            assert!(matches!(of(status, ""), Answer::Again(_)), "{status}");
        }
    }
}
