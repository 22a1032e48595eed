//! The real program, killed with SIGKILL while people change values over their sockets. Afterwards three accounts of
//! what happened have to be one: what the writers were answered, what a listener heard, and what the database holds.

use super::{socket::Client, *};
use crate::crash::{Program, get, token, upload};
use ap_intake::domain::events::{MutationOutcome, MutationResult};
use rand::Rng;
use serde_json::json;
use std::time::Duration;
use tokio::sync::watch;

/// How often the program is killed.
const KILLS: usize = 4;
/// People who write at the same time, each in an invoice of their own.
const WRITERS: usize = 4;
/// Changes of each: fewer than a socket may send at once.
const CHANGES: u64 = 40;
/// Within which everything has to be over.
const OVER_WITHIN: Duration = Duration::from_secs(120);

/// Where the program answers now, and with what it is asked.
#[derive(Clone)]
struct Way {
    url: watch::Receiver<String>,
    token: String,
}

impl Way {
    /// A socket to the program, as soon as there is one.
    async fn open(&self) -> Client {
        loop {
            let url = self.url.borrow().replacen("http", "ws", 1);
            let bearer = format!("Bearer {}", self.token);
            let path = format!("{url}/api/v1/invoices/updates");
            if let Ok(client) = Client::connect(&path, &[("authorization", &bearer)]).await {
                return client;
            }
            tokio::task::yield_now().await;
        }
    }
}

/// Makes all changes in order, each sent until it was answered. Tells each answer.
async fn write(way: Way, invoice: String, client_id: String, answered: Arc<AtomicUsize>) {
    let mut socket = way.open().await;
    for number in 1..=CHANGES {
        let fields = json!([{ "name": "note", "base_version": number - 1, "value": format!("{client_id}-{number}") }]);
        let message = json!({ "type": "mutate", "client_id": client_id, "mutation_id": number, "invoice": invoice,
            "fields": fields })
        .to_string();
        loop {
            match ask(&mut socket, &message, number).await {
                Some(MutationOutcome::Done(result)) => {
                    let version = result.fields.values().next().map(|field| field.version);
                    assert_eq!(version, Some(number as i64), "each change is made once");
                    break;
                }
                Some(MutationOutcome::Retry) => {}
                Some(other) => panic!("{client_id} {number}: {other:?}"),
                None => socket = way.open().await,
            }
        }
        answered.fetch_add(1, Ordering::SeqCst);
    }
}

/// What became of a change; None: the socket is gone.
async fn ask(socket: &mut Client, message: &str, number: u64) -> Option<MutationOutcome> {
    socket.try_say(message).await?;
    loop {
        match socket.try_hear().await? {
            ServerMessage::MutationResult(MutationResult { mutation_id, outcome, .. }) if mutation_id == number => {
                return Some(outcome);
            }
            _ => {}
        }
    }
}

/// Hears the room of all through every cut, until `over` and there is nothing more; says when it is in the room for the
/// first time. Gives the changes in order.
async fn listen(way: Way, over: watch::Receiver<bool>, listens: watch::Sender<bool>) -> Vec<(String, u64)> {
    let mut heard = Vec::new();
    let mut at: Option<Position> = None;
    loop {
        let was_over = *over.borrow();
        let mut socket = way.open().await;
        let place = at.as_ref().map_or(json!({}), |at| json!({ "epoch": at.epoch, "offset": at.offset }));
        let mut subscribe = json!({ "type": "subscribe", "room": "all" });
        subscribe.as_object_mut().unwrap().extend(place.as_object().unwrap().clone());
        if socket.try_say(&subscribe.to_string()).await.is_none() {
            continue;
        }
        let mut top = i64::MAX;
        while let Some(message) = socket.try_hear().await {
            match message {
                ServerMessage::Subscribed(subscribed) => {
                    assert!(subscribed.recovered, "what was missed is few enough to be replayed");
                    top = subscribed.offset;
                    at.get_or_insert(Position { epoch: subscribed.epoch, offset: subscribed.offset });
                    listens.send_replace(true);
                }
                ServerMessage::InvoiceUpdated(event) => {
                    follow(&mut at, event.offset);
                    heard.extend(event.client_id.zip(event.mutation_id));
                }
                ServerMessage::ProcessingStatus(event) if event.event_id.is_some() => follow(&mut at, event.offset),
                ServerMessage::Bye(_) => break,
                _ => {}
            }
            if was_over && at.as_ref().is_some_and(|at| at.offset >= top) {
                return heard;
            }
            if !was_over && *over.borrow() {
                break;
            }
        }
    }
}

