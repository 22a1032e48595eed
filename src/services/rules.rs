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
        normalise::{self, normalise},
        roles::{Actor, Right},
        touchless::{DEFAULT_SURE_FROM, TouchlessRules},
    },
};
use uuid::Uuid;

/// The history of settings is kept beside those of invoices, under this id.
pub const SETTINGS_HISTORY: InvoiceId = InvoiceId(Uuid::nil());

const SELF_APPROVAL: &str = "self_approval";
const TWO_APPROVALS_OVER: &str = "two_approvals_over";
const CURRENCY: &str = "currency";
const ON: &str = "on";
const OFF: &str = "off";
const TOUCHLESS: &str = "touchless";
const TOUCHLESS_SURE_FROM: &str = "touchless_sure_from";
const TOUCHLESS_CEILING: &str = "touchless_ceiling";

/// The house's own currency until an admin says another.
const DEFAULT_CURRENCY: &str = "EUR";

/// What of the rules decides an approval.
pub(super) struct HouseRules {
    pub two_approvals_over: Option<Decimal>,
    pub currency: String,
}

/// Whether people may approve what they uploaded or changed: for installations of one person.
pub(super) async fn self_approval(conn: &mut Conn) -> Result<bool, AppError> {
    Ok(db::settings::setting_get(conn, SELF_APPROVAL).await?.as_deref() == Some(ON))
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

pub(super) async fn touchless_rules(conn: &mut Conn) -> Result<TouchlessRules, AppError> {
    let sure_from = db::settings::setting_get(conn, TOUCHLESS_SURE_FROM).await?;
    Ok(TouchlessRules {
        is_on: db::settings::setting_get(conn, TOUCHLESS).await?.as_deref() == Some(ON),
        sure_from: sure_from.unwrap_or_else(|| DEFAULT_SURE_FROM.to_owned()),
        ceiling: db::settings::setting_get(conn, TOUCHLESS_CEILING).await?,
    })
}

pub(super) async fn rules_now(conn: &mut Conn) -> Result<Rules, AppError> {
    Ok(Rules {
        self_approval: self_approval(conn).await?,
        two_approvals_over: db::settings::setting_get(conn, TWO_APPROVALS_OVER).await?,
        currency: currency(conn).await?,
        touchless: touchless_rules(conn).await?,
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
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let amount = normalise::typed_amount(typed).map_err(|message| AppError::invalid(Some(field), message))?;
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
            touchless: typed_touchless(&typed.touchless)?,
        };
        let mut tx = self.store.begin().await?;
        let before = rules_now(&mut tx).await?;
        put_rules(&mut tx, actor, &before, &rules).await?;
        tx.commit().await.map_err(db::StoreError::from)?;
        Ok(rules)
    }
}

/// The rules of touchless approval as they were typed, in the form we keep.
fn typed_touchless(typed: &TouchlessRules) -> Result<TouchlessRules, AppError> {
    let sure_from: Option<Decimal> = typed.sure_from.trim().replace(',', ".").parse().ok();
    let allowed = Decimal::new(5, 1)..=Decimal::ONE;
    let sure_from = sure_from
        .filter(|sure_from| allowed.contains(sure_from))
        .ok_or_else(|| AppError::invalid(Some(TOUCHLESS_SURE_FROM), "How sure lies between 0.5 and 1"))?;
    let ceiling = typed_amount(TOUCHLESS_CEILING, typed.ceiling.as_deref().unwrap_or_default())?;
    Ok(TouchlessRules {
        is_on: typed.is_on,
        sure_from: sure_from.normalize().to_string(),
        ceiling: ceiling.map(|ceiling| ceiling.to_string()),
    })
}

/// Writes what is another than before.
async fn put_rules(tx: &mut Tx, actor: &Actor, before: &Rules, rules: &Rules) -> Result<(), AppError> {
    let switch = |on: bool| Some(if on { ON } else { OFF });
    let (was, now) = (&before.touchless, &rules.touchless);
    for (name, before, after) in [
        (SELF_APPROVAL, switch(before.self_approval), switch(rules.self_approval)),
        (TWO_APPROVALS_OVER, before.two_approvals_over.as_deref(), rules.two_approvals_over.as_deref()),
        (CURRENCY, Some(before.currency.as_str()), Some(rules.currency.as_str())),
        (TOUCHLESS, switch(was.is_on), switch(now.is_on)),
        (TOUCHLESS_SURE_FROM, Some(was.sure_from.as_str()), Some(now.sure_from.as_str())),
        (TOUCHLESS_CEILING, was.ceiling.as_deref(), now.ceiling.as_deref()),
    ] {
        if before == after {
            continue;
        }
        match after {
            Some(value) => db::settings::setting_put(tx, name, value).await?,
            None => db::settings::setting_delete(tx, name).await?,
        }
        note_setting(tx, actor, name, after.unwrap_or(OFF)).await?;
    }
    Ok(())
}
