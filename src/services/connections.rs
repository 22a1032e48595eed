//! What administrators see of the open sockets and do to them.

use super::{Services, require};
use crate::{
    domain::{
        connections::OpenSockets,
        error::AppError,
        roles::{Actor, Right},
    },
    realtime::bus::Control,
};

/// Sockets listed at most.
const LISTED: usize = 500;
/// The most characters of a notice.
const MAX_NOTICE: usize = 300;

impl Services {
    /// The sockets of the server that is asked.
    pub fn open_sockets(&self, actor: &Actor) -> Result<OpenSockets, AppError> {
        require(actor, Right::Admin)?;
        Ok(self.publisher.sockets(LISTED))
    }

    /// Sends a socket away, on whichever server it is. Its client comes back by itself.
    pub fn socket_close(&self, actor: &Actor, connection: &str) -> Result<(), AppError> {
        require(actor, Right::Admin)?;
        tracing::info!(connection, user_id = %actor.user_id, "socket closed by an administrator");
        self.publisher.control(Control::Close { connection: connection.to_owned() });
        Ok(())
    }

    /// Tells everybody that is here or comes of maintenance; an empty notice takes the last one back.
    pub fn maintenance_announce(&self, actor: &Actor, notice: &str) -> Result<(), AppError> {
        require(actor, Right::Admin)?;
        let message = notice.trim().to_owned();
        if message.chars().count() > MAX_NOTICE {
            return Err(AppError::invalid(Some("notice"), format!("At most {MAX_NOTICE} characters")));
        }
        tracing::info!(user_id = %actor.user_id, message, "maintenance announced");
        self.publisher.control(Control::Maintenance { message });
        Ok(())
    }
}
