//! What the server's answer to an upload means.

use crate::domain::invoice::UploadOutcome;
use serde::Deserialize;

#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// What became of the file, or, of an e-mail, of each file with it. Some may be refused.
    Taken(Vec<UploadOutcome>),
    /// Sending it again would change nothing.
    Refused(String),
    /// The server or the network is away or busy: the same request may be taken later.
    Again(String),
}

#[derive(Deserialize)]
struct Taken {
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

/// A refusal of several files.
#[derive(Deserialize)]
struct Refusals {
    error: Details,
}

#[derive(Deserialize)]
struct Details {
    details: Taken,
}

/// Reads an answer; status 0 is none.
pub fn of(status: u16, body: &str) -> Answer {
    if (200..300).contains(&status)
        && let Ok(taken) = serde_json::from_str::<Taken>(body)
        && !taken.uploads.is_empty()
    {
        return Answer::Taken(taken.uploads);
    }
    if let Ok(Refusals { error: Details { details } }) = serde_json::from_str(body)
        && details.uploads.len() > 1
    {
        return Answer::Taken(details.uploads);
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
        let Answer::Taken(outcomes) = of(202, &body) else { panic!("not taken") };
        assert_eq!(outcomes[0].invoice_id.map(|id| id.to_string()).as_deref(), Some(id));
    }

    #[test]
    fn refusals_are_final_and_say_what_the_server_said() {
        let body = r#"{"error": {"code": "unsupported_type", "message": "This is a program", "request_id": "1"}}"#;
        assert_eq!(of(415, body), Answer::Refused("This is a program".into()));
        assert_eq!(of(413, "<html>"), Answer::Refused("Larger than the server takes".into()));
        assert_eq!(of(202, "{}"), Answer::Refused("The server could not take the file".into()));
    }

    #[test]
    fn each_file_of_an_email_that_was_refused_says_why() {
        let file =
            |name: &str| format!(r#"{{"filename": "{name}", "error": {{"code": "x", "message": "No {name}"}}}}"#);
        let body = format!(
            r#"{{"error": {{"message": "None", "details": {{"uploads": [{}, {}]}}}}}}"#,
            file("a.zip"),
            file("b.zip")
        );
        let Answer::Taken(outcomes) = of(415, &body) else { panic!("not taken apart") };
        assert_eq!(outcomes.iter().map(|one| one.filename.as_str()).collect::<Vec<_>>(), ["a.zip", "b.zip"]);
        let body = format!(r#"{{"error": {{"message": "No a.zip", "details": {{"uploads": [{}]}}}}}}"#, file("a.zip"));
        assert_eq!(of(415, &body), Answer::Refused("No a.zip".into()));
        let other = r#"{"error": {"message": "No", "details": {"field": "file"}}}"#;
        assert_eq!(of(422, other), Answer::Refused("No".into()));
    }

    #[test]
    fn what_may_pass_is_tried_again() {
        for status in [0, 408, 429, 500, 502, 503] {
            assert!(matches!(of(status, ""), Answer::Again(_)), "{status}");
        }
    }
}
