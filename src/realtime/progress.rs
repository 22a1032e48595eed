//! Percentages come faster than anybody reads them: ten a second for a task are sent, the last one always.

use super::lock;
use crate::domain::{
    events::ProcessingStatus,
    ids::{InvoiceId, TaskId},
};
use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Mutex,
    time::Duration,
};

/// The shortest time between two percentages of one task.
pub const PAUSE: Duration = Duration::from_millis(100);

/// Where an invoice's task is.
pub type Status = (InvoiceId, ProcessingStatus);

/// Tasks that sent a percentage less than [`PAUSE`] ago, with the newest one that waits.
#[derive(Default)]
pub struct Throttle(Mutex<HashMap<TaskId, Option<Status>>>);

impl Throttle {
    /// Gives the status back if it is to be sent now; the caller then asks [`Throttle::rested`] after each [`PAUSE`]
    /// until it says None. Otherwise it is kept for then.
    pub fn admit(&self, status: Status) -> Option<Status> {
        match lock(&self.0).entry(status.1.task_id) {
            Entry::Occupied(mut waiting) => {
                waiting.insert(Some(status));
                None
            }
            Entry::Vacant(free) => {
                free.insert(None);
                Some(status)
            }
        }
    }

    /// The pause is over: the newest status that came meanwhile, or None and the task is forgotten.
    pub fn rested(&self, task: TaskId) -> Option<Status> {
        let mut tasks = lock(&self.0);
        let waiting = tasks.get_mut(&task).and_then(Option::take);
        if waiting.is_none() {
            tasks.remove(&task);
        }
        waiting
    }

    /// A milestone of the task was logged: what waits is older.
    pub fn overtaken(&self, task: TaskId) {
        if let Some(waiting) = lock(&self.0).get_mut(&task) {
            *waiting = None;
        }
    }
}
