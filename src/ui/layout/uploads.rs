//! Uploads: files on their way to the server, and what becomes of them there. Outlives navigation.

use crate::api::{ApiError, tasks};
use crate::domain::{
    events::ProcessingStatus,
    ids::{InvoiceId, TaskId},
    invoice::{TaskError, UploadOutcome},
    jobs::{TaskState, TaskView},
    roles::Right,
};
use leptos::{prelude::*, task::spawn_local};
use serde::Deserialize;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{File, FormData, ProgressEvent, XmlHttpRequest};

/// Bytes. The server refuses more; saying so before sending saves the wait.
const LARGEST: f64 = 10.0 * 1024.0 * 1024.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Sending,
    Working,
    Done,
    Failed,
    Cancelled,
}

/// One file as the tray shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Upload {
    pub key: u32,
    pub filename: String,
    pub phase: Phase,
    pub percent: Option<u8>,
    pub message: String,
    /// Seconds until it is likely done.
    pub eta: Option<u32>,
    pub invoice_id: Option<InvoiceId>,
    pub task_id: Option<TaskId>,
    pub duplicate_of: Option<InvoiceId>,
}

/// What a person may choose before sending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Submit without a person when nothing fails.
    pub auto_save: bool,
}

/// All uploads of this tab. From context.
#[derive(Clone, Copy)]
pub struct Uploads {
    pub rows: RwSignal<Vec<Upload>>,
    pub dialog_open: RwSignal<bool>,
    last_key: StoredValue<u32>,
    may_upload: RwSignal<bool>,
}

#[derive(Deserialize)]
struct Accepted {
    uploads: Vec<UploadOutcome>,
}

#[derive(Deserialize)]
struct Refused {
    error: RefusedWith,
}

#[derive(Deserialize)]
struct RefusedWith {
    message: String,
}

impl Uploads {
    /// Makes the store, provides it, and shows again what was under way before a reload.
    pub fn provide() -> Uploads {
        let uploads = Uploads {
            rows: RwSignal::new(Vec::new()),
            dialog_open: RwSignal::new(false),
            last_key: StoredValue::new(0),
            may_upload: RwSignal::new(false),
        };
        provide_context(uploads);
        let session: super::Session = expect_context();
        Effect::new(move || uploads.may_upload.set(session.may(Right::Upload)));
        Effect::new(move || {
            spawn_local(async move {
                if let Ok(tasks) = tasks::my_uploads().await {
                    tasks.into_iter().for_each(|task| uploads.show_task(task));
                }
            });
        });
        uploads
    }

    /// Whether this person may upload. Only to hide: the server decides.
    pub fn allowed(self) -> bool {
        self.may_upload.get_untracked()
    }

    /// Sends each file in a request of its own, so that one failure never sinks the others. Browser only.
    pub fn send_all(self, files: Vec<File>, options: Options) {
        for file in files {
            let key = self.next_key();
            let mut row = Upload {
                key,
                filename: file.name(),
                phase: Phase::Sending,
                percent: Some(0),
                message: "Sending".to_owned(),
                eta: None,
                invoice_id: None,
                task_id: None,
                duplicate_of: None,
            };
            let too_large = file.size() > LARGEST;
            if too_large {
                fail(&mut row, "Larger than 10 MB".to_owned());
            }
            self.rows.update(|rows| rows.insert(0, row));
            if !too_large && send(self, key, &file, options).is_err() {
                self.change(key, |row| fail(row, "This browser can not send the file".to_owned()));
            }
        }
    }

    /// Takes over what the server says of a task: from an answer, or live.
    pub fn show_task(self, task: TaskView) {
        let known = self
            .rows
            .with_untracked(|rows| rows.iter().find(|row| row.task_id == Some(task.task_id)).map(|row| row.key));
        match known {
            Some(key) => self.change(key, |row| follow(row, task)),
            None => {
                let mut row = Upload {
                    key: self.next_key(),
                    filename: task.filename.clone(),
                    phase: Phase::Working,
                    percent: None,
                    message: String::new(),
                    eta: None,
                    invoice_id: None,
                    task_id: None,
                    duplicate_of: None,
                };
                follow(&mut row, task);
                self.rows.update(|rows| rows.push(row));
            }
        }
    }

    /// Takes over what the socket says of a task whose row is here.
    pub fn show_progress(self, status: &ProcessingStatus) {
        let key = self.rows.with_untracked(|rows| {
            let row = rows.iter().find(|row| row.task_id == Some(status.task_id))?;
            (row.phase == Phase::Working).then_some(row.key)
        });
        let Some(key) = key else { return };
        self.change(key, |row| {
            let (error, message) = (status.error.clone(), status.message.clone());
            go_on(row, status.status, status.progress, status.eta_seconds, error, message);
        });
    }

    /// The tasks under way, for those who follow them.
    pub fn working(self) -> Vec<TaskId> {
        self.rows
            .with(|rows| rows.iter().filter(|row| row.phase == Phase::Working).filter_map(|row| row.task_id).collect())
    }

    pub fn cancel(self, task: TaskId) {
        self.ask(tasks::cancel_task(task));
    }

    /// Reads the document again: a new task, in the old one's row.
    pub fn retry(self, key: u32, task: TaskId) {
        spawn_local(async move {
            match tasks::retry_task(task).await {
                Ok(task) => self.change(key, |row| follow(row, task)),
                Err(error) => self.change(key, |row| row.message = error.to_string()),
            }
        });
    }

