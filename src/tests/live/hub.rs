//! The hub against a log in memory: order, replay, bounds, progress.

use super::*;
use ap_intake::realtime::{Farewell, Hub, Publisher, mailbox::MAX_WAITING};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const ROOM: Room = Room::All;

/// The offsets of the events among messages; `-1` for `subscribed`, `-2` when it says that not all was recovered.
fn offsets(messages: &[ServerMessage]) -> Vec<i64> {
    messages
        .iter()
        .map(|message| match message {
            ServerMessage::ProcessingStatus(ProcessingMessage { offset, event_id: Some(_), .. }) => *offset,
            ServerMessage::Subscribed(Subscribed { recovered: true, .. }) => -1,
            ServerMessage::Subscribed(Subscribed { recovered: false, .. }) => -2,
            other => panic!("unexpected: {other:?}"),
        })
        .collect()
}

/// Waits until the socket was sent as many messages.
async fn receive(connection: &Connection, count: usize) -> Vec<ServerMessage> {
    let mut received = waiting(connection);
    while received.len() < count {
        connection.mailbox().filled().await;
        received.extend(waiting(connection));
    }
    received
}

/// Answers with what a client that was at `from` gets.
async fn resumed(log: &Arc<MemoryLog>, from: Position) -> Vec<i64> {
    let hub = Hub::new(log.clone());
    let mut connection = hub.connect();
    connection.subscribe(&ROOM, Some(&from)).await.unwrap();
    offsets(&waiting(&connection))
}

#[tokio::test]
async fn commits_that_report_out_of_order_are_heard_in_order() {
    let log = MemoryLog::new();
    let hub = Hub::new(log.clone());
    let mut connection = hub.connect();
    connection.subscribe(&ROOM, None).await.unwrap();
    let events: Vec<_> = (0..5).map(|_| log.append(&ROOM)).collect();
    for place in [2, 0, 4, 1, 3] {
        hub.publish(vec![events[place].clone()]);
    }
    assert_eq!(offsets(&receive(&connection, 6).await), [-1, 1, 2, 3, 4, 5]);
    tokio::task::yield_now().await;
    assert_eq!(waiting(&connection), [], "no copies");
}

#[tokio::test]
async fn an_event_nobody_reported_is_found_in_the_log() {
    let log = MemoryLog::new();
    let hub = Hub::new(log.clone());
    let mut connection = hub.connect();
    connection.subscribe(&ROOM, None).await.unwrap();
    log.append(&ROOM);
    let stop = CancellationToken::new();
    let watch = tokio::spawn(hub.clone().watch(Duration::from_millis(1), stop.clone()));
    assert_eq!(offsets(&receive(&connection, 2).await), [-1, 1]);
    stop.cancel();
    watch.await.unwrap();
}

