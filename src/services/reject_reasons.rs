//! The catalogue of reasons for a rejection.

use super::{Services, require, rules::note_setting};
use crate::{
    db::{self, Conn, settings},
    domain::{
        error::AppError,
        reject_reason::{self, RejectReason},
        roles::{Actor, Right},
    },
};

const REJECT_REASONS: &str = "reject_reasons";
/// The history's word for a change of one.
const CHANGED: &str = "reject_reason";

/// The whole catalogue, those that are not offered too.
pub(super) async fn reasons_now(conn: &mut Conn) -> Result<Vec<RejectReason>, AppError> {
    let kept = settings::setting_get(conn, REJECT_REASONS).await?;
    let kept = kept.map(|kept| serde_json::from_str(&kept)).transpose().map_err(|_| AppError::Internal)?;
    Ok(reject_reason::catalogue(kept.unwrap_or_default()))
}

/// Those a person can choose.
pub(super) async fn reasons_offered(conn: &mut Conn) -> Result<Vec<RejectReason>, AppError> {
    let mut reasons = reasons_now(conn).await?;
    reasons.retain(|reason| !reason.is_off);
    Ok(reasons)
}

/// The words of a code that can be chosen.
pub(super) async fn reason_words(conn: &mut Conn, code: &str) -> Result<String, AppError> {
    let offered = reasons_offered(conn).await?;
    let chosen = offered.into_iter().find(|reason| reason.code == code);
    chosen
        .map(|reason| reason.words)
        .ok_or_else(|| AppError::invalid(Some("reason_code"), "Choose a reason for the rejection"))
}

impl Services {
    /// Renames reasons, switches them off or on, adds those without a code. Gives the whole catalogue. Each change is
    /// written into the settings' history.
    pub async fn set_reject_reasons(
        &self,
        actor: &Actor,
        asked: &[RejectReason],
    ) -> Result<Vec<RejectReason>, AppError> {
        require(actor, Right::Admin)?;
        let mut tx = self.store.begin().await?;
        let before = reasons_now(&mut tx).await?;
        let after = reject_reason::changed(&before, asked)
            .map_err(|message| AppError::invalid(Some(REJECT_REASONS), message))?;
        let kept = serde_json::to_string(&after).map_err(|_| AppError::Internal)?;
        settings::setting_put(&mut tx, REJECT_REASONS, &kept).await?;
        for reason in after.iter().filter(|reason| !before.contains(reason)) {
            let off = if reason.is_off { ", not offered" } else { "" };
            note_setting(&mut tx, actor, CHANGED, &format!("{}: {}{off}", reason.code, reason.words)).await?;
        }
        tx.commit().await.map_err(db::StoreError::from)?;
        Ok(after)
    }
}
