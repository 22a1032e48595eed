//! The client's state machine alone: what it does with messages that are late, refused, or of another log.

use super::*;
use ap_intake::{
    domain::events::ClientMessage,
    ui::state::reducer::{Act, ListenerId, LiveEvent, Rooms},
};

const ROOM: Room = Room::All;
const TASK: TaskId = TaskId(Uuid::nil());

fn at(epoch: &str, offset: i64) -> Position {
    Position { epoch: epoch.to_owned(), offset }
}

/// A client with an open socket and two listeners, live at offset 5.
fn live() -> (Rooms, ListenerId, ListenerId) {
    let mut rooms = Rooms::new("1".to_owned());
    rooms.opened();
    let (one, _) = rooms.join(&ROOM, Some(position(5)));
    let (two, _) = rooms.join(&ROOM, Some(position(5)));
    assert_eq!(rooms.receive(subscribed(EPOCH, 5, true)), []);
    (rooms, one, two)
}

fn subscribed(epoch: &str, offset: i64, recovered: bool) -> ServerMessage {
    ServerMessage::Subscribed(Subscribed {
        room: ROOM,
        epoch: epoch.to_owned(),
        offset,
        recovered,
        presence: Vec::new(),
        locks: Vec::new(),
    })
}

fn told(status: TaskState, offset: i64, event_id: Option<&str>) -> ServerMessage {
    ServerMessage::ProcessingStatus(ProcessingMessage {
        invoice_id: InvoiceId(Uuid::nil()),
        room: ROOM,
        offset,
        event_id: event_id.map(str::to_owned),
        data: ProcessingStatus { status, ..super::status(TASK, 40, "") },
    })
}

fn error(temporary: bool, room: Option<Room>) -> ServerMessage {
    ServerMessage::Error(ErrorMessage { code: "code".to_owned(), message: String::new(), temporary, room, task: None })
}

fn is_ask(act: &Act) -> bool {
    matches!(act, Act::Send(ClientMessage::Subscribe(_)))
}

#[test]
fn a_percentage_after_the_end_is_not_heard() {
    let (mut rooms, ..) = live();
    assert_eq!(rooms.receive(told(TaskState::Processing, 5, None)).len(), 1);
    assert_eq!(rooms.receive(told(TaskState::Cancelled, 6, Some("6"))).len(), 1);
    assert_eq!(rooms.receive(told(TaskState::Processing, 6, None)), [], "its sender did not know yet");
    assert!(rooms.receive(told(TaskState::Processing, 8, None)).iter().all(is_ask), "it still betrays a gap");
}

#[test]
fn a_snapshot_of_another_log_makes_the_others_load_too() {
    let (mut rooms, one, two) = live();
    let acts = rooms.follow_from(&ROOM, one, at("second", 3));
    assert_eq!(acts[0], Act::Deliver { to: vec![two], event: LiveEvent::Reload });
    assert!(is_ask(&acts[1]) && acts.len() == 2, "{acts:?}");
    assert_eq!(rooms.receive(subscribed("second", 3, true)), []);
    let heard = rooms.receive(told(TaskState::Queued, 4, Some("4")));
    assert!(matches!(&heard[..], [Act::Deliver { to, .. }] if *to == [one, two]), "{heard:?}");
}

#[test]
fn what_was_dropped_is_asked_for_again_by_a_new_socket() {
    for room in [None, Some(ROOM)] {
        let (mut rooms, ..) = live();
        assert_eq!(rooms.receive(error(true, room.clone())), [Act::Reconnect { after_ms: Some(2_000) }]);
        assert_eq!(rooms.receive(error(true, room)), [], "once is enough");
        let acts = rooms.opened();
        let Act::Send(ClientMessage::Hello { resume, .. }) = &acts[0] else { panic!("{acts:?}") };
        assert_eq!(resume.len(), 1);
    }
}

#[test]
fn who_is_refused_for_good_loads_again_and_asks_no_more() {
    let (mut rooms, one, two) = live();
    rooms.closed();
    rooms.opened();
    let reload = Act::Deliver { to: vec![one, two], event: LiveEvent::Reload };
    assert_eq!(rooms.receive(error(false, Some(ROOM))), [reload]);
    assert_eq!(rooms.follow_from(&ROOM, one, position(1)), [], "it would be refused again");
    rooms.closed();
    assert!(!rooms.opened().is_empty(), "a new socket may be let in");
    assert_eq!(rooms.receive(error(false, None)), [], "not about a room");
}
