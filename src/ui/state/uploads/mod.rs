//! Uploads: files on their way to the server, and what becomes of them there. Outlives navigation; after a reload the
//! tasks under way come back from the server.

mod answer;
mod chosen;
mod dismissed;
mod request;
mod row;

pub use chosen::{Candidate, Chosen};
pub use request::files_of;
pub use row::{Phase, Upload};

use super::{connection::backoff_ms, live::Live};
use crate::ui::reactive::effect;
use crate::{
    api::{ApiError, tasks},
    domain::{
        events::{ClientMessage, ProcessingStatus},
        ids::TaskId,
        invoice::UploadOutcome,
        jobs::{TaskState, TaskView},
    },
};
use answer::Answer;
use leptos::{prelude::*, task::spawn_local};
use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use web_sys::File;

/// Files sent at the same time.
const PARALLEL: usize = 3;
/// Tries of one file before its person is asked: half a minute of a server that is away.
const MAX_TRIES: u32 = 6;

/// What a person may choose before sending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Submit without a person when nothing fails.
    pub auto_save: bool,
    /// The language model that helps, `local` for none; None: as it was set up.
    pub provider: Option<String>,
}

/// All uploads of this tab. From context.
#[derive(Clone, Copy)]
pub struct Uploads {
    /// Newest first.
    pub rows: RwSignal<Vec<Upload>>,
    pub dialog_open: RwSignal<bool>,
    /// Whether the tray shows its rows, or only what they come to.
    pub expanded: RwSignal<bool>,
    /// What stands in the dialog, not sent yet.
    pub chosen: Chosen,
    live: Live,
    allowed: Signal<bool>,
}

impl Uploads {
    /// Makes the store, provides it, and shows again what was under way before a reload. `allowed` tells whether the
    /// person may upload.
    pub fn provide(allowed: Signal<bool>) -> Uploads {
        let uploads = Uploads {
            rows: RwSignal::new(Vec::new()),
            dialog_open: RwSignal::new(false),
            expanded: RwSignal::new(true),
            chosen: Chosen::new(),
            live: expect_context(),
            allowed,
        };
        provide_context(uploads);
        effect(move || uploads.restore());
        uploads
    }

    /// One for the page of all components, with its rows.
    #[cfg(debug_assertions)]
    pub fn sample(rows: Vec<Upload>) -> Uploads {
        Uploads {
            rows: RwSignal::new(rows),
            dialog_open: RwSignal::new(false),
            expanded: RwSignal::new(true),
            chosen: Chosen::new(),
            live: expect_context(),
            allowed: Signal::stored(true),
        }
    }

    /// Whether this person may upload. Only to hide: the server decides.
    pub fn allowed(self) -> bool {
        self.allowed.get_untracked()
    }

    /// Sends each file in a request of its own, three at a time, so that one failure never sinks the others. What can
    /// not be sent says why. Browser only.
    pub fn send_all(self, files: Vec<File>, options: &Options) {
        let refusals = chosen::refusals(files.iter().map(|file| (file.name(), file.size())));
        for (file, refused) in files.into_iter().zip(refusals) {
            let mut row = Upload::new(next_key(), file.name());
            match refused {
                Some(reason) => row.fail(reason.to_owned()),
                None => request::keep(row.key, file, options.clone()),
            }
            self.rows.update(|rows| rows.insert(0, row));
        }
        self.expanded.set(true);
        self.send_next();
    }

    /// Takes over what the server says of a task, in an answer.
    pub fn show_task(self, task: TaskView) {
        match self.key_of(task.task_id) {
            Some(key) => self.change(key, |row| row.follow(task)),
            None => {
                let mut row = Upload::new(next_key(), task.filename.clone());
                row.follow(task);
                self.rows.update(|rows| rows.push(row));
            }
        }
    }

    /// Takes over what the socket says of a task whose row is here.
    pub fn show_progress(self, status: &ProcessingStatus) {
        if let Some(key) = self.key_of(status.task_id) {
            self.change(key, |row| row.go_on(status));
        }
    }

    /// The tasks under way, for those who follow them.
    pub fn working(self) -> Vec<TaskId> {
        self.rows
            .with(|rows| rows.iter().filter(|row| row.phase == Phase::Working).filter_map(|row| row.task_id).collect())
    }

    /// Stops a file on its way, or its task.
    pub fn stop(self, key: u32) {
        if request::drop_file(key) {
            self.change(key, |row| row.cancel());
            return self.send_next();
        }
        if let Some(task) = self.task_of(key)
            && !self.live.steer(ClientMessage::Cancel { task })
        {
            self.ask(tasks::cancel_task(task));
        }
    }

    /// Sets a file's task aside.
    pub fn pause(self, key: u32) {
        if let Some(task) = self.task_of(key)
            && !self.live.steer(ClientMessage::Pause { task })
        {
            self.ask(tasks::pause_task(task));
        }
    }

    /// Goes on with a task that was set aside.
    pub fn resume(self, key: u32) {
        if let Some(task) = self.task_of(key)
            && !self.live.steer(ClientMessage::Resume { task })
        {
            self.ask(tasks::resume_task(task));
        }
    }

