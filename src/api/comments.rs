//! The thread of an invoice, and who can be mentioned in it.

use super::{ApiError, encoding::Json};
use crate::domain::{
    comment::{Comment, Comments, NewComment, Person},
    ids::InvoiceId,
};
use leptos::prelude::*;

/// The newest comments on an invoice, oldest first.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn load_comments(id: InvoiceId) -> Result<Comments, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    let read = async { Ok(services.comments(&actor, id).await?) };
    super::page_reads::once(["comments ", &id.to_string()].concat(), read).await
}

/// Writes one and tells whom it mentions. Sent again under the same key it is not written twice.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn add_comment(id: InvoiceId, comment: NewComment) -> Result<Comment, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.comment_add(&actor, id, &comment).await?)
}

/// Everybody who can be mentioned, by name.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn load_people() -> Result<Vec<Person>, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.people(&actor).await?)
}
