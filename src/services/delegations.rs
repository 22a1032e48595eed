//! Handing one's right to approve to somebody else for a while.

use super::{Services, require, rules::note_setting};
use crate::{
    db::{self, Conn, StoreError, delegations, invoices::today, now_ms},
    domain::{
        approval::{Delegation, StandIns},
        comment::Person,
        dates::parse_iso,
        error::AppError,
        ids::UserId,
        roles::{Actor, Right},
    },
};
use uuid::Uuid;

impl Services {
    /// Lets `to` stand in for the actor from day to day: ISO dates, UTC, both inclusive.
    pub async fn delegation_add(
        &self,
        actor: &Actor,
        to: UserId,
        first_day: &str,
        last_day: &str,
    ) -> Result<(), AppError> {
        require(actor, Right::Approve)?;
        check_days(first_day, last_day, &today())?;
        let mut tx = self.store.begin().await?;
        let to = stand_in(&mut tx, actor, to).await?;
        let delegation = Delegation {
            id: Uuid::now_v7().to_string(),
            from: Person { id: actor.user_id, name: actor.name.clone() },
            to,
            first_day: first_day.to_owned(),
            last_day: last_day.to_owned(),
        };
        delegations::delegation_insert(&mut tx, &delegation, now_ms()).await?;
        note_setting(&mut tx, actor, "delegated", &said(&delegation)).await?;
        Ok(tx.commit().await.map_err(StoreError::from)?)
    }

    /// Ends one's own delegation at once.
    pub async fn delegation_end(&self, actor: &Actor, id: &str) -> Result<(), AppError> {
        require(actor, Right::Approve)?;
        let mut tx = self.store.begin().await?;
        let own = delegations::delegation_list(&mut tx, actor.user_id, &today()).await?;
        let found = own.into_iter().find(|one| one.id == id && one.from.id == actor.user_id);
        let found = found.ok_or_else(|| AppError::not_found("Delegation"))?;
        delegations::delegation_delete(&mut tx, id).await?;
        note_setting(&mut tx, actor, "delegation_ended", &said(&found)).await?;
        Ok(tx.commit().await.map_err(StoreError::from)?)
    }
}

/// What an approver sees of their own.
pub(super) async fn stand_ins(conn: &mut Conn, actor: &Actor) -> Result<StandIns, AppError> {
    let today = today();
    let everybody = db::users::user_list(conn).await?;
    let others = everybody.into_iter().filter(|user| can_stand_in(user) && user.id != actor.user_id);
    Ok(StandIns {
        delegations: delegations::delegation_list(conn, actor.user_id, &today).await?,
        colleagues: others.map(|user| Person { id: user.id, name: user.name }).collect(),
        me: actor.user_id,
        today,
    })
}

/// A limit can be lent, the right to approve can not.
fn can_stand_in(user: &db::users::User) -> bool {
    !user.disabled && user.role.has(Right::Approve)
}

async fn stand_in(conn: &mut Conn, actor: &Actor, to: UserId) -> Result<Person, AppError> {
    let user = db::users::user_by_id(conn, to).await?.filter(can_stand_in);
    let user = user.filter(|user| user.id != actor.user_id);
    let user = user.ok_or_else(|| AppError::invalid(Some("to"), "Choose somebody else who may approve"))?;
    Ok(Person { id: user.id, name: user.name })
}

fn check_days(first_day: &str, last_day: &str, today: &str) -> Result<(), AppError> {
    for (field, day) in [("first_day", first_day), ("last_day", last_day)] {
        if parse_iso(day).is_none() {
            return Err(AppError::invalid(Some(field), "Choose a day"));
        }
    }
    if last_day < first_day {
        return Err(AppError::invalid(Some("last_day"), "The last day is before the first"));
    }
    if last_day < today {
        return Err(AppError::invalid(Some("last_day"), "The last day has passed"));
    }
    Ok(())
}

fn said(delegation: &Delegation) -> String {
    format!("to {}, {} to {}", delegation.to.name, delegation.first_day, delegation.last_day)
}
