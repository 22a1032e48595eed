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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::jobs::TaskState;
    use uuid::Uuid;

    const TASK: TaskId = TaskId(Uuid::nil());

    fn at(progress: u8) -> Status {
        let status = ProcessingStatus {
            task_id: TASK,
            status: TaskState::Processing,
            progress,
            stage: None,
            message: String::new(),
            timestamp: 0,
            eta_seconds: None,
            invoice_status: None,
            error: None,
        };
        (InvoiceId(Uuid::nil()), status)
    }

    #[test]
    fn one_is_sent_and_the_newest_waits_for_the_pause() {
        let throttle = Throttle::default();
        assert_eq!(throttle.admit(at(1)), Some(at(1)));
        assert_eq!(throttle.admit(at(2)), None);
        assert_eq!(throttle.admit(at(3)), None);
        assert_eq!(throttle.rested(TASK), Some(at(3)));
        assert_eq!(throttle.admit(at(4)), None, "the pause begins anew");
        assert_eq!(throttle.rested(TASK), Some(at(4)));
        assert_eq!(throttle.rested(TASK), None);
        assert_eq!(throttle.admit(at(5)), Some(at(5)), "forgotten, so it is sent at once again");
    }

    #[test]
    fn a_milestone_drops_what_waits() {
        let throttle = Throttle::default();
        throttle.admit(at(1));
        throttle.admit(at(2));
        throttle.overtaken(TASK);
        assert_eq!(throttle.rested(TASK), None);
    }
}
