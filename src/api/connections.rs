//! The open sockets, for administrators.

use super::{ApiError, encoding::Json};
use crate::domain::connections::OpenSockets;
use leptos::prelude::*;

/// The sockets of the server that answers.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn load_open_sockets() -> Result<OpenSockets, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    super::page_reads::once("sockets".to_owned(), async { Ok(services.open_sockets(&actor)?) }).await
}

/// Sends a socket away; its client comes back by itself.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn close_socket(connection: String) -> Result<(), ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.socket_close(&actor, &connection)?)
}

/// Tells everybody of maintenance; an empty notice takes the last one back.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn announce_maintenance(notice: String) -> Result<(), ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.maintenance_announce(&actor, &notice)?)
}
