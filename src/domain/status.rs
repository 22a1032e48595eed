//! The states of an invoice and the steps between them. Every step not listed in [`Status::step`] is refused.

use super::roles::{Right, UnknownName};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Stored, not yet accepted for work.
    Uploaded,
    /// Waiting for a worker.
    Queued,
    /// Being read.
    Processing,
    /// Reading failed; can be tried again.
    Failed,
    /// A person looks at the values.
    NeedsReview,
    /// Set aside by a person.
    Postponed,
    /// Submitted; somebody else decides.
    AwaitingApproval,
    Approved,
    Rejected,
    Exporting,
    Exported,
    ExportFailed,
    Cancelled,
    /// A person confirmed that it repeats another invoice.
    Duplicate,
}

/// What is done to an invoice that moves it from one status to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Queue,
    Start,
    Fail,
    FinishReading,
    Submit,
    Approve,
    Reject,
    /// Back to review: from awaiting approval, rejected, approved, postponed or duplicate.
    Reopen,
    Postpone,
    MarkDuplicate,
    /// A person looked: it only resembles another one.
    NotDuplicate,
    Cancel,
    Retry,
}

/// A step the invoice's status does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("an invoice that is {} can not be {}", .from.label().to_ascii_lowercase(), .step.done_word())]
pub struct StepRefused {
    pub from: Status,
    pub step: Step,
}

impl Step {
    pub const ALL: [Step; 13] = [
        Step::Queue,
        Step::Start,
        Step::Fail,
        Step::FinishReading,
        Step::Submit,
        Step::Approve,
        Step::Reject,
        Step::Reopen,
        Step::Postpone,
        Step::MarkDuplicate,
        Step::NotDuplicate,
        Step::Cancel,
        Step::Retry,
    ];

    /// The right a person needs to take this step.
    pub fn right(self) -> Right {
        match self {
            Step::Approve | Step::Reject => Right::Approve,
            _ => Right::Edit,
        }
    }

    /// The step that takes this one back. What was discarded is read again, as it may never have been; what people entered
    /// stays.
    pub fn undo(self) -> Option<Step> {
        match self {
            Step::Submit | Step::Approve | Step::Reject | Step::Postpone | Step::MarkDuplicate => Some(Step::Reopen),
            Step::Cancel => Some(Step::Retry),
            _ => None,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Step::Queue => "queue",
            Step::Start => "start",
            Step::Fail => "fail",
            Step::FinishReading => "finish_reading",
            Step::Submit => "submit",
            Step::Approve => "approve",
            Step::Reject => "reject",
            Step::Reopen => "reopen",
            Step::Postpone => "postpone",
            Step::MarkDuplicate => "duplicate",
            Step::NotDuplicate => "not_duplicate",
            Step::Cancel => "cancel",
            Step::Retry => "retry",
        }
    }

    fn done_word(self) -> &'static str {
        match self {
            Step::Queue => "queued",
            Step::Start => "started",
            Step::Fail => "failed",
            Step::FinishReading => "read",
            Step::Submit => "submitted",
            Step::Approve => "approved",
            Step::Reject => "rejected",
            Step::Reopen => "reopened",
            Step::Postpone => "postponed",
            Step::MarkDuplicate => "marked as a duplicate",
            Step::NotDuplicate => "kept as no duplicate",
            Step::Cancel => "cancelled",
            Step::Retry => "read again",
        }
    }
}

impl FromStr for Step {
    type Err = UnknownName;
    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Step::ALL.into_iter().find(|step| step.as_str() == text).ok_or_else(|| UnknownName(text.to_owned()))
    }
}

impl Status {
    pub const ALL: [Status; 14] = [
        Status::Uploaded,
        Status::Queued,
        Status::Processing,
        Status::Failed,
        Status::NeedsReview,
        Status::Postponed,
        Status::AwaitingApproval,
        Status::Approved,
        Status::Rejected,
        Status::Exporting,
        Status::Exported,
        Status::ExportFailed,
        Status::Cancelled,
        Status::Duplicate,
    ];

    /// The status after `step`, or why it is refused.
    pub fn step(self, step: Step) -> Result<Status, StepRefused> {
        use Status::*;
        let next = match (step, self) {
            (Step::Queue, Uploaded) => Queued,
            (Step::Start, Queued | Processing) => Processing,
            (Step::Fail, Queued | Processing) => Failed,
            (Step::FinishReading, Processing) => NeedsReview,
            (Step::Submit, NeedsReview) => AwaitingApproval,
            (Step::Approve, NeedsReview | AwaitingApproval) => Approved,
            (Step::Reject, NeedsReview | AwaitingApproval) => Rejected,
            (Step::Reopen, AwaitingApproval | Rejected | Approved | Postponed | Duplicate) => NeedsReview,
            (Step::Postpone, NeedsReview) => Postponed,
            (Step::MarkDuplicate, NeedsReview) => Duplicate,
            (Step::NotDuplicate, NeedsReview) => NeedsReview,
            (Step::Cancel, Uploaded | Queued | Processing | Failed | NeedsReview | Postponed) => Cancelled,
            (Step::Retry, Failed | Cancelled) => Queued,
            _ => return Err(StepRefused { from: self, step }),
        };
        Ok(next)
    }

