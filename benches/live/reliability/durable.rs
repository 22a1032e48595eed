//! How soon an edit is safe: from `mutate` on a socket to its `mutation_result`, which is sent after the commit.

use super::{
    super::{
        Outcome,
        fleet::{Fleet, Script},
        round::Times,
        server::Server,
    },
    talk::Talk,
};
use serde_json::json;
use std::{
    thread,
    time::{Duration, Instant},
};

/// Sockets that hear of every edit.
pub const LISTENERS: usize = 200;
/// People who edit, each on a socket that hears of every edit too, and the time between two edits of each.
pub const EDITORS: usize = 4;
const PACE: Duration = Duration::from_millis(80);
/// Ten seconds of them: together 50 a second.
const EDITS: usize = 125;
const OPEN_WITHIN: Duration = Duration::from_secs(30);

/// The times of all edits, on these invoices.
pub fn measure(server: &Server, script: &Script, invoices: &[String]) -> Outcome<Times> {
    let mut listeners = Fleet::new(server.address)?;
    listeners.open(script, LISTENERS, LISTENERS, OPEN_WITHIN)?;
    let times = thread::scope(|scope| {
        let editing: Vec<_> = invoices
            .chunks(invoices.len().div_ceil(EDITORS))
            .enumerate()
            .map(|(editor, invoices)| scope.spawn(move || edit(server, editor, invoices)))
            .collect();
        while !editing.iter().all(|editor| editor.is_finished()) {
            listeners.pump(script, Duration::from_millis(5))?;
        }
        let times = editing.into_iter().map(|editor| editor.join().map_err(|_| "an editor panicked")?);
        times.collect::<Outcome<Vec<_>>>()
    })?;
    let all = EDITORS * EDITS * LISTENERS;
    if !listeners.pump_until(script, OPEN_WITHIN, |fleet| fleet.heard() >= all)? {
        return Err(format!("{} of {all} messages about edits were heard", listeners.heard()).into());
    }
    Ok(Times::of(times.into_iter().flatten().collect()))
}

/// Edits the invoices in turn at a steady pace.
fn edit(server: &Server, editor: usize, invoices: &[String]) -> Outcome<Vec<Duration>> {
    let client_id = format!("editor{editor}");
    let mut talk = Talk::open(server.address, &server.headers, &client_id)?;
    talk.enter("all")?;
    let mut times = Vec::new();
    // Spread over the pace, as people are.
    let mut due = Instant::now() + PACE * editor as u32 / EDITORS as u32;
    for number in 0..EDITS {
        // What others did is read before, as a page does between two edits of its person.
        while talk.hear(due)?.is_some() {}
        due += PACE;
        let value = format!("live-{:08}", editor * EDITS + number);
        let fields = [json!({ "name": "buyer_reference", "base_version": number / invoices.len(), "value": value })];
        let (invoice, mutation) = (&invoices[number % invoices.len()], number + 1);
        let sent = Instant::now();
        talk.say(&json!({ "type": "mutate", "client_id": client_id, "mutation_id": mutation, "invoice": invoice, "fields": fields }))?;
        let result =
            talk.wait_for(|message| message["type"] == "mutation_result" && message["mutation_id"] == mutation)?;
        times.push(sent.elapsed());
        if result["outcome"]["done"].is_null() {
            return Err(format!("an edit was not taken: {result}").into());
        }
    }
    Ok(times)
}
