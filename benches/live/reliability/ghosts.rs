//! Ghost presence: for how long others still see somebody in an invoice who is gone. That a killed server of several
//! takes its people with it after its lease is tested in `src/realtime/presence.rs`.

use super::{
    super::{Outcome, round::Times, server::Server},
    link,
    talk::Talk,
};
use serde_json::json;
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

/// The ways to go, each in an invoice of its own.
pub const WAYS: [Way; 4] = [Way::Says, Way::Closes, Way::Killed, Way::Silent];
/// Sockets that go in each of them.
pub const GHOSTS: usize = 10;
/// Who is seen for longer is seen for ever.
const SEEN_WITHIN: Duration = Duration::from_secs(60);

/// How somebody goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// Takes its presence back.
    Says,
    /// Closes its socket with a close frame.
    Closes,
    /// Its process is killed: the connection ends without a word, every other one with a reset.
    Killed,
    /// Its cable is pulled: the connection stays, and nothing comes from it any more.
    Silent,
}

/// A connection that is seen though it is gone.
struct Gone {
    way: Way,
    /// When it was there last.
    at: Instant,
}

/// For how long the sockets that went in each way were still seen.
pub fn measure(server: &Server, invoices: &[String]) -> Outcome<Vec<(Way, Times)>> {
    let mut watcher = Talk::open(server.address, &server.headers, "watcher")?;
    // All are there before the first one goes: what the watcher hears while it waits for somebody is passed over.
    let mut there = Vec::new();
    for (way, invoice) in WAYS.iter().zip(invoices) {
        watcher.enter(&room(invoice))?;
        there.push((*way, invoice, haunt(server, &mut watcher, invoice)?));
    }
    let mut gone = HashMap::new();
    // Those that go without ending their connection keep it until the end.
    let mut kept = Vec::new();
    for (way, invoice, ghosts) in there {
        for (place, (ghost, here)) in ghosts.into_iter().enumerate() {
            let at = if way == Way::Silent { here } else { Instant::now() };
            gone.insert(ghost.name.clone(), Gone { way, at });
            kept.extend(leave(ghost, way, place, invoice)?);
        }
    }
    watch(&mut watcher, gone)
}

fn room(invoice: &str) -> String {
    format!("invoice:{invoice}")
}

/// Sockets that say that they are in an invoice, and when; the watcher sees all of them.
fn haunt(server: &Server, watcher: &mut Talk, invoice: &str) -> Outcome<Vec<(Talk, Instant)>> {
    let mut ghosts = Vec::new();
    for place in 0..GHOSTS {
        let mut ghost = Talk::open(server.address, &server.headers, &format!("ghost{place}"))?;
        ghost.enter(&room(invoice))?;
        let here = Instant::now();
        ghost.say(&json!({ "type": "presence", "room": room(invoice), "clock": 1, "state": {} }))?;
        watcher.wait_for(|message| {
            let joins = message["joins"].as_array().into_iter().flatten();
            message["type"] == "presence" && joins.into_iter().any(|join| join["connection"] == ghost.name.as_str())
        })?;
        ghosts.push((ghost, here));
    }
    Ok(ghosts)
}

/// Goes; what is left of it is to be kept.
fn leave(mut ghost: Talk, way: Way, place: usize, invoice: &str) -> Outcome<Option<Talk>> {
    match way {
        Way::Says => ghost.say(&json!({ "type": "presence", "room": room(invoice), "clock": 2, "state": null }))?,
        Way::Closes => ghost.close()?,
        Way::Killed if place.is_multiple_of(2) => return Ok(None),
        Way::Killed => {
            link::reset(ghost.into_stream())?;
            return Ok(None);
        }
        Way::Silent => {}
    }
    Ok(Some(ghost))
}

/// Waits until all of them were seen to leave.
fn watch(watcher: &mut Talk, mut gone: HashMap<String, Gone>) -> Outcome<Vec<(Way, Times)>> {
    let deadline = Instant::now() + SEEN_WITHIN;
    let mut seen: HashMap<Way, Vec<Duration>> = HashMap::new();
    while !gone.is_empty() {
        let Some(message) = watcher.hear(deadline)? else {
            let ways: Vec<Way> = gone.values().map(|gone| gone.way).collect();
            return Err(format!("after {SEEN_WITHIN:?} these were still seen: {ways:?}").into());
        };
        let now = Instant::now();
        let leaves = message["leaves"].as_array().cloned().unwrap_or_default();
        for connection in leaves.iter().filter_map(|name| name.as_str()) {
            if let Some(Gone { way, at }) = gone.remove(connection) {
                seen.entry(way).or_default().push(now.duration_since(at));
            }
        }
    }
    Ok(WAYS.iter().map(|way| (*way, Times::of(seen.remove(way).unwrap_or_default()))).collect())
}
