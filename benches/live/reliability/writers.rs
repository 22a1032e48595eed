//! Publishers that make changes at a steady pace and ask again until each is answered, through every kill.

use super::super::{Outcome, fleet::MARK, http::Client};
use serde_json::json;
use std::{
    net::SocketAddr,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

const FIELD: &str = "buyer_reference";
/// The pause before a change is asked for again.
const RETRY: Duration = Duration::from_millis(100);
/// A change that is not answered in this time never is.
const ANSWERED_WITHIN: Duration = Duration::from_secs(60);

/// What publishers share.
pub struct Desk {
    pub address: SocketAddr,
    pub headers: Vec<String>,
    /// The number of the next change.
    pub next: AtomicU32,
    pub stop: AtomicBool,
}

/// An invoice as its publisher left it.
pub struct Kept {
    pub id: String,
    pub version: u32,
    pub value: String,
}

/// What a publisher did.
#[derive(Default)]
pub struct Written {
    /// Changes that were answered with 200.
    pub answered: Vec<u32>,
    /// Those that were asked for more than once.
    pub repeated: usize,
    pub invoices: Vec<Kept>,
}

/// Changes the invoices in turn, one each `pace`, until it is told to stop.
pub fn write(desk: &Desk, invoices: &[String], pace: Duration) -> Outcome<Written> {
    let mut written = Written {
        invoices: invoices.iter().map(|id| Kept { id: id.clone(), version: 0, value: String::new() }).collect(),
        ..Written::default()
    };
    let mut client = None;
    let mut due = Instant::now();
    while !desk.stop.load(Ordering::Relaxed) {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        // After a kill it goes on at its pace; it does not make up for the time.
        due = Instant::now().max(due + pace);
        let change = desk.next.fetch_add(1, Ordering::Relaxed);
        let place = written.answered.len() % invoices.len();
        let invoice = &mut written.invoices[place];
        invoice.value = format!("{MARK}{change:08}");
        let tries = until_answered(desk, &mut client, change, invoice)?;
        invoice.version += 1;
        written.answered.push(change);
        written.repeated += usize::from(tries > 1);
    }
    Ok(written)
}

/// Asks for a change until it is answered; how often that was.
fn until_answered(desk: &Desk, client: &mut Option<Client>, change: u32, invoice: &Kept) -> Outcome<usize> {
    let fields = [json!({ "name": FIELD, "base_version": invoice.version, "value": invoice.value })];
    let body = json!({ "mutation_id": format!("reliability-{change}"), "fields": fields }).to_string();
    let path = format!("/api/v1/invoices/{}", invoice.id);
    let began = Instant::now();
    for tries in 1.. {
        match ask(desk, client, &path, &body) {
            Ok(200) => return Ok(tries),
            // The server is there and can not just now.
            Ok(500..) | Err(_) => *client = None,
            Ok(status) => return Err(format!("change {change} was answered {status} on try {tries}").into()),
        }
        if began.elapsed() > ANSWERED_WITHIN {
            break;
        }
        thread::sleep(RETRY);
    }
    Err(format!("change {change} was not answered within {ANSWERED_WITHIN:?}").into())
}

fn ask(desk: &Desk, client: &mut Option<Client>, path: &str, body: &str) -> Outcome<u16> {
    let connected = match client.take() {
        Some(client) => client,
        None => Client::connect(desk.address, &desk.headers)?,
    };
    Ok(client.insert(connected).send("PATCH", path, "application/json", body.as_bytes())?.status)
}
