//! What a person is told of, whether they look or not.

use super::{Services, require};
use crate::{
    db::{self, Conn, notifications as rows, now_ms},
    domain::{
        comment::Comment,
        error::AppError,
        events::{Event, LoggedEvent, Room},
        ids::UserId,
        invoice::InvoiceSummary,
        notification::{Notification, NotificationKind, Notifications, NotificationsRead},
        roles::{Actor, Right},
    },
};
use uuid::Uuid;

/// The most that are listed.
const MAX_LISTED: i64 = 50;
/// Characters of what was written that a notification repeats.
const EXCERPT: usize = 200;

impl Services {
    /// The actor's newest, how many are unread, and the position to subscribe from.
    pub async fn notifications(&self, actor: &Actor) -> Result<Notifications, AppError> {
        require(actor, Right::Read)?;
        let mut tx = self.store.snapshot().await?;
        Ok(Notifications {
            notifications: rows::notification_list(&mut tx, actor.user_id, MAX_LISTED).await?,
            unread: rows::notification_unread(&mut tx, actor.user_id).await?,
            position: db::events::event_position(&mut tx, &Room::User(actor.user_id)).await?,
        })
    }

    /// Notes that the actor saw one of theirs, or all. What was seen before stays so. Gives what is left.
    pub async fn notifications_read(&self, actor: &Actor, id: Option<&str>) -> Result<NotificationsRead, AppError> {
        require(actor, Right::Read)?;
        let user = actor.user_id;
        if id.is_some_and(str::is_empty) {
            return Err(AppError::not_found("Notification"));
        }
        let mut tx = self.store.begin().await?;
        let changed = rows::notification_mark_read(&mut tx, user, id, now_ms()).await?;
        let read =
            NotificationsRead { id: id.map(str::to_owned), unread: rows::notification_unread(&mut tx, user).await? };
        if changed > 0 {
            let event = Event::NotificationsRead { data: read.clone() };
            let events = db::events::event_append(&mut tx, &[Room::User(user)], &event).await?;
            self.commit(tx, events).await?;
        } else if let Some(id) = id
            && !rows::notification_exists(&mut tx, user, id).await?
        {
            return Err(AppError::not_found("Notification"));
        }
        Ok(read)
    }
}

/// Tells somebody that a comment names them. Call within the comment's transaction.
pub(super) async fn tell_mentioned(
    conn: &mut Conn,
    user: UserId,
    invoice: &InvoiceSummary,
    comment: &Comment,
) -> Result<Vec<LoggedEvent>, AppError> {
    let data = Notification {
        id: Uuid::now_v7().to_string(),
        kind: NotificationKind::Mention,
        invoice_id: invoice.id,
        invoice_title: invoice.title(),
        actor: comment.author.clone(),
        actor_id: comment.author_id,
        text: excerpt(&comment.text),
        at: comment.at,
        read: false,
    };
    tell(conn, user, data).await
}

/// Tells somebody that an invoice became their work. Call within the transaction that made it so.
pub(super) async fn tell_assigned(
    conn: &mut Conn,
    user: UserId,
    by: &Actor,
    invoice: &InvoiceSummary,
) -> Result<Vec<LoggedEvent>, AppError> {
    let data = Notification {
        id: Uuid::now_v7().to_string(),
        kind: NotificationKind::Assigned,
        invoice_id: invoice.id,
        invoice_title: invoice.title(),
        actor: by.name.clone(),
        actor_id: by.user_id,
        text: String::new(),
        at: now_ms(),
        read: false,
    };
    tell(conn, user, data).await
}

async fn tell(conn: &mut Conn, user: UserId, data: Notification) -> Result<Vec<LoggedEvent>, AppError> {
    rows::notification_insert(conn, user, &data).await?;
    Ok(db::events::event_append(conn, &[Room::User(user)], &Event::Notified { data }).await?)
}

/// The beginning, in one line.
fn excerpt(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= EXCERPT {
        return line;
    }
    let mut short: String = line.chars().take(EXCERPT - 1).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_one_short_line() {
        assert_eq!(excerpt("a\n\n b"), "a b");
        let long = excerpt(&"ü".repeat(300));
        assert_eq!((long.chars().count(), long.ends_with('…')), (EXCERPT, true));
    }
}
