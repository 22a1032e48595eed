//! Reading an invoice's history: for the page, for the interface, and as a table that leaves the house.

use super::{Services, require};
use crate::db::{self, history::ChainedEntry};
use crate::domain::{
    error::AppError,
    history::History,
    ids::InvoiceId,
    invoice::{FieldChange, HistoryEntry},
    roles::{Actor, Right},
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

const HEAD: [&str; 10] = ["entry", "time", "person", "action", "field", "before", "after", "box", "note", "hash"];

impl Services {
    /// Newest first. The history of a deleted invoice can still be read.
    pub async fn invoice_history(&self, actor: &Actor, id: InvoiceId) -> Result<Vec<HistoryEntry>, AppError> {
        require(actor, Right::Read)?;
        let history = db::history::history_list(&mut *self.store.read().await?, id).await?;
        if history.is_empty() {
            return Err(AppError::not_found("Invoice"));
        }
        Ok(history)
    }

    /// The same for a person, who is also told whether it stands as it was written.
    pub async fn history_seen(&self, actor: &Actor, id: InvoiceId) -> Result<History, AppError> {
        let chain = self.chain(actor, id).await?;
        let total = chain.len();
        let broken = chain.iter().find(|link| !link.follows).map(|link| link.entry.seq);
        let entries = chain.into_iter().rev().take(History::SHOWN).map(|link| link.entry).collect();
        Ok(History { entries, total, broken })
    }

    /// All of it as CSV (RFC 4180, UTF-8), oldest first: a row a changed field, and one for an entry without. The hash
    /// of each entry is in it, so that what was handed out can be held against the database later. `box` is a changed place on the page, as JSON.
    pub async fn history_csv(&self, actor: &Actor, id: InvoiceId) -> Result<Vec<u8>, AppError> {
        let chain = self.chain(actor, id).await?;
        let mut table = csv::Writer::from_writer(Vec::new());
        let written = table.write_record(HEAD).and_then(|()| chain.iter().try_for_each(|link| write(&mut table, link)));
        written
            .map_err(std::io::Error::other)
            .and_then(|()| table.into_inner().map_err(|error| error.into_error()))
            .map_err(|error| {
                tracing::error!(invoice = %id, %error, "the history could not be written");
                AppError::Internal
            })
    }

    async fn chain(&self, actor: &Actor, id: InvoiceId) -> Result<Vec<ChainedEntry>, AppError> {
        require(actor, Right::Read)?;
        let chain = db::history::history_chain(&mut *self.store.read().await?, id).await?;
        if chain.is_empty() {
            return Err(AppError::not_found("Invoice"));
        }
        Ok(chain)
    }
}

fn write(table: &mut csv::Writer<Vec<u8>>, link: &ChainedEntry) -> csv::Result<()> {
    if link.entry.changes.is_empty() {
        return table.write_record(row(link, None));
    }
    link.entry.changes.iter().try_for_each(|change| table.write_record(row(link, Some(change))))
}

fn row(link: &ChainedEntry, change: Option<&FieldChange>) -> [String; HEAD.len()] {
    let entry = &link.entry;
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(entry.at) * 1_000_000).ok();
    let (before, after) = change.map_or((None, None), |change| (change.before.as_deref(), change.after.as_deref()));
    [
        entry.seq.to_string(),
        at.and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_default(),
        harmless(&entry.actor),
        entry.action.clone(),
        change.map(|change| change.name.name().into_owned()).unwrap_or_default(),
        harmless(before.unwrap_or_default()),
        harmless(after.unwrap_or_default()),
        change.and_then(|change| serde_json::to_string(&change.place?).ok()).unwrap_or_default(),
        harmless(entry.note.as_deref().unwrap_or_default()),
        link.hash.clone(),
    ]
}

/// A spreadsheet takes a text that begins like this for a formula; strangers write these texts. Plain numbers stay.
fn harmless(text: &str) -> String {
    let begins = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let is_number = text.parse::<rust_decimal::Decimal>().is_ok();
    if begins && !is_number { ["'", text].concat() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn no_text_becomes_a_formula() {
        assert_eq!(harmless("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(harmless("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(harmless("-1+2"), "'-1+2");
        assert_eq!(harmless("-12.50"), "-12.50");
        assert_eq!(harmless("Muster GmbH"), "Muster GmbH");
    }
}
