//! Whether what was answered, what was heard and what is kept are one.

use super::{
    super::{Outcome, http::Client},
    crowd::Crowd,
    writers::{Desk, Written},
};
use ap_intake::{
    db::{Conn, Store, StoreResult, events},
    domain::events::{LoggedEvent, Room},
};
use serde_json::Value;
use std::path::Path;

/// What became of the changes.
#[derive(Default)]
pub struct Kept {
    /// Events of the log since the sockets were in the room.
    pub logged: usize,
    /// Offsets that the log skips, or where it holds another event than was heard.
    pub gaps: usize,
    /// Changes answered with 200 that nobody heard or nobody keeps.
    pub missing: usize,
}

/// Compares the three accounts.
pub fn compare(crowd: &mut Crowd, desk: &Desk, database: &Path, first: i64, written: &[Written]) -> Outcome<Kept> {
    let log = log_after(database, first)?;
    let mut kept = Kept { logged: log.len(), ..Kept::default() };
    for (event, offset) in log.iter().zip(first + 1..) {
        if event.offset != offset || !crowd.ledger.agrees(event.offset, &event.event_id) {
            kept.gaps += 1;
            crowd.ledger.find(format!("the log holds {} at {} (expected {offset})", event.event_id, event.offset));
        }
    }
    let top = log.last().map_or(first, |event| event.offset);
    if crowd.ledger.newest() != top {
        kept.gaps += 1;
        let newest = crowd.ledger.newest();
        crowd.ledger.find(format!("the log ends at {top}, and {newest} was heard last"));
    }
    for change in written.iter().flat_map(|written| &written.answered) {
        if crowd.ledger.offset_of(*change).is_none() {
            kept.missing += 1;
            crowd.ledger.find(format!("change {change} was answered, and nobody heard it"));
        }
    }
    kept.missing += not_kept(crowd, desk, written)?;
    Ok(kept)
}

/// Invoices that do not have what their publisher was last answered.
fn not_kept(crowd: &mut Crowd, desk: &Desk, written: &[Written]) -> Outcome<usize> {
    let mut client = Client::connect(desk.address, &desk.headers)?;
    let mut missing = 0;
    for invoice in written.iter().flat_map(|written| &written.invoices).filter(|invoice| invoice.version > 0) {
        let answer = client.get(&format!("/api/v1/invoices/{}", invoice.id))?.expect(200)?;
        let found: Value = serde_json::from_slice(&answer.body)?;
        let field = &found["fields"]["buyer_reference"];
        if field["value"] != invoice.value.as_str() || field["version"] != invoice.version {
            missing += 1;
            let (id, value, version) = (&invoice.id, &invoice.value, invoice.version);
            crowd.ledger.find(format!("{id} holds {field} instead of {value}, version {version}"));
        }
    }
    Ok(missing)
}

/// Where the log of the room ends.
pub fn top(database: &Path) -> Outcome<i64> {
    with_log(database, async |conn| events::event_position(conn, &Room::All).await.map(|at| at.offset))
}

fn log_after(database: &Path, after: i64) -> Outcome<Vec<LoggedEvent>> {
    with_log(database, async |conn| events::event_range(conn, &Room::All, after, i64::MAX).await)
}

/// Reads the log beside the server.
fn with_log<T>(database: &Path, read: impl AsyncFnOnce(&mut Conn) -> StoreResult<T>) -> Outcome<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let store = Store::connect(&format!("sqlite:{}", database.display())).await?;
        let found = read(&mut *store.read().await?).await;
        store.close().await;
        Ok(found?)
    })
}
