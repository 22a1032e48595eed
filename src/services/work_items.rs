//! What comes in by mail or from a program, before it is an invoice, and what becomes of it.

use super::{Services, require};
use crate::{
    db::{self, now_ms, work_items as rows},
    domain::{
        error::AppError,
        events::{Event, Room, WorkItemEvent},
        ids::InvoiceId,
        roles::{Actor, Right},
        work_item::{WorkItem, WorkItemStatus},
    },
};
use uuid::Uuid;

/// The most that are listed.
const MAX_LISTED: i64 = 200;
/// Characters that are kept of a sender and of a subject; strangers write them.
const MAX_LINE: usize = 300;

impl Services {
    /// Newest first, at most 200.
    pub async fn work_items(&self, actor: &Actor) -> Result<Vec<WorkItem>, AppError> {
        require(actor, Right::Read)?;
        Ok(rows::work_item_list(&mut *self.store.read().await?, MAX_LISTED).await?)
    }

    /// Notes that something came in, and tells who listens.
    pub async fn work_item_add(&self, actor: &Actor, sender: &str, subject: &str) -> Result<WorkItem, AppError> {
        require(actor, Right::Upload)?;
        let at = now_ms();
        let item = WorkItem {
            id: Uuid::now_v7().to_string(),
            status: WorkItemStatus::New,
            sender: line(sender),
            subject: line(subject),
            invoices: Vec::new(),
            created_at: at,
            updated_at: at,
        };
        let mut tx = self.store.begin().await?;
        rows::work_item_insert(&mut tx, &item).await?;
        let event = Event::WorkItem { event: WorkItemEvent::NewWorkitem, data: item.clone() };
        let events = db::events::event_append(&mut tx, &[Room::WorkItems], &event).await?;
        self.commit(tx, events).await?;
        tracing::info!(work_item_id = item.id, user_id = %actor.user_id, "work item came in");
        Ok(item)
    }

    /// Notes how far one is and which invoices were made of it, and tells who listens. The same again changes nothing;
    /// one that is done stays so.
    pub async fn work_item_set_status(
        &self,
        actor: &Actor,
        id: &str,
        status: WorkItemStatus,
        invoices: &[InvoiceId],
    ) -> Result<WorkItem, AppError> {
        require(actor, Right::Upload)?;
        let mut tx = self.store.begin().await?;
        let before = rows::work_item_get(&mut tx, id).await?.ok_or_else(|| AppError::not_found("Work item"))?;
        if before.status == status && before.invoices == invoices {
            return Ok(before);
        }
        if before.status == WorkItemStatus::Done {
            let message = "A work item that is done stays as it is".to_owned();
            return Err(AppError::Blocked { code: "work_item_done".to_owned(), message });
        }
        let item = WorkItem { status, invoices: invoices.to_vec(), updated_at: now_ms(), ..before };
        rows::work_item_update(&mut tx, &item).await?;
        let event = Event::WorkItem { event: WorkItemEvent::StatusUpdate, data: item.clone() };
        let events = db::events::event_append(&mut tx, &[Room::WorkItems], &event).await?;
        self.commit(tx, events).await?;
        tracing::info!(work_item_id = id, status = status.as_str(), "work item went on");
        Ok(item)
    }
}

/// What strangers wrote, as one line of bounded length.
fn line(text: &str) -> String {
    let words = text.split(|sign: char| sign.is_whitespace() || sign.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").chars().take(MAX_LINE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_strangers_wrote_is_one_bounded_line() {
        assert_eq!(line(" Invoice\r\nBcc: x\u{0}y "), "Invoice Bcc: x y");
        assert_eq!(line(&"x".repeat(1_000)).len(), MAX_LINE);
    }
}
