//! What is behind the bell.

use super::{ApiError, encoding::Json};
use crate::domain::notification::{Notifications, NotificationsRead};
use leptos::prelude::*;

/// The person's newest notifications and how many are unread.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn load_notifications() -> Result<Notifications, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.notifications(&actor).await?)
}

/// Notes that the person saw one, or all without an id.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn read_notifications(id: Option<String>) -> Result<NotificationsRead, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.notifications_read(&actor, id.as_deref()).await?)
}
