//! Background work as people see it: a task has a state, a stage and a share done.

use super::{
    ids::{InvoiceId, TaskId},
    invoice::TaskError,
    roles::UnknownName,
};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    Queued,
    Processing,
    Paused,
    Completed,
    Failed,
    Cancelled,
}

impl TaskState {
    pub const ALL: [TaskState; 6] = [
        TaskState::Queued,
        TaskState::Processing,
        TaskState::Paused,
        TaskState::Completed,
        TaskState::Failed,
        TaskState::Cancelled,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            TaskState::Queued => "queued",
            TaskState::Processing => "processing",
            TaskState::Paused => "paused",
            TaskState::Completed => "completed",
            TaskState::Failed => "failed",
            TaskState::Cancelled => "cancelled",
        }
    }

    pub fn is_over(self) -> bool {
        matches!(self, TaskState::Completed | TaskState::Failed | TaskState::Cancelled)
    }
}

impl FromStr for TaskState {
    type Err = UnknownName;
    fn from_str(text: &str) -> Result<Self, UnknownName> {
        TaskState::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| UnknownName(text.to_owned()))
    }
}

/// The stages of reading one document, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Fetch,
    Extraction,
    Validation,
    Save,
    Complete,
}

impl Stage {
    pub const ALL: [Stage; 5] = [Stage::Fetch, Stage::Extraction, Stage::Validation, Stage::Save, Stage::Complete];

    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Fetch => "fetch",
            Stage::Extraction => "extraction",
            Stage::Validation => "validation",
            Stage::Save => "save",
            Stage::Complete => "complete",
        }
    }

    /// Per cent done when the stage begins.
    pub fn percent(self) -> u8 {
        match self {
            Stage::Fetch => 5,
            Stage::Extraction => 20,
            Stage::Validation => 75,
            Stage::Save => 90,
            Stage::Complete => 100,
        }
    }

    /// The clerk's words while it runs.
    pub fn message(self) -> &'static str {
        match self {
            Stage::Fetch => "Opening the document",
            Stage::Extraction => "Reading the values",
            Stage::Validation => "Checking the values",
            Stage::Save => "Saving",
            Stage::Complete => "Done",
        }
    }
}

impl FromStr for Stage {
    type Err = UnknownName;
    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Stage::ALL.into_iter().find(|stage| stage.as_str() == text).ok_or_else(|| UnknownName(text.to_owned()))
    }
}

/// One run of work on one invoice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskView {
    pub task_id: TaskId,
    pub invoice_id: InvoiceId,
    pub filename: String,
    pub state: TaskState,
    pub stage: Option<Stage>,
    /// Per cent, 0 to 100.
    pub progress: u8,
    pub message: String,
    /// Tries so far.
    pub attempts: i64,
    pub error: Option<TaskError>,
    /// Milliseconds since 1970, UTC.
    pub created_at: i64,
    pub finished_at: Option<i64>,
    /// Seconds until it is likely done, while it runs or waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eta_seconds: Option<u32>,
}
