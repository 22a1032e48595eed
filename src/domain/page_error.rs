//! An error of ours in somebody's browser, as its page reports it.

use serde::{Deserialize, Serialize};

/// Characters of a message that are kept.
const MAX_MESSAGE: usize = 500;
/// Characters of everything else.
const MAX_SHORT: usize = 200;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PageError {
    /// Drawn by the page and told to its person: the log has the report under it.
    pub id: String,
    pub message: String,
    /// The path of its address. Not what stands behind it: that can hold what people searched for.
    pub path: String,
    /// Of the program in the page, which may be older than the server's.
    pub version: String,
    /// The last request that the server could not answer by an error of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl PageError {
    /// With every text cut to its length.
    pub fn cut(self) -> PageError {
        PageError {
            id: cut(&self.id, MAX_SHORT),
            message: cut(&self.message, MAX_MESSAGE),
            path: cut(&self.path, MAX_SHORT),
            version: cut(&self.version, MAX_SHORT),
            request_id: self.request_id.map(|id| cut(&id, MAX_SHORT)),
        }
    }
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_characters() {
        let long = "ü".repeat(600);
        let error = PageError { message: long.clone(), path: long, id: "page-1".into(), ..PageError::default() }.cut();
        assert_eq!(error.message, "ü".repeat(MAX_MESSAGE));
        assert_eq!((error.path.chars().count(), error.id.as_str()), (MAX_SHORT, "page-1"));
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let known = r#"{"message":"broken"}"#;
        let error: PageError = serde_json::from_str(known).unwrap();
        assert_eq!(error, PageError { message: "broken".into(), ..PageError::default() });
        assert!(!serde_json::to_string(&error).unwrap().contains("request_id"));
    }
}
