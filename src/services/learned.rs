//! What was learned from corrections, for admins: to look at, and to forget.

use super::{Services, require, rules::note_setting};
use crate::{
    db::{
        Conn, StoreError,
        learned::{self, StoredRule, StoredSupplier},
        now_ms,
    },
    domain::{
        error::AppError,
        learned::{Forgotten, LearnedRule, LearnedSupplier},
        roles::{Actor, Right},
    },
};

/// The history's words for it.
const FORGOTTEN: &str = "learned_forgotten";
const REMEMBERED: &str = "learned_remembered";

pub(super) async fn learned_now(conn: &mut Conn) -> Result<Vec<LearnedSupplier>, AppError> {
    Ok(learned::learned_list(conn).await?.into_iter().map(shown).collect())
}

fn shown((supplier, rules): (StoredSupplier, Vec<StoredRule>)) -> LearnedSupplier {
    let rule = |rule: StoredRule| LearnedRule {
        field: rule.hint.field,
        place: rule.hint.place_in_words(),
        style: rule.hint.style_in_words().map(str::to_owned),
        is_trusted: rule.is_trusted(),
        id: rule.id,
        person: rule.person,
        at: rule.at,
        used: rule.used,
        confirmed: rule.confirmed,
        corrected: rule.corrected,
    };
    let StoredSupplier { id, name, keys, .. } = supplier;
    let name = [name, keys.vat_id, keys.tax_number].into_iter().find(|name| !name.is_empty()).unwrap_or_default();
    LearnedSupplier { id, name, rules: rules.into_iter().map(rule).collect() }
}

impl Services {
    /// All that was learned, by supplier.
    pub async fn learned(&self, actor: &Actor) -> Result<Vec<LearnedSupplier>, AppError> {
        require(actor, Right::Admin)?;
        learned_now(&mut *self.store.read().await?).await
    }

    /// Forgets a rule, or all of a supplier: it reads nothing more. It can be taken back for a day.
    pub async fn learned_forget(&self, actor: &Actor, which: &Forgotten) -> Result<(), AppError> {
        self.set_forgotten(actor, which, Some(now_ms()), FORGOTTEN).await
    }

    /// Takes that back.
    pub async fn learned_remember(&self, actor: &Actor, which: &Forgotten) -> Result<(), AppError> {
        self.set_forgotten(actor, which, None, REMEMBERED).await
    }

    async fn set_forgotten(
        &self,
        actor: &Actor,
        which: &Forgotten,
        at: Option<i64>,
        action: &str,
    ) -> Result<(), AppError> {
        require(actor, Right::Admin)?;
        let mut tx = self.store.begin().await?;
        let changed = learned::rule_set_forgotten(&mut tx, which, at).await?;
        if changed.is_empty() {
            return Err(AppError::not_found("Learned rule"));
        }
        for (supplier, rule) in changed {
            let field = super::review::full_label(rule.hint.field);
            let note = [supplier.as_str(), ": ", &field, " ", &rule.hint.place_in_words()].concat();
            note_setting(&mut tx, actor, action, &note).await?;
        }
        Ok(tx.commit().await.map_err(StoreError::from)?)
    }
}
