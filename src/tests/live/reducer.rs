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

/// What the client knows of others, and says of itself.
mod company {
    use super::*;
    use ap_intake::{
        domain::{
            events::{Cursor, Holder, Lock, PresenceChange, PresenceState, Present},
            field::Field,
            ids::UserId,
        },
        ui::state::reducer::Company,
    };

    const ID: InvoiceId = InvoiceId(Uuid::nil());
    const ROOM: Room = Room::Invoice(ID);
    const ME: u128 = 1;
    const RITA: u128 = 2;

    fn user(number: u128) -> UserId {
        UserId(Uuid::from_u128(number))
    }

    fn present(connection: &str, number: u128, clock: u32) -> Present {
        let cursor = Some(Cursor { page: 1, x: clock as u16, y: 0 });
        let state = PresenceState { field: None, cursor };
        Present { connection: connection.to_owned(), user: user(number), name: "Rita".to_owned(), clock, state }
    }

    fn lock(holder: Option<(&str, u128)>, token: u64) -> Lock {
        let holder = holder.map(|(connection, number)| Holder {
            connection: connection.to_owned(),
            user: user(number),
            name: "Rita".to_owned(),
        });
        Lock { invoice: ID, field: Field::Note, holder, token, expires_in_ms: 30_000 }
    }

    fn subscribed(presence: Vec<Present>, locks: Vec<Lock>) -> ServerMessage {
        ServerMessage::Subscribed(Subscribed {
            room: ROOM,
            epoch: EPOCH.to_owned(),
            offset: 5,
            recovered: true,
            presence,
            locks,
        })
    }

    fn change(joins: Vec<Present>, leaves: &[&str]) -> ServerMessage {
        let leaves = leaves.iter().map(|leave| (*leave).to_owned()).collect();
        ServerMessage::Presence(PresenceChange { room: ROOM, joins, leaves })
    }

    fn welcome() -> ServerMessage {
        ServerMessage::Welcome(Welcome {
            proto: 1,
            epoch: EPOCH.to_owned(),
            connection: "mine".to_owned(),
            user: user(ME),
            last_mutation: 0,
        })
    }

    /// A listener in the room, on an open socket.
    fn listening() -> (Rooms, ListenerId) {
        let mut rooms = Rooms::new("1".to_owned());
        let (id, _) = rooms.join(&ROOM, Some(position(5)));
        rooms.opened();
        rooms.receive(welcome());
        (rooms, id)
    }

    fn told(acts: &[Act]) -> Vec<&str> {
        let people = acts.iter().find_map(|act| match act {
            Act::Deliver { event: LiveEvent::Company(Company { people, .. }), .. } => Some(people),
            _ => None,
        });
        people.expect("company").iter().map(|present| present.connection.as_str()).collect()
    }

    fn sent(acts: &[Act]) -> Vec<&ClientMessage> {
        acts.iter().filter_map(|act| if let Act::Send(message) = act { Some(message) } else { None }).collect()
    }

    #[test]
    fn others_are_told_and_oneself_is_not() {
        let (mut rooms, id) = listening();
        let acts = rooms.receive(subscribed(vec![present("a", RITA, 1), present("my other tab", ME, 1)], vec![]));
        assert_eq!(told(&acts), ["a"]);
        assert!(matches!(&acts[..], [Act::Deliver { to, .. }] if *to == [id]));
        let acts = rooms.receive(change(vec![present("b", 3, 1)], &["a"]));
        assert_eq!(told(&acts), ["b"]);
        let acts = rooms.receive(change(vec![present("b", 3, 7)], &[]));
        assert_eq!(told(&acts), ["b"]);
        rooms.receive(change(vec![present("b", 3, 6)], &[]));
        assert_eq!(rooms.company(&ROOM).people, [present("b", 3, 7)], "an older move came late");
    }

