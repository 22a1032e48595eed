//! Tasks: claimed once, kept by renewing, taken over when a worker is lost, saved only under the newest fence.

use super::contract;

contract!(
    claimed_by_one,
    a_lost_worker_can_not_save,
    tries_wait_for_their_time,
    cancelling_stops_the_holder,
    release_does_not_count,
    pausing_stops_the_holder_and_does_not_count,
);

mod check {
    use crate::store::{add_invoice, add_user};
    use ap_intake::{
        db::{
            self, Store,
            tasks::{ClaimedTask, TaskEnd, task_claim},
        },
        domain::{
            ids::TaskId,
            invoice::TaskError,
            jobs::{Stage, TaskState},
            roles::Role,
        },
    };
    use uuid::Uuid;

    async fn add_task(store: &Store, priority: i64) -> TaskId {
        let user = match db::users::user_by_email(&mut store.read().await.unwrap(), "a@example.com").await.unwrap() {
            Some(user) => user.id,
            None => add_user(store, "a@example.com", Role::Clerk).await,
        };
        let invoice = add_invoice(store, user, &Uuid::now_v7().to_string()).await;
        let id = TaskId(Uuid::now_v7());
        let mut tx = store.begin_quiet().await.unwrap();
        db::tasks::task_insert(&mut tx, id, invoice, user, priority, 1_000).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    async fn claim(store: &Store, owner: &str, now: i64) -> Option<ClaimedTask> {
        let mut tx = store.begin_quiet().await.unwrap();
        let claimed = task_claim(&mut tx, store.backend(), owner, now, 100).await.unwrap();
        tx.commit().await.unwrap();
        claimed
    }

    async fn end(store: &Store, task: &ClaimedTask, end: TaskEnd<'_>, now: i64) -> bool {
        let mut tx = store.begin_quiet().await.unwrap();
        let held = db::tasks::task_end(&mut tx, task, end, now).await.unwrap();
        tx.commit().await.unwrap();
        held
    }

    pub async fn claimed_by_one(store: &Store) {
        let ids = [add_task(store, 0).await, add_task(store, 5).await, add_task(store, 0).await];
        let mut running = tokio::task::JoinSet::new();
        for worker in 0..8 {
            let store = store.clone();
            running.spawn(async move { claim(&store, &worker.to_string(), 2_000).await.map(|task| task.id) });
        }
        let mut claimed: Vec<TaskId> = running.join_all().await.into_iter().flatten().collect();
        claimed.sort();
        assert_eq!(claimed, ids);
    }

    pub async fn a_lost_worker_can_not_save(store: &Store) {
        add_task(store, 0).await;
        let lost = claim(store, "a", 2_000).await.unwrap();
        assert_eq!(claim(store, "b", 2_050).await, None, "still leased");
        let taken = claim(store, "b", 2_200).await.unwrap();
        assert_eq!((taken.id, taken.attempts, taken.fence), (lost.id, 2, lost.fence + 1));
        assert!(!end(store, &lost, TaskEnd::Completed, 2_300).await);
        assert!(end(store, &taken, TaskEnd::Completed, 2_300).await);
        let view = db::tasks::task_get(&mut store.read().await.unwrap(), lost.id).await.unwrap().unwrap();
        assert_eq!((view.state, view.progress, view.stage), (TaskState::Completed, 100, Some(Stage::Complete)));
        assert_eq!(claim(store, "c", 9_000).await, None, "done is done");
    }

    pub async fn tries_wait_for_their_time(store: &Store) {
        let low = add_task(store, 0).await;
        let high = add_task(store, 1).await;
        let first = claim(store, "a", 2_000).await.unwrap();
        assert_eq!(first.id, high);
        let error = TaskError { code: "busy".into(), message: "Busy".into(), stage: "fetch".into() };
        assert!(end(store, &first, TaskEnd::Again { error: &error, run_after: 5_000 }, 2_000).await);
        assert_eq!(claim(store, "a", 2_100).await.map(|task| task.id), Some(low));
        assert_eq!(claim(store, "a", 2_150).await, None);
        let again = claim(store, "a", 5_000).await;
        assert!(again.is_some_and(|task| task.id == high && task.attempts == 2));
    }

    pub async fn cancelling_stops_the_holder(store: &Store) {
        let id = add_task(store, 0).await;
        let task = claim(store, "a", 2_000).await.unwrap();
        let mut tx = store.begin_quiet().await.unwrap();
        assert!(db::tasks::task_renew(&mut tx, &task, 3_000).await.unwrap());
        assert!(db::tasks::task_progress(&mut tx, &task, Stage::Extraction, 40, "Reading").await.unwrap());
        assert!(db::tasks::task_cancel(&mut tx, id, 2_500).await.unwrap());
        assert!(!db::tasks::task_cancel(&mut tx, id, 2_500).await.unwrap());
        assert!(!db::tasks::task_renew(&mut tx, &task, 4_000).await.unwrap());
        assert!(!db::tasks::task_progress(&mut tx, &task, Stage::Save, 90, "Saving").await.unwrap());
        tx.commit().await.unwrap();
        assert!(!end(store, &task, TaskEnd::Completed, 2_600).await);
        assert_eq!(claim(store, "b", 9_000).await, None);
    }

    pub async fn pausing_stops_the_holder_and_does_not_count(store: &Store) {
        let id = add_task(store, 0).await;
        let task = claim(store, "a", 2_000).await.unwrap();
        let mut tx = store.begin_quiet().await.unwrap();
        assert!(!db::tasks::task_resume(&mut tx, id, 2_050).await.unwrap(), "it runs");
        assert!(db::tasks::task_pause(&mut tx, id).await.unwrap());
        assert!(!db::tasks::task_pause(&mut tx, id).await.unwrap());
        assert!(!db::tasks::task_renew(&mut tx, &task, 4_000).await.unwrap());
        tx.commit().await.unwrap();
        assert!(!end(store, &task, TaskEnd::Completed, 2_060).await);
        assert_eq!(claim(store, "b", 9_000).await, None, "nobody takes it");
        let mut tx = store.begin_quiet().await.unwrap();
        assert!(db::tasks::task_resume(&mut tx, id, 9_000).await.unwrap());
        tx.commit().await.unwrap();
        let again = claim(store, "b", 9_000).await.unwrap();
        assert_eq!((again.id, again.attempts), (task.id, 1));
        assert!(again.fence > task.fence);
        // One that only waits has no try to give back, and one that is paused can be cancelled.
        let waiting = add_task(store, 0).await;
        let mut tx = store.begin_quiet().await.unwrap();
        assert!(db::tasks::task_pause(&mut tx, waiting).await.unwrap());
        assert!(db::tasks::task_cancel(&mut tx, waiting, 9_100).await.unwrap());
        tx.commit().await.unwrap();
        let view = db::tasks::task_get(&mut store.read().await.unwrap(), waiting).await.unwrap().unwrap();
        assert_eq!((view.state, view.attempts), (TaskState::Cancelled, 0));
    }

    pub async fn release_does_not_count(store: &Store) {
        add_task(store, 0).await;
        let task = claim(store, "a", 2_000).await.unwrap();
        let mut tx = store.begin_quiet().await.unwrap();
        assert!(db::tasks::task_release(&mut tx, &task).await.unwrap());
        tx.commit().await.unwrap();
        let again = claim(store, "b", 2_001).await.unwrap();
        assert_eq!((again.id, again.attempts), (task.id, 1));
        assert_eq!(db::tasks::task_counts(&mut store.read().await.unwrap()).await.unwrap(), (0, 1));
    }
}
