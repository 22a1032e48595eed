//! Rules an admin sets.

use super::{Services, require};
use crate::{
    db::{self, Conn, history::NewEntry, now_ms},
    domain::{
        error::AppError,
        ids::InvoiceId,
        roles::{Actor, Right},
    },
};
use uuid::Uuid;

/// The history of settings is kept beside those of invoices, under this id.
pub const SETTINGS_HISTORY: InvoiceId = InvoiceId(Uuid::nil());

const SELF_APPROVAL: &str = "self_approval";

/// Whether people may approve what they uploaded or changed: for installations of one person.
pub(super) async fn self_approval(conn: &mut Conn) -> Result<bool, AppError> {
    Ok(db::settings::setting_get(conn, SELF_APPROVAL).await?.as_deref() == Some("on"))
}

impl Services {
    /// Switches the rule, and writes who did into the settings' history.
    pub async fn set_self_approval(&self, actor: &Actor, on: bool) -> Result<(), AppError> {
        require(actor, Right::Admin)?;
        let value = if on { "on" } else { "off" };
        let mut tx = self.store.begin().await?;
        db::settings::setting_put(&mut tx, SELF_APPROVAL, value).await?;
        let entry = NewEntry {
            at: now_ms(),
            actor_id: Some(actor.user_id),
            actor_name: &actor.name,
            action: "self_approval",
            changes: &[],
            note: Some(value),
        };
        db::history::history_append(&mut tx, SETTINGS_HISTORY, entry).await?;
        tx.commit().await.map_err(db::StoreError::from)?;
        tracing::warn!(user_id = %actor.user_id, value, "self-approval switched");
        Ok(())
    }
}