#[tokio::test]
async fn what_is_published_while_the_replay_is_read_comes_after_it_once() {
    let log = MemoryLog::new();
    let hub = Hub::new(log.clone());
    (0..3).for_each(|_| _ = log.append(&ROOM));
    let gate = log.gate.acquire_many(Semaphore::MAX_PERMITS as u32).await.unwrap();
    let mut connection = hub.connect();
    let subscribing = tokio::spawn(async move {
        connection.subscribe(&ROOM, Some(&position(1))).await.unwrap();
        connection
    });
    tokio::task::yield_now().await;
    // Committed before the log is read, so the replay holds it too.
    hub.publish(vec![log.append(&ROOM)]);
    drop(gate);
    let connection = subscribing.await.unwrap();
    hub.publish(vec![log.append(&ROOM)]);
    assert_eq!(offsets(&receive(&connection, 5).await), [-1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn a_second_subscriber_does_not_disturb_the_first() {
    let log = MemoryLog::new();
    let hub = Hub::new(log.clone());
    let mut first = hub.connect();
    first.subscribe(&ROOM, None).await.unwrap();
    // Committed, not yet reported: the second reads it from the log, the first waits for the report.
    let late = log.append(&ROOM);
    let mut second = hub.connect();
    second.subscribe(&ROOM, Some(&position(0))).await.unwrap();
    hub.publish(vec![late]);
    assert_eq!(offsets(&receive(&first, 2).await), [-1, 1]);
    assert_eq!(offsets(&receive(&second, 2).await), [-1, 1]);
}

#[tokio::test]
async fn replay_reaches_back_300_events() {
    let log = MemoryLog::new();
    (0..301).for_each(|_| _ = log.append(&ROOM));
    let all: Vec<i64> = std::iter::once(-1).chain(2..=301).collect();
    assert_eq!(resumed(&log, position(1)).await, all);
    assert_eq!(resumed(&log, position(0)).await, [-2]);
    assert_eq!(resumed(&log, position(301)).await, [-1]);
}

#[tokio::test]
async fn what_can_not_be_replayed_whole_is_not_replayed() {
    let log = MemoryLog::new();
    (0..4).for_each(|_| _ = log.append(&ROOM));
    assert_eq!(resumed(&log, position(5)).await, [-2], "past the top");
    assert_eq!(resumed(&log, position(-1)).await, [-2], "before the start");
    assert_eq!(resumed(&log, Position { epoch: "other".into(), offset: 2 }).await, [-2], "another epoch");
    log.forget(&ROOM, 2);
    assert_eq!(resumed(&log, position(1)).await, [-2], "past the floor");
    assert_eq!(resumed(&log, position(2)).await, [-1, 3, 4], "just above the floor");
    log.forget(&ROOM, 4);
    assert_eq!(resumed(&log, position(3)).await, [-2], "all forgotten");
    log.append_saying(&ROOM, &"x".repeat(1024 * 1024));
    assert_eq!(resumed(&log, position(4)).await, [-2], "more than a mebibyte");
}

#[tokio::test]
async fn a_log_cut_under_its_listeners_tells_them() {
    let log = MemoryLog::new();
    let hub = Hub::new(log.clone());
    let mut connection = hub.connect();
    connection.subscribe(&ROOM, None).await.unwrap();
    let events: Vec<_> = (0..3).map(|_| log.append(&ROOM)).collect();
    log.forget(&ROOM, 2);
    hub.publish(vec![events[2].clone()]);
    let received = receive(&connection, 2).await;
    assert!(
        matches!(&received[..], [ServerMessage::Subscribed(_), ServerMessage::Reset(Reset { offset: 3, .. })]),
        "{received:?}"
    );
    hub.publish(vec![log.append(&ROOM)]);
    assert_eq!(offsets(&receive(&connection, 1).await), [4]);
}

#[tokio::test]
async fn a_log_restored_under_its_listeners_tells_them() {
    let log = MemoryLog::new();
    let hub = Hub::new(log.clone());
    let (room, other) = (ROOM, Room::WorkItems);
    let mut connection = hub.connect();
    (0..5).for_each(|_| _ = log.append(&room));
    connection.subscribe(&room, None).await.unwrap();
    connection.subscribe(&other, None).await.unwrap();
    waiting(&connection);
    log.restore("second", 3);
    hub.look().await;
    let mut told = waiting(&connection);
    told.sort_by_key(|message| matches!(message, ServerMessage::Reset(Reset { room: Room::WorkItems, .. })));
    let reset = |room: Room, offset| ServerMessage::Reset(Reset { room, epoch: "second".into(), offset });
    assert_eq!(told, [reset(room, 2), reset(other, 0)], "also where nothing was ever written");
    hub.publish(vec![log.append(&ROOM)]);
    assert_eq!(offsets(&waiting(&connection)), [3], "and on from there");
    hub.look().await;
    assert_eq!(waiting(&connection), [], "told once");
}

#[tokio::test]
async fn who_comes_after_a_restore_tells_the_room() {
    let log = MemoryLog::new();
    let hub = Hub::new(log.clone());
    let (mut first, mut second) = (hub.connect(), hub.connect());
    (0..5).for_each(|_| _ = log.append(&ROOM));
    first.subscribe(&ROOM, None).await.unwrap();
    waiting(&first);
    log.restore("second", 3);
    second.subscribe(&ROOM, None).await.unwrap();
    assert!(matches!(&waiting(&first)[..], [ServerMessage::Reset(Reset { offset: 2, .. })]));
    waiting(&second);
    hub.publish(vec![log.append(&ROOM)]);
    assert_eq!((offsets(&waiting(&first)), offsets(&waiting(&second))), (vec![3], vec![3]));
}

#[tokio::test]
async fn an_event_that_the_log_does_not_hold_is_not_asked_for_without_end() {
    let log = MemoryLog::new();
    let hub = Hub::new(log.clone());
    let mut connection = hub.connect();
    connection.subscribe(&ROOM, None).await.unwrap();
    waiting(&connection);
    let event = log.append(&ROOM);
    let early = LoggedEvent { offset: 2, ..event.clone() };
    log.restore(EPOCH, 1);
    hub.publish(vec![early]);
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    let reads = log.reads.load(std::sync::atomic::Ordering::Relaxed);
    assert!(reads <= 2, "{reads} reads: one to subscribe, one to look");
    // When it is there, it is found.
    log.append(&ROOM);
    log.append(&ROOM);
    hub.look().await;
    assert_eq!(offsets(&receive(&connection, 2).await), [1, 2]);
}

#[tokio::test]
async fn a_reader_too_slow_is_sent_away_and_others_go_on() {
    let log = MemoryLog::new();
    let hub = Hub::new(log.clone());
    let (mut slow, mut quick) = (hub.connect(), hub.connect());
    slow.subscribe(&ROOM, None).await.unwrap();
    quick.subscribe(&ROOM, None).await.unwrap();
    for _ in 0..5 {
        hub.publish(vec![log.append_saying(&ROOM, &"x".repeat(MAX_WAITING / 4))]);
        waiting(&quick);
    }
    assert_eq!(slow.mailbox().take(1, 1), Err(Farewell::Slow));
    hub.publish(vec![log.append(&ROOM)]);
    assert_eq!(offsets(&waiting(&quick)), [6]);
}

#[tokio::test]
async fn who_leaves_hears_nothing_and_sockets_are_counted() {
    let log = MemoryLog::new();
    let hub = Hub::new(log.clone());
    let mut connection = hub.connect();
    connection.subscribe(&ROOM, None).await.unwrap();
    assert_eq!(hub.connections(), 1);
    connection.unsubscribe(&ROOM);
    hub.publish(vec![log.append(&ROOM)]);
    assert_eq!(offsets(&waiting(&connection)), [-1]);
    drop(connection);
    assert_eq!(hub.connections(), 0);
    hub.emptied().await;
}

#[tokio::test]
async fn a_task_room_hears_task_updates_beside_the_status() {
    let log = MemoryLog::new();
    let hub = Hub::new(log.clone());
    let room = Room::Task(TaskId(Uuid::nil()));
    let mut connection = hub.connect();
    connection.subscribe(&room, None).await.unwrap();
    hub.publish(vec![log.append(&room)]);
    let received = receive(&connection, 3).await;
    assert!(
        matches!(
            &received[1..],
            [ServerMessage::ProcessingStatus(ProcessingMessage { offset: 1, .. }), ServerMessage::TaskUpdate(_)]
        ),
        "{received:?}"
    );
}

#[tokio::test]
async fn of_many_percentages_the_first_comes_at_once_and_the_last_always() {
    let log = MemoryLog::new();
    let hub = Hub::new(log.clone());
    let mut connection = hub.connect();
    connection.subscribe(&ROOM, None).await.unwrap();
    waiting(&connection);
    let task = TaskId(Uuid::from_u128(7));
    hub.progress(InvoiceId(Uuid::nil()), status(task, 0, ""));
    let mut heard = waiting(&connection);
    assert_eq!(heard.len(), 1, "at once");
    for percent in 1..100 {
        hub.progress(InvoiceId(Uuid::nil()), status(task, percent, ""));
    }
    heard.extend(receive(&connection, 1).await);
    let percents: Vec<u8> = heard
        .iter()
        .map(|message| match message {
            ServerMessage::ProcessingStatus(ProcessingMessage { data, event_id: None, offset: 0, .. }) => data.progress,
            other => panic!("unexpected: {other:?}"),
        })
        .collect();
    assert_eq!(percents, [0, 99]);
}

#[tokio::test]
async fn a_milestone_takes_the_place_of_the_percentage_that_waits() {
    let log = MemoryLog::new();
    let hub = Hub::new(log.clone());
    let mut connection = hub.connect();
    connection.subscribe(&ROOM, None).await.unwrap();
    hub.progress(InvoiceId(Uuid::nil()), status(TaskId(Uuid::nil()), 10, ""));
    hub.publish(vec![log.append(&ROOM)]);
    assert_eq!(offsets(&waiting(&connection)), [-1, 1]);
}

#[tokio::test]
async fn who_comes_back_soon_is_served_without_a_look_into_the_log() {
    let log = MemoryLog::new();
    let hub = Hub::new(log.clone());
    let mut first = hub.connect();
    first.subscribe(&ROOM, None).await.unwrap();
    drop(first);
    (0..3).for_each(|_| hub.publish(vec![log.append(&ROOM)]));
    let reads = || log.reads.load(std::sync::atomic::Ordering::Relaxed);
    let before = reads();
    let mut back = hub.connect();
    back.subscribe(&ROOM, Some(&position(1))).await.unwrap();
    assert_eq!(offsets(&waiting(&back)), [-1, 2, 3]);
    hub.publish(vec![log.append(&ROOM)]);
    assert_eq!(offsets(&waiting(&back)), [4], "and goes on live");
    assert_eq!(hub.epoch().await.unwrap(), EPOCH);
    assert_eq!(reads(), before);
    back.subscribe(&ROOM, Some(&position(5))).await.unwrap();
    assert_eq!(offsets(&waiting(&back)), [-2], "past the top the log has the last word");
    assert_eq!(reads(), before + 1);
}

#[tokio::test]
async fn of_many_who_come_at_once_a_few_read_the_log_for_all() {
    let log = MemoryLog::new();
    (0..50).for_each(|_| _ = log.append(&ROOM));
    let hub = Hub::new(log.clone());
    let mut connections: Vec<Connection> = (0..100).map(|_| hub.connect()).collect();
    let from = position(0);
    let gate = log.gate.acquire_many(Semaphore::MAX_PERMITS as u32).await.unwrap();
    let all = futures::future::join_all(connections.iter_mut().map(|one| one.subscribe(&ROOM, Some(&from))));
    let (all, ()) = tokio::join!(all, async { drop(gate) });
    assert!(all.iter().all(Result::is_ok));
    let reads = log.reads.load(std::sync::atomic::Ordering::Relaxed);
    assert!(reads <= 4, "{reads} reads");
    let expected: Vec<i64> = std::iter::once(-1).chain(1..=50).collect();
    for connection in &connections {
        assert_eq!(offsets(&waiting(connection)), expected);
    }
}

#[tokio::test]
async fn what_was_heard_of_a_log_that_was_cut_is_forgotten() {
    let log = MemoryLog::new();
    let hub = Hub::new(log.clone());
    let mut first = hub.connect();
    first.subscribe(&ROOM, None).await.unwrap();
    (0..3).for_each(|_| hub.publish(vec![log.append(&ROOM)]));
    let before = log.position(&ROOM, 1);
    log.restore("second", 1);
    hub.look().await;
    let mut back = hub.connect();
    back.subscribe(&ROOM, Some(&before)).await.unwrap();
    assert_eq!(offsets(&waiting(&back)), [-2], "of the old log");
    back.subscribe(&ROOM, Some(&log.position(&ROOM, 0))).await.unwrap();
    assert_eq!(offsets(&waiting(&back)), [-1], "of the new one");
}
