//! The settings page: people, rules, who stands in for whom.

use super::{ApiError, encoding::Json};
use crate::domain::{
    approval::{NewMember, Rules, Settings},
    ids::UserId,
    learned::Forgotten,
    own_company::OwnCompany,
    reject_reason::RejectReason,
    roles::Role,
};
use leptos::prelude::*;

/// What whoever asks may see of the settings.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn load_settings() -> Result<Settings, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    super::page_reads::once("settings".to_owned(), async { Ok(services.settings(&actor).await?) }).await
}

/// Adds a person. Gives the password that was made up, if none was typed.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn add_member(new: NewMember) -> Result<Option<String>, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.member_add(&actor, &new).await?)
}

/// Changes a person's role and limit; the limit as it was typed, empty for none.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn change_member(id: UserId, role: Role, approval_limit: String) -> Result<(), ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.member_change(&actor, id, role, &approval_limit).await?)
}

/// Takes a person's access away, or gives it back.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn set_member_disabled(id: UserId, disabled: bool) -> Result<(), ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.member_set_disabled(&actor, id, disabled).await?)
}

/// Sets the rules, texts as they were typed. Gives them as they are kept.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn set_rules(rules: Rules) -> Result<Rules, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.set_rules(&actor, &rules).await?)
}

/// Sets the companies whose invoices these are, texts as they were typed; `seen` are those that it was decided on. Gives
/// them as they are kept.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn set_own_companies(seen: Vec<OwnCompany>, companies: Vec<OwnCompany>) -> Result<Vec<OwnCompany>, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.set_own_companies(&actor, &seen, &companies).await?)
}

/// Renames reasons for a rejection, switches them off or on, adds those without a code. Gives the whole catalogue.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn set_reject_reasons(reasons: Vec<RejectReason>) -> Result<Vec<RejectReason>, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.set_reject_reasons(&actor, &reasons).await?)
}

/// Lets somebody stand in for whoever asks: ISO dates, UTC, both inclusive.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn add_delegation(to: UserId, first_day: String, last_day: String) -> Result<(), ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.delegation_add(&actor, to, &first_day, &last_day).await?)
}

/// Ends one's own delegation.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn end_delegation(id: String) -> Result<(), ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.delegation_end(&actor, &id).await?)
}

/// Forgets a learned rule, or all of a supplier; or remembers them again.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn set_forgotten(which: Forgotten, forgotten: bool) -> Result<(), ApiError> {
    let (services, actor) = crate::services::request_context()?;
    match forgotten {
        true => Ok(services.learned_forget(&actor, &which).await?),
        false => Ok(services.learned_remember(&actor, &which).await?),
    }
}