fn follow(at: &mut Option<Position>, offset: i64) {
    let at = at.as_mut().expect("subscribed before the first event");
    assert_eq!(offset, at.offset + 1, "in order, without a gap or a copy");
    at.offset = offset;
}

async fn invoices(program: &Program, token: &str) -> Vec<String> {
    let client = reqwest::Client::new();
    let mut invoices = Vec::new();
    for number in 0..WRITERS {
        let id = upload(&client, &program.url, token, &format!("W-{number}")).await.unwrap();
        while get(&client, &program.url, token, &format!("invoices/{id}")).await["status"] != "needs_review" {
            tokio::task::yield_now().await;
        }
        invoices.push(id);
    }
    invoices
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_what_was_heard_and_what_is_kept_are_one() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut program = Program::start(&data).await;
    let token = token(&data);
    let invoices = invoices(&program, &token).await;
    let (moved, url) = watch::channel(program.url.clone());
    let (ended, over) = watch::channel(false);
    let way = Way { url, token: token.clone() };
    let answered = Arc::new(AtomicUsize::new(0));
    let (listens, mut listened) = watch::channel(false);
    let listener = tokio::spawn(listen(way.clone(), over, listens));
    // What was changed before it came is not told to it.
    listened.wait_for(|listens| *listens).await.unwrap();
    let writers: Vec<_> = invoices
        .iter()
        .enumerate()
        .map(|(place, id)| tokio::spawn(write(way.clone(), id.clone(), format!("writer{place}"), answered.clone())))
        .collect();

    let all = WRITERS * CHANGES as usize;
    for kill in 1..=KILLS {
        // Somewhere in the part of the work that belongs to this kill.
        let moment = all * (kill - 1) / KILLS + rand::rng().random_range(1..all / KILLS);
        while answered.load(Ordering::SeqCst) < moment {
            tokio::task::yield_now().await;
        }
        program.kill();
        program = Program::start(&data).await;
        moved.send(program.url.clone()).unwrap();
    }
    let written = futures::future::join_all(writers);
    let written = tokio::time::timeout(OVER_WITHIN, written).await.expect("all changes are answered in time");
    written.into_iter().for_each(|writer| writer.unwrap());
    ended.send(true).unwrap();
    // Whoever waits for a message gets one, and sees that it is over.
    let client = reqwest::Client::new();
    upload(&client, &program.url, &token, "last").await.unwrap();
    let heard = tokio::time::timeout(OVER_WITHIN, listener).await.expect("everything is heard in time").unwrap();

    for (place, id) in invoices.iter().enumerate() {
        let name = format!("writer{place}");
        let told: Vec<u64> = heard.iter().filter(|(client, _)| *client == name).map(|(_, number)| *number).collect();
        assert_eq!(told, (1..=CHANGES).collect::<Vec<_>>(), "{name} was heard once and in order");
        let invoice = get(&client, &program.url, &token, &format!("invoices/{id}")).await;
        assert_eq!(invoice["fields"]["note"]["value"], format!("{name}-{CHANGES}"));
        let history = get(&client, &program.url, &token, &format!("invoices/{id}/history")).await;
        let changes = history.as_array().unwrap().iter().filter(|entry| entry["action"] == "field_changed").count();
        assert_eq!(changes as u64, CHANGES, "the history holds each change once");
    }
}
