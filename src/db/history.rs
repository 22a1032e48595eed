//! History: who did what and when, each entry chained to the one before by a hash, so that a changed one shows.

use super::{Conn, StoreResult, json, to_json};
use crate::domain::{
    ids::{InvoiceId, UserId},
    invoice::{FieldChange, HistoryEntry},
};
use sha2::{Digest, Sha256};
use sqlx::{Row, any::AnyRow};

/// An entry to write.
#[derive(Clone, Debug)]
pub struct NewEntry<'a> {
    pub at: i64,
    /// None for the program itself.
    pub actor_id: Option<UserId>,
    pub actor_name: &'a str,
    pub action: &'a str,
    pub changes: &'a [FieldChange],
    pub note: Option<&'a str>,
}

/// Appends an entry to an invoice's history. Call within [`super::Store::begin`]'s transaction.
pub async fn history_append(conn: &mut Conn, invoice: InvoiceId, entry: NewEntry<'_>) -> StoreResult<i64> {
    let last = sqlx::query("SELECT seq, hash FROM history WHERE invoice_id = $1 ORDER BY seq DESC LIMIT 1")
        .bind(invoice.to_string())
        .fetch_optional(&mut *conn)
        .await?;
    let (seq, previous): (i64, String) = match last {
        Some(row) => (row.try_get::<i64, _>("seq")? + 1, row.try_get("hash")?),
        None => (1, String::new()),
    };
    let changes = to_json(&entry.changes)?;
    let actor_id = entry.actor_id.map(|id| id.to_string());
    let hash = chain_hash(&previous, invoice, seq, &entry, actor_id.as_deref(), &changes);
    sqlx::query(
        "INSERT INTO history (invoice_id, seq, at, actor_id, actor_name, action, changes, note, previous_hash, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(invoice.to_string())
    .bind(seq)
    .bind(entry.at)
    .bind(actor_id)
    .bind(entry.actor_name)
    .bind(entry.action)
    .bind(changes)
    .bind(entry.note)
    .bind(previous)
    .bind(hash)
    .execute(conn)
    .await?;
    Ok(seq)
}

/// SHA-256 over every column, each with its length before it, so that no two entries share a text.
fn chain_hash(
    previous: &str,
    invoice: InvoiceId,
    seq: i64,
    entry: &NewEntry<'_>,
    actor_id: Option<&str>,
    changes: &str,
) -> String {
    let mut hasher = Sha256::new();
    let (invoice, seq, at) = (invoice.to_string(), seq.to_string(), entry.at.to_string());
    for part in [
        previous,
        &invoice,
        &seq,
        &at,
        actor_id.unwrap_or_default(),
        entry.actor_name,
        entry.action,
        changes,
        entry.note.unwrap_or_default(),
    ] {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hex::encode(hasher.finalize())
}

/// Newest first.
pub async fn history_list(conn: &mut Conn, invoice: InvoiceId) -> StoreResult<Vec<HistoryEntry>> {
    let rows = sqlx::query(
        "SELECT seq, at, actor_name, action, changes, note FROM history WHERE invoice_id = $1 ORDER BY seq DESC LIMIT 1000",
    )
    .bind(invoice.to_string())
    .fetch_all(conn)
    .await?;
    rows.iter().map(entry_from_row).collect()
}

/// The entries that changed or confirmed values, newest first.
pub async fn history_changes(conn: &mut Conn, invoice: InvoiceId, limit: i64) -> StoreResult<Vec<HistoryEntry>> {
    let rows = sqlx::query(
        "SELECT seq, at, actor_name, action, changes, note FROM history
         WHERE invoice_id = $1 AND changes <> '[]' ORDER BY seq DESC LIMIT $2",
    )
    .bind(invoice.to_string())
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.iter().map(entry_from_row).collect()
}

fn entry_from_row(row: &AnyRow) -> StoreResult<HistoryEntry> {
    Ok(HistoryEntry {
        seq: row.try_get("seq")?,
        at: row.try_get("at")?,
        actor: row.try_get("actor_name")?,
        action: row.try_get("action")?,
        changes: json(row, "changes")?,
        note: row.try_get("note")?,
    })
}

/// Whether this person did this to the invoice: for the rule that nobody approves what they touched.
pub async fn history_has(conn: &mut Conn, invoice: InvoiceId, actor: UserId, action: &str) -> StoreResult<bool> {
    let row = sqlx::query("SELECT COUNT(*) AS n FROM history WHERE invoice_id = $1 AND actor_id = $2 AND action = $3")
        .bind(invoice.to_string())
        .bind(actor.to_string())
        .bind(action)
        .fetch_one(conn)
        .await?;
    Ok(row.try_get::<i64, _>("n")? > 0)
}

/// The newest entry of two actions: which it is, and whose; no person's where the house did it. None: there is none.
pub async fn history_last_of(
    conn: &mut Conn,
    invoice: InvoiceId,
    actions: [&str; 2],
) -> StoreResult<Option<(String, Option<UserId>)>> {
    let row = sqlx::query(
        "SELECT action, actor_id FROM history
         WHERE invoice_id = $1 AND (action = $2 OR action = $3) ORDER BY seq DESC LIMIT 1",
    )
    .bind(invoice.to_string())
    .bind(actions[0])
    .bind(actions[1])
    .fetch_optional(conn)
    .await?;
    row.map(|row| Ok((row.try_get("action")?, super::parsed_option(&row, "actor_id")?))).transpose()
}

/// Whether a person did anything to the invoice but bring it.
pub async fn history_touched(conn: &mut Conn, invoice: InvoiceId) -> StoreResult<bool> {
    let row = sqlx::query(
        "SELECT COUNT(*) AS n FROM history
         WHERE invoice_id = $1 AND actor_id IS NOT NULL AND action <> 'uploaded'",
    )
    .bind(invoice.to_string())
    .fetch_one(conn)
    .await?;
    Ok(row.try_get::<i64, _>("n")? > 0)
}

/// Whether anybody did this to the invoice.
pub async fn history_has_action(conn: &mut Conn, invoice: InvoiceId, action: &str) -> StoreResult<bool> {
    let row = sqlx::query("SELECT COUNT(*) AS n FROM history WHERE invoice_id = $1 AND action = $2")
        .bind(invoice.to_string())
        .bind(action)
        .fetch_one(conn)
        .await?;
    Ok(row.try_get::<i64, _>("n")? > 0)
}

/// An entry with its place in the chain.
#[derive(Clone, Debug)]
pub struct ChainedEntry {
    pub entry: HistoryEntry,
    pub hash: String,
    /// Whether its hash follows from its content and from the entry before.
    pub follows: bool,
}

/// The whole history of an invoice, oldest first, verified.
pub async fn history_chain(conn: &mut Conn, invoice: InvoiceId) -> StoreResult<Vec<ChainedEntry>> {
    let rows = sqlx::query(
        "SELECT invoice_id, seq, at, actor_id, actor_name, action, changes, note, hash
         FROM history WHERE invoice_id = $1 ORDER BY seq",
    )
    .bind(invoice.to_string())
    .fetch_all(conn)
    .await?;
    let mut chain = Chain::default();
    let entry = |row: &AnyRow| {
        let follows = chain.follows(row)?;
        Ok(ChainedEntry { entry: entry_from_row(row)?, hash: row.try_get("hash")?, follows })
    };
    rows.iter().map(entry).collect()
}

/// Entries whose hash does not follow from the one before: (invoice, seq), and how many were looked at.
pub async fn history_verify(conn: &mut Conn) -> StoreResult<(Vec<(String, i64)>, i64)> {
    use futures::TryStreamExt;
    let (mut broken, mut looked_at, mut chain) = (Vec::new(), 0, Chain::default());
    let mut rows = sqlx::query(
        "SELECT invoice_id, seq, at, actor_id, actor_name, action, changes, note, hash
         FROM history ORDER BY invoice_id, seq",
    )
    .fetch(conn);
    while let Some(row) = rows.try_next().await? {
        looked_at += 1;
        if !chain.follows(&row)? {
            broken.push((row.try_get("invoice_id")?, row.try_get("seq")?));
        }
    }
    Ok((broken, looked_at))
}

/// Walks entries in their order, one invoice after the other.
#[derive(Default)]
struct Chain {
    invoice: String,
    seq: i64,
    hash: String,
}

impl Chain {
    /// Whether the next entry follows from the one before, which it then is itself.
    fn follows(&mut self, row: &AnyRow) -> StoreResult<bool> {
        let (id, seq): (String, i64) = (row.try_get("invoice_id")?, row.try_get("seq")?);
        let (expected_seq, previous) = if self.invoice == id { (self.seq + 1, self.hash.as_str()) } else { (1, "") };
        let (actor_name, action, changes): (String, String, String) =
            (row.try_get("actor_name")?, row.try_get("action")?, row.try_get("changes")?);
        let (actor_id, note): (Option<String>, Option<String>) = (row.try_get("actor_id")?, row.try_get("note")?);
        let entry = NewEntry {
            at: row.try_get("at")?,
            actor_id: None,
            actor_name: &actor_name,
            action: &action,
            changes: &[],
            note: note.as_deref(),
        };
        let invoice = super::parsed(row, "invoice_id")?;
        let computed = chain_hash(previous, invoice, seq, &entry, actor_id.as_deref(), &changes);
        let stored: String = row.try_get("hash")?;
        let follows = seq == expected_seq && computed == stored;
        (self.invoice, self.seq, self.hash) = (id, seq, stored);
        Ok(follows)
    }
}