    /// Asks once how the tasks under way are doing.
    pub fn poll(self) {
        for task in untrack(|| self.working()) {
            self.ask(tasks::load_task(task));
        }
    }

    /// Removes what is over from the tray.
    pub fn clear_over(self) {
        self.rows.update(|rows| rows.retain(|row| matches!(row.phase, Phase::Sending | Phase::Working)));
    }

    fn ask(self, answer: impl Future<Output = Result<TaskView, ApiError>> + 'static) {
        spawn_local(async move {
            // A poll that fails is asked again; a cancel that fails shows by the task going on.
            if let Ok(task) = answer.await {
                self.show_task(task);
            }
        });
    }

    fn change(self, key: u32, change: impl FnOnce(&mut Upload)) {
        self.rows.update(|rows| {
            if let Some(row) = rows.iter_mut().find(|row| row.key == key) {
                change(row);
            }
        });
    }

    fn next_key(self) -> u32 {
        let key = self.last_key.get_value().wrapping_add(1);
        self.last_key.set_value(key);
        key
    }

    fn answered(self, key: u32, status: u16, body: &str) {
        let outcome =
            serde_json::from_str::<Accepted>(body).ok().and_then(|accepted| accepted.uploads.into_iter().next());
        self.change(key, |row| match outcome {
            Some(UploadOutcome { error: Some(error), .. }) => fail(row, error.message),
            Some(outcome) => {
                row.phase = if outcome.task_id.is_some() { Phase::Working } else { Phase::Done };
                row.percent = None;
                row.message = "Waiting for its turn".to_owned();
                row.invoice_id = outcome.invoice_id;
                row.task_id = outcome.task_id;
                row.duplicate_of = outcome.duplicate_of;
            }
            None => fail(row, refusal(status, body)),
        });
    }
}

/// What to say when the answer is no list of uploads.
fn refusal(status: u16, body: &str) -> String {
    if let Ok(refused) = serde_json::from_str::<Refused>(body) {
        return refused.error.message;
    }
    match status {
        0 => "The server could not be reached",
        401 => "You are signed out",
        413 => "Larger than the server takes",
        _ => "The server could not take the file",
    }
    .to_owned()
}

fn fail(row: &mut Upload, message: String) {
    row.phase = Phase::Failed;
    row.percent = None;
    row.eta = None;
    row.message = message;
}

fn follow(row: &mut Upload, task: TaskView) {
    row.invoice_id = Some(task.invoice_id);
    row.task_id = Some(task.task_id);
    go_on(row, task.state, task.progress, task.eta_seconds, task.error, task.message);
}

fn go_on(row: &mut Upload, state: TaskState, percent: u8, eta: Option<u32>, error: Option<TaskError>, message: String) {
    row.phase = match state {
        TaskState::Completed => Phase::Done,
        TaskState::Failed => Phase::Failed,
        TaskState::Cancelled => Phase::Cancelled,
        TaskState::Queued | TaskState::Processing | TaskState::Paused => Phase::Working,
    };
    row.percent = (state == TaskState::Processing).then_some(percent);
    row.eta = eta;
    row.message = match (error, state) {
        (Some(error), TaskState::Failed) => error.message,
        (_, TaskState::Completed) => "Read".to_owned(),
        (_, TaskState::Cancelled) => "Cancelled".to_owned(),
        (_, TaskState::Queued) => "Waiting for its turn".to_owned(),
        _ => message,
    };
}

/// `fetch` can not tell how much of a body is sent; this older interface can.
fn send(uploads: Uploads, key: u32, file: &File, options: Options) -> Result<(), JsValue> {
    let form = FormData::new()?;
    form.append_with_blob_and_filename("file", file, &file.name())?;
    if options.auto_save {
        form.append_with_str("auto_save", "true")?;
    }
    let request = XmlHttpRequest::new()?;
    request.open("POST", "/api/v1/invoices")?;
    request.set_request_header("Idempotency-Key", &fresh_key())?;

    let sent = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| {
        if event.length_computable() && event.total() > 0.0 {
            let percent = (event.loaded() * 100.0 / event.total()) as u8;
            uploads.change(key, |row| row.percent = Some(percent.min(100)));
        }
    });
    request.upload()?.set_onprogress(Some(sent.into_js_value().unchecked_ref()));

    let answered = request.clone();
    let ended = Closure::once_into_js(move || {
        let status = answered.status().unwrap_or(0);
        let body = answered.response_text().ok().flatten().unwrap_or_default();
        uploads.answered(key, status, &body);
    });
    request.set_onloadend(Some(ended.unchecked_ref()));
    request.send_with_opt_form_data(Some(&form))
}

/// A key that is very likely the only one of its kind, so that a repeated request makes no second invoice.
fn fresh_key() -> String {
    let part = || ((js_sys::Math::random() * 4_294_967_296.0) as u32).to_string();
    ["browser-", &part(), "-", &part(), "-", &part()].concat()
}

/// The files of a list.
pub fn files_of(list: Option<web_sys::FileList>) -> Vec<File> {
    let Some(list) = list else { return Vec::new() };
    (0..list.length()).filter_map(|at| list.get(at)).collect()
}
