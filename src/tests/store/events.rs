//! The event log: offsets without gaps, in the order of commits, and nothing of what was rolled back.

use super::contract;

contract!(
    offsets_have_no_gaps,
    a_rollback_leaves_no_trace,
    concurrent_commits_keep_order,
    old_events_go_and_offsets_stay
);

mod check {
    use ap_intake::{
        db::{self, Store},
        domain::{
            events::{Event, ProcessingStatus, Room},
            ids::{InvoiceId, TaskId},
            jobs::TaskState,
        },
    };
    use uuid::Uuid;

    fn event(message: &str) -> Event {
        Event::ProcessingStatus {
            invoice_id: InvoiceId(Uuid::nil()),
            data: ProcessingStatus {
                task_id: TaskId(Uuid::nil()),
                status: TaskState::Queued,
                progress: 0,
                stage: None,
                message: message.to_owned(),
                timestamp: 0,
                eta_seconds: None,
                invoice_status: None,
                error: None,
            },
        }
    }

    async fn append(store: &Store, rooms: &[Room], message: &str) -> Vec<i64> {
        let mut tx = store.begin().await.unwrap();
        let logged = db::events::event_append(&mut tx, rooms, &event(message)).await.unwrap();
        tx.commit().await.unwrap();
        logged.into_iter().map(|event| event.offset).collect()
    }

    pub async fn offsets_have_no_gaps(store: &Store) {
        let room = Room::Invoice(InvoiceId(Uuid::now_v7()));
        assert_eq!(append(store, &[room.clone(), Room::All], "1").await, [1, 1]);
        assert_eq!(append(store, &[Room::All], "2").await, [2]);
        assert_eq!(append(store, &[room.clone(), Room::All], "3").await, [2, 3]);
        let mut conn = store.read().await.unwrap();
        let all = db::events::event_range(&mut conn, &Room::All, 1, 10).await.unwrap();
        assert_eq!(all.iter().map(|event| event.offset).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(all[1].event, event("3"));
        assert_eq!(db::events::event_range(&mut conn, &Room::All, 0, 2).await.unwrap().len(), 2);
        assert_eq!(db::events::event_position(&mut conn, &room).await.unwrap().offset, 2);
        let untouched = db::events::event_position(&mut conn, &Room::WorkItems).await.unwrap();
        assert_eq!(untouched.offset, 0);
        assert_eq!(untouched.epoch, db::events::event_epoch(&mut conn).await.unwrap());
    }

    pub async fn a_rollback_leaves_no_trace(store: &Store) {
        append(store, &[Room::All], "kept").await;
        let mut tx = store.begin().await.unwrap();
        db::events::event_append(&mut tx, &[Room::All], &event("lost")).await.unwrap();
        drop(tx);
        assert_eq!(append(store, &[Room::All], "next").await, [2]);
    }

    pub async fn concurrent_commits_keep_order(store: &Store) {
        let mut running = tokio::task::JoinSet::new();
        for number in 0..40 {
            let store = store.clone();
            running.spawn(async move { append(&store, &[Room::All], &number.to_string()).await[0] });
        }
        let mut offsets = running.join_all().await;
        offsets.sort_unstable();
        assert_eq!(offsets, (1..=40).collect::<Vec<i64>>());
    }

    pub async fn old_events_go_and_offsets_stay(store: &Store) {
        append(store, &[Room::All], "old").await;
        let mut tx = store.begin_quiet().await.unwrap();
        assert_eq!(db::events::event_delete_before(&mut tx, i64::MAX).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(append(store, &[Room::All], "new").await, [2]);
    }
}
