//! Work items: what came in, by mail or from a program, before it is an invoice.

use super::{ids::InvoiceId, roles::UnknownName};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// One message that came in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkItem {
    /// UUIDv7.
    pub id: String,
    pub status: WorkItemStatus,
    /// Who sent it: an address, or `test`.
    pub sender: String,
    pub subject: String,
    /// What was made of it.
    pub invoices: Vec<InvoiceId>,
    /// Milliseconds since 1970, UTC.
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkItemStatus {
    New,
    Processing,
    Done,
    Failed,
}

impl WorkItemStatus {
    pub const ALL: [WorkItemStatus; 4] =
        [WorkItemStatus::New, WorkItemStatus::Processing, WorkItemStatus::Done, WorkItemStatus::Failed];

    pub fn as_str(self) -> &'static str {
        match self {
            WorkItemStatus::New => "new",
            WorkItemStatus::Processing => "processing",
            WorkItemStatus::Done => "done",
            WorkItemStatus::Failed => "failed",
        }
    }
}

impl FromStr for WorkItemStatus {
    type Err = UnknownName;
    fn from_str(text: &str) -> Result<Self, UnknownName> {
        WorkItemStatus::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| UnknownName(text.to_owned()))
    }
}