    #[test]
    fn nobody_is_known_without_a_socket_and_a_new_one_tells_all() {
        let (mut rooms, _) = listening();
        rooms.receive(subscribed(vec![present("a", RITA, 1)], vec![lock(Some(("a", RITA)), 4)]));
        rooms.closed();
        assert_eq!(rooms.company(&ROOM), Company::default());
        rooms.opened();
        assert_eq!(rooms.receive(subscribed(vec![], vec![])), [], "no news");
        let later = rooms.receive(subscribed(vec![present("b", 3, 1)], vec![]));
        assert_eq!(told(&later), ["b"]);
    }

    #[test]
    fn where_one_is_is_said_again_on_each_socket_with_a_higher_clock() {
        let (mut rooms, _) = listening();
        let state = PresenceState { field: Some(Field::Note), cursor: None };
        assert_eq!(rooms.announce(&ROOM, Some(state)), [], "not in the room yet");
        assert_eq!(rooms.want(ID, Some(Field::Note)), []);
        let mut last = 0;
        for _ in 0..2 {
            let acts = rooms.receive(subscribed(vec![], vec![]));
            let [ClientMessage::Presence(update), ClientMessage::Lock(asked)] = sent(&acts)[..] else {
                panic!("{acts:?}")
            };
            assert_eq!((update.state, asked.field), (Some(state), Field::Note));
            assert!(update.clock > last);
            last = update.clock;
            rooms.closed();
            rooms.opened();
        }
        rooms.receive(subscribed(vec![], vec![]));
        assert_eq!(rooms.announce(&ROOM, Some(state)), [], "nothing new to say");
        let acts = rooms.announce(&ROOM, None);
        let [ClientMessage::Presence(update)] = sent(&acts)[..] else { panic!("{acts:?}") };
        assert!(update.state.is_none() && update.clock > last);
    }

    #[test]
    fn a_field_is_given_up_for_the_next_and_renewed_while_it_is_ours() {
        let (mut rooms, _) = listening();
        rooms.receive(subscribed(vec![], vec![]));
        assert_eq!(rooms.renew(ID), []);
        assert!(matches!(sent(&rooms.want(ID, Some(Field::Iban)))[..], [ClientMessage::Lock(_)]));
        let acts = rooms.want(ID, Some(Field::Note));
        let [ClientMessage::Unlock(before), ClientMessage::Lock(now)] = sent(&acts)[..] else { panic!("{acts:?}") };
        assert_eq!((before.field, now.field), (Field::Iban, Field::Note));
        rooms.receive(ServerMessage::Lock(lock(Some(("mine", ME)), 4)));
        assert!(matches!(sent(&rooms.renew(ID))[..], [ClientMessage::Renew(_)]));
        assert_eq!(rooms.company(&ROOM).locks, [], "one's own is no notice");
        assert!(matches!(sent(&rooms.want(ID, None))[..], [ClientMessage::Unlock(_)]));
    }

    #[test]
    fn a_field_that_becomes_free_is_asked_for_by_who_is_in_it() {
        let (mut rooms, _) = listening();
        rooms.receive(subscribed(vec![], vec![lock(Some(("a", RITA)), 4)]));
        assert_eq!(rooms.company(&ROOM).locks.len(), 1);
        rooms.want(ID, Some(Field::Note));
        assert_eq!(rooms.renew(ID), [], "it is somebody else's");
        let acts = rooms.receive(ServerMessage::Lock(lock(None, 4)));
        assert!(matches!(sent(&acts)[..], [ClientMessage::Lock(_)]), "{acts:?}");
        assert_eq!(rooms.company(&ROOM).locks, []);
    }

    #[test]
    fn what_comes_late_of_a_lock_is_old() {
        let (mut rooms, _) = listening();
        rooms.receive(subscribed(vec![], vec![]));
        rooms.receive(ServerMessage::Lock(lock(Some(("b", 3)), 5)));
        assert_eq!(rooms.receive(ServerMessage::Lock(lock(Some(("a", RITA)), 4))), []);
        assert_eq!(rooms.receive(ServerMessage::Lock(lock(None, 4))), []);
        rooms.receive(ServerMessage::Lock(lock(None, 5)));
        assert_eq!(rooms.receive(ServerMessage::Lock(lock(Some(("b", 3)), 5))), [], "it was given up since");
        assert_eq!(rooms.company(&ROOM).locks, []);
    }
}
