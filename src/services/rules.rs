//! Rules an admin sets.

use super::{Services, require};
use crate::{
    db::{self, Conn, Tx, history::NewEntry, now_ms},
    domain::{
        approval::Rules,
        error::AppError,
        field::Field,
        ids::InvoiceId,
        money::Decimal,
        normalise::normalise,
        roles::{Actor, Right},
    },
};
use uuid::Uuid;

/// The history of settings is kept beside those of invoices, under this id.
pub const SETTINGS_HISTORY: InvoiceId = InvoiceId(Uuid::nil());

const SELF_APPROVAL: &str = "self_approval";
const TWO_APPROVALS_OVER: &str = "two_approvals_over";
const CURRENCY: &str = "currency";

/// The house's own currency until an admin says another.
const DEFAULT_CURRENCY: &str = "EUR";

/// What of the rules decides an approval.
pub(super) struct HouseRules {
    pub two_approvals_over: Option<Decimal>,
    pub currency: String,
}

/// Whether people may approve what they uploaded or changed: for installations of one person.
pub(super) async fn self_approval(conn: &mut Conn) -> Result<bool, AppError> {
    Ok(db::settings::setting_get(conn, SELF_APPROVAL).await?.as_deref() == Some("on"))
}

pub(super) async fn house_rules(conn: &mut Conn) -> Result<HouseRules, AppError> {
    let amount = db::settings::setting_get(conn, TWO_APPROVALS_OVER).await?;
    Ok(HouseRules {
        // A rule that can not be read must not be a rule that is off.
        two_approvals_over: amount.map(|amount| amount.parse()).transpose().map_err(|_| AppError::Internal)?,
        currency: currency(conn).await?,
    })
}

async fn currency(conn: &mut Conn) -> Result<String, AppError> {
    Ok(db::settings::setting_get(conn, CURRENCY).await?.unwrap_or_else(|| DEFAULT_CURRENCY.to_owned()))
}

pub(super) async fn rules_now(conn: &mut Conn) -> Result<Rules, AppError> {
    Ok(Rules {
        self_approval: self_approval(conn).await?,
        two_approvals_over: db::settings::setting_get(conn, TWO_APPROVALS_OVER).await?,
        currency: currency(conn).await?,
    })
}

/// Writes who changed a setting into the settings' history.
pub(super) async fn note_setting(tx: &mut Tx, actor: &Actor, action: &str, note: &str) -> Result<(), AppError> {
    let entry = NewEntry {
        at: now_ms(),
        actor_id: Some(actor.user_id),
        actor_name: &actor.name,
        action,
        changes: &[],
        note: Some(note),
    };
    db::history::history_append(tx, SETTINGS_HISTORY, entry).await?;
    tracing::warn!(user_id = %actor.user_id, action, note, "setting changed");
    Ok(())
}

/// An amount as it was typed, as an exact decimal; None when nothing was.
pub(super) fn typed_amount(field: &str, typed: &str) -> Result<Option<Decimal>, AppError> {
    let amount = normalise(Field::GrossTotal, typed).map_err(|message| AppError::invalid(Some(field), message))?;
    if amount.is_empty() {
        return Ok(None);
    }
    let amount: Decimal = amount.parse().map_err(|_| AppError::invalid(Some(field), "This is no amount"))?;
    if amount.is_sign_negative() {
        return Err(AppError::invalid(Some(field), "An amount below zero allows nothing"));
    }
    Ok(Some(amount))
}

impl Services {
    /// Switches the rule, and writes who did into the settings' history.
    pub async fn set_self_approval(&self, actor: &Actor, on: bool) -> Result<(), AppError> {
        require(actor, Right::Admin)?;
        let mut tx = self.store.begin().await?;
        let rules = rules_now(&mut tx).await?;
        put_rules(&mut tx, actor, &rules, &Rules { self_approval: on, ..rules.clone() }).await?;
        Ok(tx.commit().await.map_err(db::StoreError::from)?)
    }

    /// Sets the rules, texts as they were typed, and writes who changed what into the settings' history.
    pub async fn set_rules(&self, actor: &Actor, typed: &Rules) -> Result<Rules, AppError> {
        require(actor, Right::Admin)?;
        let amount = typed_amount(TWO_APPROVALS_OVER, typed.two_approvals_over.as_deref().unwrap_or_default())?;
        let currency = normalise(Field::Currency, &typed.currency)
            .map_err(|message| AppError::invalid(Some(CURRENCY), message))?;
        if currency.is_empty() {
            return Err(AppError::invalid(Some(CURRENCY), "Write the currency as three letters, EUR"));
        }
        let rules = Rules {
            self_approval: typed.self_approval,
            two_approvals_over: amount.map(|amount| amount.to_string()),
            currency,
        };
        let mut tx = self.store.begin().await?;
        let before = rules_now(&mut tx).await?;
        put_rules(&mut tx, actor, &before, &rules).await?;
        tx.commit().await.map_err(db::StoreError::from)?;
        Ok(rules)
    }
}

/// Writes what is another than before.
async fn put_rules(tx: &mut Tx, actor: &Actor, before: &Rules, rules: &Rules) -> Result<(), AppError> {
    if rules.self_approval != before.self_approval {
        let value = if rules.self_approval { "on" } else { "off" };
        db::settings::setting_put(tx, SELF_APPROVAL, value).await?;
        note_setting(tx, actor, SELF_APPROVAL, value).await?;
    }
    if rules.two_approvals_over != before.two_approvals_over {
        match &rules.two_approvals_over {
            Some(amount) => db::settings::setting_put(tx, TWO_APPROVALS_OVER, amount).await?,
            None => db::settings::setting_delete(tx, TWO_APPROVALS_OVER).await?,
        }
        note_setting(tx, actor, TWO_APPROVALS_OVER, rules.two_approvals_over.as_deref().unwrap_or("off")).await?;
    }
    if rules.currency != before.currency {
        db::settings::setting_put(tx, CURRENCY, &rules.currency).await?;
        note_setting(tx, actor, CURRENCY, &rules.currency).await?;
    }
    Ok(())
}
