//! Writing to each other about an invoice. Whoever is mentioned is told, also when away.

use super::{
    Services, require,
    review::{MAX_TEXT, append_change, summary_now},
};
use crate::{
    db::{self, Conn, now_ms, requests},
    domain::{
        comment::{Comment, Comments, NewComment, Person},
        error::AppError,
        events::{InvoiceChange, LoggedEvent, Room},
        ids::{InvoiceId, UserId},
        invoice::InvoiceSummary,
        roles::{Actor, Right},
    },
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The history's word for it.
const COMMENTED: &str = "commented";
/// The most comments that are listed.
const MAX_COMMENTS: i64 = 200;
/// The most people one comment names.
const MAX_MENTIONS: usize = 50;
/// The most people who are offered to be mentioned.
const MAX_PEOPLE: i64 = 1_000;
const MAX_KEY: usize = 100;

impl Services {
    /// The newest comments on an invoice, oldest first, and the position to subscribe from.
    pub async fn comments(&self, actor: &Actor, id: InvoiceId) -> Result<Comments, AppError> {
        require(actor, Right::Read)?;
        let mut tx = self.store.snapshot().await?;
        let found = db::invoices::invoice_summary(&mut tx, id).await?;
        found.ok_or_else(|| AppError::not_found("Invoice"))?;
        Ok(Comments {
            comments: db::comments::comment_list(&mut tx, id, MAX_COMMENTS).await?,
            position: db::events::event_position(&mut tx, &Room::Invoice(id)).await?,
        })
    }

    /// Everybody who can be mentioned, by name.
    pub async fn people(&self, actor: &Actor) -> Result<Vec<Person>, AppError> {
        require(actor, Right::Read)?;
        Ok(db::users::user_list_active(&mut *self.store.read().await?, MAX_PEOPLE).await?)
    }

    /// Writes a comment on an invoice and tells whom it mentions. For everybody who works on invoices, whatever the
    /// invoice's status. It changes no value, so nothing that was decided or is being decided is stale by it.
    pub async fn comment_add(&self, actor: &Actor, id: InvoiceId, new: &NewComment) -> Result<Comment, AppError> {
        if !actor.may(Right::Approve) {
            require(actor, Right::Edit)?;
        }
        let text = checked_text(&new.text)?;
        let request_key = request_key(id, new.key.as_deref())?;
        let author = actor.user_id.to_string();
        let mut tx = self.store.begin().await?;
        if let Some(key) = &request_key
            && let Some((_, body)) = requests::request_get(&mut tx, &author, key).await?
        {
            return kept_comment(&body, &text);
        }
        let invoice = db::invoices::invoice_summary(&mut tx, id).await?;
        let invoice = invoice.ok_or_else(|| AppError::not_found("Invoice"))?;
        let mentions = mentioned(&mut tx, &new.mentions).await?;
        let comment = Comment {
            id: Uuid::now_v7().to_string(),
            author_id: actor.user_id,
            author: actor.name.clone(),
            text,
            mentions,
            at: now_ms(),
        };
        let events = self.write_comment(&mut tx, actor, &invoice, &comment).await?;
        if let Some(key) = &request_key {
            let body = serde_json::to_string(&comment).map_err(|_| AppError::Internal)?;
            requests::request_put(&mut tx, &author, key, 200, &body, comment.at).await?;
        }
        self.commit(tx, events).await?;
        tracing::info!(invoice_id = %id, user_id = %actor.user_id, mentions = comment.mentions.len(), "commented");
        Ok(comment)
    }

    /// The row, the history, the event, and what those who are mentioned find behind their bell.
    async fn write_comment(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        invoice: &InvoiceSummary,
        comment: &Comment,
    ) -> Result<Vec<LoggedEvent>, AppError> {
        let id = invoice.id;
        db::comments::comment_insert(conn, id, comment).await?;
        self.write_history(conn, id, actor, comment.at, COMMENTED, &[], Some(&comment.text)).await?;
        let change = InvoiceChange {
            action: COMMENTED.to_owned(),
            invoice: summary_now(conn, id).await?,
            fields: BTreeMap::new(),
            deleted: false,
            comment: Some(comment.clone()),
        };
        let mut events = append_change(conn, id, &actor.name, change).await?;
        for person in comment.mentions.iter().filter(|person| person.id != actor.user_id) {
            events.extend(super::notifications::tell_mentioned(conn, person.id, invoice, comment).await?);
        }
        Ok(events)
    }
}

/// The people with these ids, each once. Whoever can not sign in hears nothing, so that is refused by name.
async fn mentioned(conn: &mut Conn, ids: &[UserId]) -> Result<Vec<Person>, AppError> {
    let mut people: Vec<Person> = Vec::new();
    for id in ids {
        if people.iter().any(|person| person.id == *id) {
            continue;
        }
        let user = db::users::user_by_id(conn, *id).await?;
        let user = user.ok_or_else(|| refuse_mention(&id.to_string(), "nobody has this id"))?;
        if user.disabled {
            return Err(refuse_mention(&user.name, "the account is closed"));
        }
        people.push(Person { id: *id, name: user.name });
        if people.len() > MAX_MENTIONS {
            return Err(AppError::invalid(Some("mentions"), format!("Mention at most {MAX_MENTIONS} people")));
        }
    }
    Ok(people)
}

fn refuse_mention(who: &str, why: &str) -> AppError {
    AppError::invalid(Some("mentions"), format!("{who} can not be mentioned: {why}"))
}

/// Without space around it, without signs that no person types.
fn checked_text(text: &str) -> Result<String, AppError> {
    let is_kept = |sign: &char| matches!(sign, '\n' | '\t') || !sign.is_control();
    let text: String = text.trim().chars().filter(is_kept).collect();
    match text.chars().count() {
        0 => Err(AppError::invalid(Some("text"), "Write something first")),
        count if count > MAX_TEXT => Err(AppError::invalid(Some("text"), format!("At most {MAX_TEXT} characters"))),
        _ => Ok(text),
    }
}

fn request_key(id: InvoiceId, key: Option<&str>) -> Result<Option<String>, AppError> {
    match key {
        Some(key) if key.is_empty() || key.len() > MAX_KEY => {
            Err(AppError::invalid(Some("key"), format!("A key has 1 to {MAX_KEY} characters")))
        }
        key => Ok(key.map(|key| format!("comment:{id}:{key}"))),
    }
}

/// The answer to a comment sent again; a key that comes with other words is a mistake of the sender.
fn kept_comment(body: &str, text: &str) -> Result<Comment, AppError> {
    let kept: Comment = serde_json::from_str(body).map_err(|_| AppError::Internal)?;
    if kept.text != text {
        return Err(AppError::invalid(Some("key"), "This key was used for another comment"));
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_trimmed_and_bounded() {
        assert_eq!(checked_text("  a\r\nb\u{0}\tc \n").as_deref(), Ok("a\nb\tc"));
        assert!(checked_text(" \n\t ").is_err());
        assert!(checked_text("\u{0}\u{7}").is_err());
        assert_eq!(checked_text(&"ü".repeat(MAX_TEXT)).map(|text| text.chars().count()), Ok(MAX_TEXT));
        assert!(checked_text(&"x".repeat(MAX_TEXT + 1)).is_err());
    }
}
