//! The socket `/ws/workitems`: the same session as on the other socket, in the room of work items from the start.

use super::{SignInWatch, SocketState, upgraded};
use crate::domain::{events::Room, roles::Actor};
use axum::{
    Extension,
    extract::{State, WebSocketUpgrade},
    http::HeaderMap,
    response::Response,
};
use std::sync::Arc;

pub(super) async fn open(
    State(state): State<SocketState>,
    actor: Option<Extension<Actor>>,
    watch: Option<Extension<Arc<dyn SignInWatch>>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgraded(state, actor, watch, &headers, upgrade, Some(Room::WorkItems))
}