    /// Whether field values can be corrected now. Money and bank edits void an approval, so approved ones are reopened first.
    pub fn editable(self) -> bool {
        matches!(self, Status::NeedsReview | Status::Postponed | Status::AwaitingApproval)
    }

    /// Whether people still have work with it, so that it can be somebody's.
    pub fn is_undecided(self) -> bool {
        use Status::{AwaitingApproval, ExportFailed, Failed, NeedsReview, Postponed, Processing, Queued, Uploaded};
        matches!(
            self,
            Uploaded | Queued | Processing | Failed | NeedsReview | Postponed | AwaitingApproval | ExportFailed
        )
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Status::Uploaded => "uploaded",
            Status::Queued => "queued",
            Status::Processing => "processing",
            Status::Failed => "failed",
            Status::NeedsReview => "needs_review",
            Status::Postponed => "postponed",
            Status::AwaitingApproval => "awaiting_approval",
            Status::Approved => "approved",
            Status::Rejected => "rejected",
            Status::Exporting => "exporting",
            Status::Exported => "exported",
            Status::ExportFailed => "export_failed",
            Status::Cancelled => "cancelled",
            Status::Duplicate => "duplicate",
        }
    }

    /// The clerk's word for it.
    pub fn label(self) -> &'static str {
        match self {
            Status::Uploaded => "Uploaded",
            Status::Queued => "Waiting",
            Status::Processing => "Being read",
            Status::Failed => "Could not be read",
            Status::NeedsReview => "To review",
            Status::Postponed => "Postponed",
            Status::AwaitingApproval => "Awaiting approval",
            Status::Approved => "Approved",
            Status::Rejected => "Rejected",
            Status::Exporting => "Exporting",
            Status::Exported => "Exported",
            Status::ExportFailed => "Export failed",
            Status::Cancelled => "Cancelled",
            Status::Duplicate => "Duplicate",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Status {
    type Err = UnknownName;
    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Status::ALL.into_iter().find(|status| status.as_str() == text).ok_or_else(|| UnknownName(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_and_statuses_match() {
        for status in Status::ALL {
            assert_eq!(status.as_str().parse::<Status>().ok(), Some(status));
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
        for step in Step::ALL {
            assert_eq!(step.as_str().parse::<Step>().ok(), Some(step));
        }
        assert!("Approved".parse::<Status>().is_err());
    }

    #[test]
    fn the_way_of_an_invoice() {
        let steps = [Step::Queue, Step::Start, Step::FinishReading, Step::Submit, Step::Approve, Step::Reopen];
        let reached = steps.into_iter().try_fold(Status::Uploaded, Status::step);
        assert_eq!(reached, Ok(Status::NeedsReview));
        assert_eq!(Status::Processing.step(Step::Fail), Ok(Status::Failed));
        assert_eq!(Status::Failed.step(Step::Retry), Ok(Status::Queued));
        assert_eq!(Status::Failed.step(Step::Cancel), Ok(Status::Cancelled));
    }

    #[test]
    fn what_is_taken_back_is_allowed_where_the_step_led() {
        for (step, from) in Step::ALL.into_iter().flat_map(|step| Status::ALL.map(|from| (step, from))) {
            if let (Ok(after), Some(undo)) = (from.step(step), step.undo()) {
                assert!(after.step(undo).is_ok(), "{undo:?} after {step:?} from {from:?}");
            }
        }
    }

    #[test]
    fn what_is_exported_or_decided_stays() {
        for step in Step::ALL {
            assert!(Status::Exported.step(step).is_err(), "{step:?}");
            assert!(Status::Approved.step(step).is_err() || step == Step::Reopen, "{step:?}");
        }
        let refused = Status::Approved.step(Step::Reject).unwrap_err();
        assert_eq!(refused.to_string(), "an invoice that is approved can not be rejected");
    }

    proptest! {
        /// However steps come, approval is reached only by approving, and never from an unread invoice.
        #[test]
        fn approval_needs_a_reading_and_a_person(choices in proptest::collection::vec(0..Step::ALL.len(), 0..30)) {
            let (mut status, mut was_read) = (Status::Uploaded, false);
            for choice in choices {
                let step = Step::ALL[choice];
                if let Ok(next) = status.step(step) {
                    was_read |= step == Step::FinishReading;
                    prop_assert!(next != Status::Approved || (step == Step::Approve && was_read));
                    status = next;
                }
            }
        }
    }
}
