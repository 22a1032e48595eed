//! The companies whose invoices these are, as an admin keeps them.

use super::{Services, require, rules::note_setting};
use crate::{
    db::{self, Conn, Tx, settings},
    domain::{
        error::AppError,
        own_company::{self, LIST_CHANGED, OwnCompany},
        roles::{Actor, Right},
    },
};

const OWN_COMPANIES: &str = "own_companies";
/// The history's words for a change of one.
const ADDED: &str = "own_company_added";
const REMOVED: &str = "own_company_removed";

pub(super) async fn own_companies(conn: &mut Conn) -> Result<Vec<OwnCompany>, AppError> {
    let kept = settings::setting_get(conn, OWN_COMPANIES).await?;
    let kept = kept.map(|kept| serde_json::from_str(&kept)).transpose().map_err(|_| AppError::Internal)?;
    Ok(kept.unwrap_or_default())
}

async fn put(tx: &mut Tx, companies: &[OwnCompany]) -> Result<(), AppError> {
    let kept = serde_json::to_string(companies).map_err(|_| AppError::Internal)?;
    Ok(settings::setting_put(tx, OWN_COMPANIES, &kept).await?)
}

fn list_changed() -> AppError {
    let message = "Somebody changed the list meanwhile. Look at it as it is now, and save again".to_owned();
    AppError::Blocked { code: LIST_CHANGED.to_owned(), message }
}

impl Services {
    /// Sets all companies, texts as they were typed, and writes who changed what into the settings' history. Gives them
    /// as they are kept. Refused where they are others than those `seen`: what somebody added meanwhile would be lost.
    pub async fn set_own_companies(
        &self,
        actor: &Actor,
        seen: &[OwnCompany],
        typed: &[OwnCompany],
    ) -> Result<Vec<OwnCompany>, AppError> {
        require(actor, Right::Admin)?;
        let after = own_company::checked(typed).map_err(|message| AppError::invalid(Some(OWN_COMPANIES), message))?;
        let mut tx = self.store.begin().await?;
        let before = own_companies(&mut tx).await?;
        if before != seen {
            return Err(list_changed());
        }
        put(&mut tx, &after).await?;
        let words = |company: &OwnCompany| [company.name.as_str(), " ", &company.vat_id].concat().trim_end().to_owned();
        for company in before.iter().filter(|company| !after.contains(company)) {
            note_setting(&mut tx, actor, REMOVED, &words(company)).await?;
        }
        for company in after.iter().filter(|company| !before.contains(company)) {
            note_setting(&mut tx, actor, ADDED, &words(company)).await?;
        }
        tx.commit().await.map_err(db::StoreError::from)?;
        Ok(after)
    }

    /// The companies that the demo's samples are addressed to, where none are set.
    pub async fn demo_own_companies(&self, companies: &[OwnCompany]) -> Result<(), AppError> {
        let mut tx = self.store.begin().await?;
        if own_companies(&mut tx).await?.is_empty() {
            put(&mut tx, companies).await?;
        }
        Ok(tx.commit().await.map_err(db::StoreError::from)?)
    }
}