    /// Tries again: sends the file under the same key, or has it read anew.
    pub fn again(self, key: u32) {
        if request::is_kept(key) {
            request::wait(key, 0);
            self.change(key, |row| row.wait());
            return self.send_next();
        }
        let Some(task) = self.task_of(key) else { return };
        spawn_local(async move {
            match tasks::retry_task(task).await {
                Ok(task) => self.change(key, |row| row.follow(task)),
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

    /// Removes what is over. It stays away, also after a reload.
    pub fn clear_over(self) {
        let mut over = Vec::new();
        self.rows.update(|rows| {
            rows.retain(|row| {
                let stays = matches!(row.phase, Phase::Sending | Phase::Working);
                if !stays {
                    request::drop_file(row.key);
                    over.extend(row.task_id);
                }
                stays
            });
        });
        dismissed::add(&over);
    }

    /// What is under way, and what failed and was not dismissed; that alone needs no room.
    fn restore(self) {
        spawn_local(async move {
            let Ok(tasks) = tasks::my_uploads().await else { return };
            let dismissed = dismissed::all();
            let is_shown = |task: &TaskView| match task.state {
                TaskState::Completed | TaskState::Cancelled => false,
                TaskState::Failed => !dismissed.contains(&task.task_id),
                TaskState::Queued | TaskState::Processing | TaskState::Paused => true,
            };
            let shown: Vec<_> = tasks.into_iter().filter(is_shown).collect();
            // Unless something was sent while the server was asked.
            if self.rows.try_with_untracked(Vec::is_empty) == Some(true) {
                self.expanded.set(shown.iter().any(|task| !task.state.is_over()));
            }
            shown.into_iter().for_each(|task| self.show_task(task));
        });
    }

    /// Starts what waits while there is a turn for it.
    fn send_next(self) {
        while let Some(key) = request::next(PARALLEL) {
            self.send(key);
        }
    }

    fn send(self, key: u32) {
        let sent = move |percent: u8| self.change(key, |row| row.sent(percent));
        let ended = move |status: u16, retry_after: Option<u32>, body: String| {
            self.answered(key, answer::of(status, &body), retry_after);
        };
        if request::send(key, sent, ended).is_err() {
            self.answered(key, Answer::Refused("This browser can not send the file".to_owned()), None);
        }
    }

    fn answered(self, key: u32, answer: Answer, retry_after: Option<u32>) {
        match answer {
            Answer::Taken(outcomes) => {
                request::drop_file(key);
                self.taken(key, &outcomes);
            }
            Answer::Refused(message) => {
                request::drop_file(key);
                self.change(key, |row| row.fail(message));
            }
            Answer::Again(message) => match request::tried(key) {
                // Stopped meanwhile.
                None => {}
                Some(tries) if tries < MAX_TRIES => {
                    let wait = backoff_ms(tries, js_sys::Math::random()).max(retry_after.unwrap_or(0) * 1000);
                    self.change(key, |row| row.try_later(&message));
                    let send = move || {
                        if request::is_kept(key) {
                            self.send(key);
                        }
                    };
                    set_timeout(send, Duration::from_millis(wait.into()));
                }
                // The file stays, for Retry.
                Some(_) => {
                    request::rest(key);
                    self.change(key, |row| row.give_up(message));
                }
            },
        }
        self.send_next();
    }

    /// The row tells what became of its file. In an e-mail's place there is a row for each file with it.
    fn taken(self, key: u32, outcomes: &[UploadOutcome]) {
        let is_its_own = |outcome: &UploadOutcome| {
            let is_it = |row: &Upload| row.key == key && row.is_named(&outcome.filename);
            self.rows.try_with_untracked(|rows| rows.iter().any(is_it)) == Some(true)
        };
        if let [outcome] = outcomes
            && is_its_own(outcome)
        {
            return self.change(key, |row| row.accepted(outcome));
        }
        let of_file = |outcome: &UploadOutcome| {
            let mut row = Upload::new(next_key(), outcome.filename.clone());
            row.accepted(outcome);
            row
        };
        let files: Vec<Upload> = outcomes.iter().map(of_file).collect();
        self.rows.update(|rows| {
            if let Some(at) = rows.iter().position(|row| row.key == key) {
                rows.splice(at..=at, files);
            }
        });
    }

    fn ask(self, answer: impl Future<Output = Result<TaskView, ApiError>> + 'static) {
        spawn_local(async move {
            // A poll that fails is asked again; a cancel that fails shows by the task going on.
            if let Ok(task) = answer.await {
                self.show_task(task);
            }
        });
    }

    fn key_of(self, task: TaskId) -> Option<u32> {
        self.rows
            .try_with_untracked(|rows| rows.iter().find(|row| row.task_id == Some(task)).map(|row| row.key))
            .flatten()
    }

    fn task_of(self, key: u32) -> Option<TaskId> {
        self.rows.with_untracked(|rows| rows.iter().find(|row| row.key == key).and_then(|row| row.task_id))
    }

    fn change(self, key: u32, change: impl FnOnce(&mut Upload)) {
        // The frame may be gone when an answer comes.
        _ = self.rows.try_update(|rows| {
            if let Some(row) = rows.iter_mut().find(|row| row.key == key) {
                change(row);
            }
        });
    }
}

/// Of a file. No two have the same as long as the program runs: files on their way outlive the frame they were sent from.
fn next_key() -> u32 {
    static LAST: AtomicU32 = AtomicU32::new(0);
    LAST.fetch_add(1, Ordering::Relaxed).wrapping_add(1)
}
