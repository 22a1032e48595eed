//! The bus of servers that share a PostgreSQL database: LISTEN and NOTIFY, one listener a server. Words that wait while
//! others are being sent go together, and of wakes only the newest offset of a room.

use super::{
    Hub,
    bus::{Bus, Told, Word},
};
use crate::db::{
    StoreError,
    notify::{self, Heard, MAX_TEXT, Notifier},
};
use std::{collections::BTreeMap, time::Duration};
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio_util::sync::CancellationToken;

/// Words that may wait. More are dropped: the next look at the log finds what they were about.
const MAX_WAITING: usize = 10_000;
/// Words taken at once.
const AT_ONCE: usize = 500;
/// Less than a third of the time after which a server counts as gone.
const ALIVE_EVERY: Duration = Duration::from_secs(4);
/// Time before the next try when the database is not there.
const AFTER_ERROR: Duration = Duration::from_secs(1);

/// The telling end.
pub struct PostgresBus(Sender<(String, Word)>);

/// Both ends, not yet running.
pub struct Line {
    waiting: Receiver<(String, Word)>,
    notifier: Notifier,
    heard: Heard,
}

/// Connects to the database at `url`. [`Line::run`] then carries the words.
pub async fn connect(url: &str) -> Result<(PostgresBus, Line), StoreError> {
    let (notifier, heard) = notify::open(url).await?;
    let (sender, waiting) = mpsc::channel(MAX_WAITING);
    Ok((PostgresBus(sender), Line { waiting, notifier, heard }))
}

impl Bus for PostgresBus {
    fn tell(&self, node: &str, word: Word) {
        if self.0.try_send((node.to_owned(), word)).is_err() {
            metrics::counter!("ap_intake_bus_dropped").increment(1);
        }
    }
}

impl Line {
    /// Carries words both ways until `stop`.
    pub async fn run(self, hub: Hub, stop: CancellationToken) {
        let Line { waiting, notifier, heard } = self;
        tokio::select! {
            () = stop.cancelled() => {}
            () = send(waiting, notifier) => {}
            () = stay_alive(&hub) => {}
            () = hear(heard, &hub) => {}
        }
    }
}

async fn send(mut waiting: Receiver<(String, Word)>, notifier: Notifier) {
    let mut words = Vec::new();
    while waiting.recv_many(&mut words, AT_ONCE).await > 0 {
        let Some(node) = words.first().map(|(node, _)| node.clone()) else { continue };
        let texts = texts(&node, coalesce(words.drain(..).map(|(_, word)| word)));
        if let Err(error) = notifier.send(&texts).await {
            tracing::warn!(%error, "the other servers could not be told; they look at the log themselves");
            tokio::time::sleep(AFTER_ERROR).await;
        }
    }
}

async fn stay_alive(hub: &Hub) {
    let mut beat = tokio::time::interval(ALIVE_EVERY);
    loop {
        beat.tick().await;
        hub.say_alive();
    }
}

async fn hear(mut heard: Heard, hub: &Hub) {
    hub.ask_who_is_there();
    loop {
        match heard.next().await {
            Ok(Some(text)) => match serde_json::from_str::<Told>(&text) {
                Ok(told) => hub.heard(told),
                Err(error) => tracing::warn!(%error, "a word of another server was not understood"),
            },
            Ok(None) => {
                hub.look().await;
                hub.ask_who_is_there();
            }
            Err(error) => {
                tracing::warn!(%error, "the other servers can not be heard");
                tokio::time::sleep(AFTER_ERROR).await;
                hub.look().await;
            }
        }
    }
}

/// The same words with one wake for all rooms, at the place of the first: who is woken later hears nothing less.
fn coalesce(words: impl Iterator<Item = Word>) -> Vec<Word> {
    let mut tops = BTreeMap::new();
    let mut kept = Vec::new();
    let mut place = None;
    for word in words {
        match word {
            Word::Wake(rooms) => {
                place.get_or_insert(kept.len());
                for (room, offset) in rooms {
                    let top = tops.entry(room).or_insert(offset);
                    *top = offset.max(*top);
                }
            }
            Word::Work if kept.contains(&Word::Work) => {}
            other => kept.push(other),
        }
    }
    if let Some(place) = place {
        kept.insert(place, Word::Wake(tops.into_iter().collect()));
    }
    kept
}

/// The words as texts that the database takes: as many together as fit, wakes of many rooms in pieces.
fn texts(node: &str, words: Vec<Word>) -> Vec<String> {
    let pieces = words.into_iter().flat_map(|word| match word {
        Word::Wake(rooms) => rooms.chunks(100).map(|piece| Word::Wake(piece.to_vec())).collect(),
        other => vec![other],
    });
    let mut texts = Vec::new();
    let mut together: Vec<String> = Vec::new();
    let frame = serde_json::json!({ "node": node, "words": [] }).to_string().len();
    let mut size = frame;
    for piece in pieces {
        let Ok(text) = serde_json::to_string(&piece) else { continue };
        if frame + text.len() > MAX_TEXT {
            tracing::warn!(bytes = text.len(), "a word is too long for the other servers");
            continue;
        }
        if size + text.len() + 1 > MAX_TEXT {
            texts.push(told(node, &together));
            together.clear();
            size = frame;
        }
        size += text.len() + 1;
        together.push(text);
    }
    if !together.is_empty() {
        texts.push(told(node, &together));
    }
    texts
}

fn told(node: &str, words: &[String]) -> String {
    format!("{{\"node\":{},\"words\":[{}]}}", serde_json::Value::from(node), words.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{events::Room, ids::InvoiceId};
    use crate::realtime::bus::Control;
    use uuid::Uuid;

    fn room(number: u128) -> Room {
        Room::Invoice(InvoiceId(Uuid::from_u128(number)))
    }

    #[test]
    fn wakes_that_wait_go_as_one_with_the_newest_offsets() {
        let close = Word::Control(Control::Close { connection: "n-1".into() });
        let words = [
            Word::Wake(vec![(room(1), 4), (Room::All, 9)]),
            close.clone(),
            Word::Wake(vec![(Room::All, 11)]),
            Word::Work,
            Word::Wake(vec![(Room::All, 10)]),
            Word::Work,
        ];
        let kept = coalesce(words.into_iter());
        assert_eq!(kept, [Word::Wake(vec![(room(1), 4), (Room::All, 11)]), close, Word::Work]);
    }

    #[test]
    fn texts_fit_and_say_everything() {
        let many: Vec<(Room, i64)> = (0..1_000).map(|number| (room(number), number as i64)).collect();
        let long = Word::Control(Control::Maintenance { message: "x".repeat(MAX_TEXT) });
        let texts = texts("n", vec![Word::Wake(many.clone()), long, Word::Work]);
        assert!(texts.iter().all(|text| text.len() <= MAX_TEXT));
        let heard: Vec<Word> =
            texts.iter().flat_map(|text| serde_json::from_str::<Told>(text).unwrap().words).collect();
        let rooms: Vec<(Room, i64)> = heard
            .iter()
            .flat_map(|word| match word {
                Word::Wake(rooms) => rooms.clone(),
                _ => Vec::new(),
            })
            .collect();
        assert_eq!(rooms, many);
        assert_eq!(heard.last(), Some(&Word::Work));
    }
}
