//! What the server says, as far as a client that keeps its place in a room needs it (PROTOCOL.md).

use super::super::{Outcome, fleet::MARK};
use serde::Deserialize;

/// A message. What it does not have is none.
#[derive(Deserialize)]
pub struct Message<'a> {
    #[serde(rename = "type")]
    pub kind: &'a str,
    pub room: Option<&'a str>,
    pub epoch: Option<&'a str>,
    pub offset: Option<i64>,
    pub recovered: Option<bool>,
    /// Only what is in the log has one.
    pub event_id: Option<&'a str>,
    /// Of `error` and `bye`.
    pub code: Option<&'a str>,
    #[serde(borrow)]
    data: Option<Data<'a>>,
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    fields: Option<Fields<'a>>,
}

#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(borrow)]
    buyer_reference: Option<Field<'a>>,
}

#[derive(Deserialize)]
struct Field<'a> {
    value: Option<&'a str>,
}

impl Message<'_> {
    /// The number of the change that it tells of.
    pub fn change(&self) -> Option<u32> {
        let field = self.data.as_ref()?.fields.as_ref()?.buyer_reference.as_ref()?;
        field.value?.strip_prefix(MARK)?.parse().ok()
    }
}

/// The messages of a frame: one, or an array of them.
pub fn messages(text: &[u8]) -> Outcome<Vec<Message<'_>>> {
    let text = str::from_utf8(text)?;
    let read = if text.starts_with('[') {
        serde_json::from_str(text)
    } else {
        serde_json::from_str(text).map(|one| vec![one])
    };
    read.map_err(|error| format!("{error}: {text}").into())
}
