//! One file as the tray shows it, and how it gets from one phase to the next.

use crate::domain::{
    events::ProcessingStatus,
    filename::clean_filename,
    ids::{InvoiceId, TaskId},
    invoice::{TaskError, UploadOutcome},
    jobs::{Stage, TaskState, TaskView},
    reading::ReadErrorCode,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// On its way, or waiting for its turn to be.
    Sending,
    /// The server has it and reads it.
    Working,
    Done,
    Failed,
    Cancelled,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Upload {
    pub key: u32,
    pub filename: String,
    pub phase: Phase,
    /// Of the sending, then of the reading; None while it waits.
    pub percent: Option<u8>,
    pub stage: Option<Stage>,
    pub message: String,
    /// Its task was set aside.
    pub paused: bool,
    /// Seconds until it is likely done.
    pub eta: Option<u32>,
    pub invoice_id: Option<InvoiceId>,
    pub task_id: Option<TaskId>,
    /// The first invoice with the same file.
    pub duplicate_of: Option<InvoiceId>,
    /// Whether Retry can do anything: the file is still here, or another reading of it may end better.
    pub can_retry: bool,
}

/// Failures that lie in the document: reading it again ends the same.
const BY_THE_DOCUMENT: [ReadErrorCode; 8] = [
    ReadErrorCode::Empty,
    ReadErrorCode::UnsupportedType,
    ReadErrorCode::TooLarge,
    ReadErrorCode::Corrupt,
    ReadErrorCode::Encrypted,
    ReadErrorCode::NotAnInvoice,
    ReadErrorCode::InvalidXml,
    ReadErrorCode::TooComplex,
];

fn may_pass(error: Option<&TaskError>) -> bool {
    error.is_none_or(|error| BY_THE_DOCUMENT.iter().all(|code| code.as_str() != error.code))
}

impl Upload {
    /// Whether the server knows this file by `name`.
    pub(super) fn is_named(&self, name: &str) -> bool {
        clean_filename(&self.filename) == name
    }

    pub(super) fn new(key: u32, filename: String) -> Upload {
        Upload {
            key,
            filename,
            phase: Phase::Sending,
            percent: None,
            stage: None,
            message: "Waiting to be sent".to_owned(),
            paused: false,
            eta: None,
            invoice_id: None,
            task_id: None,
            duplicate_of: None,
            can_retry: false,
        }
    }

    /// Back in the queue.
    pub(super) fn wait(&mut self) {
        *self = Upload::new(self.key, std::mem::take(&mut self.filename));
    }

    pub(super) fn sent(&mut self, percent: u8) {
        if self.phase == Phase::Sending {
            self.percent = Some(percent.min(100));
            self.message = "Sending".to_owned();
        }
    }

    pub(super) fn try_later(&mut self, why: &str) {
        self.percent = None;
        self.message = [why, ". Trying again by itself"].concat();
    }

    pub(super) fn fail(&mut self, message: String) {
        self.end(Phase::Failed, message);
    }

    /// Given up for now; the file is still here.
    pub(super) fn give_up(&mut self, message: String) {
        self.fail(message);
        self.can_retry = true;
    }

    pub(super) fn cancel(&mut self) {
        self.end(Phase::Cancelled, "Cancelled".to_owned());
    }

    fn end(&mut self, phase: Phase, message: String) {
        self.phase = phase;
        self.percent = None;
        self.stage = None;
        self.eta = None;
        self.message = message;
    }

    /// The server has taken the file, or says why not.
    pub(super) fn accepted(&mut self, outcome: &UploadOutcome) {
        self.can_retry = false;
        if let Some(error) = &outcome.error {
            return self.fail(error.message.clone());
        }
        self.invoice_id = outcome.invoice_id;
        self.task_id = outcome.task_id;
        self.duplicate_of = outcome.duplicate_of;
        if outcome.task_id.is_none() {
            return self.done();
        }
        self.phase = Phase::Working;
        self.percent = None;
        self.message = "Waiting for its turn".to_owned();
    }

    fn done(&mut self) {
        let message = if self.duplicate_of.is_some() { "Already here" } else { "Read" };
        self.end(Phase::Done, message.to_owned());
    }

    /// As the server describes its task.
    pub(super) fn follow(&mut self, task: TaskView) {
        self.invoice_id = Some(task.invoice_id);
        self.task_id = Some(task.task_id);
        self.stage = task.stage;
        self.eta = task.eta_seconds;
        self.now(task.state, task.progress, task.error.as_ref(), &task.message);
    }

    /// As the socket describes it. What is over stays over: a late percentage can not bring it back.
    pub(super) fn go_on(&mut self, status: &ProcessingStatus) {
        if self.phase != Phase::Working {
            return;
        }
        self.stage = status.stage;
        self.eta = status.eta_seconds;
        self.now(status.status, status.progress, status.error.as_ref(), &status.message);
    }

    fn now(&mut self, state: TaskState, percent: u8, error: Option<&TaskError>, message: &str) {
        self.can_retry = match state {
            TaskState::Failed => may_pass(error),
            TaskState::Cancelled => true,
            _ => false,
        };
        self.paused = state == TaskState::Paused;
        match state {
            TaskState::Completed => self.done(),
            TaskState::Cancelled => self.cancel(),
            TaskState::Failed => self.fail(error.map_or(message, |error| error.message.as_str()).to_owned()),
            TaskState::Queued | TaskState::Paused | TaskState::Processing => {
                let runs = state == TaskState::Processing;
                self.phase = Phase::Working;
                self.percent = runs.then_some(percent.min(100));
                self.message = if state == TaskState::Queued { "Waiting for its turn" } else { message }.to_owned();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::invoice::UploadError;
    use uuid::Uuid;

    fn status(state: TaskState, progress: u8) -> ProcessingStatus {
        ProcessingStatus {
            task_id: TaskId(Uuid::nil()),
            status: state,
            progress,
            stage: Some(Stage::Extraction),
            message: "Reading the values".to_owned(),
            timestamp: 0,
            eta_seconds: Some(3),
            invoice_status: None,
            error: None,
        }
    }

    fn outcome() -> UploadOutcome {
        UploadOutcome {
            filename: "a.pdf".into(),
            invoice_id: Some(InvoiceId(Uuid::nil())),
            task_id: Some(TaskId(Uuid::nil())),
            status: Some("queued".into()),
            duplicate_of: None,
            websocket: None,
            error: None,
        }
    }

    #[test]
    fn a_file_is_sent_read_and_done() {
        let mut row = Upload::new(1, "a.pdf".into());
        row.sent(40);
        assert_eq!((row.phase, row.percent), (Phase::Sending, Some(40)));
        row.accepted(&outcome());
        assert_eq!((row.phase, row.percent, row.message.as_str()), (Phase::Working, None, "Waiting for its turn"));
        row.go_on(&status(TaskState::Processing, 60));
        assert_eq!((row.percent, row.stage, row.eta), (Some(60), Some(Stage::Extraction), Some(3)));
        row.go_on(&status(TaskState::Completed, 100));
        assert_eq!((row.phase, row.percent, row.stage, row.eta), (Phase::Done, None, None, None));
        row.go_on(&status(TaskState::Processing, 80));
        assert_eq!(row.phase, Phase::Done, "a late percentage changes nothing");
    }

    #[test]
    fn the_servers_reason_is_shown() {
        let mut row = Upload::new(1, "a.exe".into());
        let error = UploadError { code: "unsupported".into(), message: "Not an invoice".into() };
        row.accepted(&UploadOutcome { error: Some(error), invoice_id: None, task_id: None, ..outcome() });
        assert_eq!((row.phase, row.message.as_str(), row.can_retry), (Phase::Failed, "Not an invoice", false));
    }

    #[test]
    fn a_failed_reading_can_be_tried_again() {
        let mut row = Upload::new(1, "a.pdf".into());
        row.accepted(&outcome());
        row.go_on(&status(TaskState::Failed, 20));
        assert_eq!((row.phase, row.can_retry), (Phase::Failed, true));
    }

    #[test]
    fn what_lies_in_the_document_can_not_be_tried_again() {
        let failed = |code: &str| {
            let error = TaskError { code: code.into(), message: "No".into(), stage: "extraction".into() };
            let mut row = Upload::new(1, "a.pdf".into());
            row.accepted(&outcome());
            row.go_on(&ProcessingStatus { error: Some(error), ..status(TaskState::Failed, 20) });
            row.can_retry
        };
        assert!(!failed("corrupt"));
        assert!(!failed("encrypted"));
        assert!(failed("reader_failed"));
        assert!(failed("internal"));
    }

    #[test]
    fn a_file_that_was_there_before_says_so() {
        let mut row = Upload::new(1, "a.pdf".into());
        row.accepted(&UploadOutcome { duplicate_of: Some(InvoiceId(Uuid::nil())), ..outcome() });
        row.go_on(&status(TaskState::Completed, 100));
        assert_eq!((row.phase, row.message.as_str()), (Phase::Done, "Already here"));
    }
}
