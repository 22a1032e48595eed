//! The people of the house, for admins: who they are, how much they may approve, whether they may come in.

use super::{
    Services,
    accounts::{insert_person, made_up_password, new_user},
    require,
    rules::{note_setting, rules_now, typed_amount},
};
use crate::{
    db::{Conn, StoreError, Tx, now_ms, users},
    domain::{
        approval::{Member, NewMember, Settings},
        error::AppError,
        ids::UserId,
        money::{Decimal, grouped},
        roles::{Actor, Right, Role},
    },
};

const LIMIT_FIELD: &str = "approval_limit";

impl Services {
    /// The settings page: people for admins, their own stand-ins for those who approve.
    pub async fn settings(&self, actor: &Actor) -> Result<Settings, AppError> {
        if !actor.may(Right::Admin) {
            require(actor, Right::Approve)?;
        }
        let mut tx = self.store.snapshot().await?;
        let rules = rules_now(&mut tx).await?;
        let members = match actor.may(Right::Admin) {
            true => Some(users::user_list(&mut tx).await?.into_iter().map(member).collect()),
            false => None,
        };
        let stand_ins = match actor.may(Right::Approve) {
            true => Some(super::delegations::stand_ins(&mut tx, actor).await?),
            false => None,
        };
        let own_companies = match actor.may(Right::Admin) {
            true => Some(super::own_companies::own_companies(&mut tx).await?),
            false => None,
        };
        let reject_reasons = match actor.may(Right::Admin) {
            true => Some(super::reject_reasons::reasons_now(&mut tx).await?),
            false => None,
        };
        let learned = match actor.may(Right::Admin) {
            true => Some(super::learned::learned_now(&mut tx).await?),
            false => None,
        };
        Ok(Settings { rules, own_companies, reject_reasons, learned, members, stand_ins })
    }

    /// Adds a person. Gives the password that was made up, the only time it is seen; None when one was typed.
    pub async fn member_add(&self, actor: &Actor, new: &NewMember) -> Result<Option<String>, AppError> {
        require(actor, Right::Admin)?;
        let limit = typed_amount(LIMIT_FIELD, &new.approval_limit)?;
        let made_up = new.password.is_empty().then(made_up_password);
        let password = made_up.as_deref().unwrap_or(&new.password);
        let user = users::User { approval_limit: limit, ..new_user(&new.email, &new.name, new.role, password).await? };
        let mut tx = self.store.begin().await?;
        insert_person(&mut tx, &user).await?;
        note_setting(&mut tx, actor, "user_added", &said(&user.email, user.role, limit)).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(made_up)
    }

    /// Changes a person's role and limit, the latter as it was typed.
    pub async fn member_change(
        &self,
        actor: &Actor,
        id: UserId,
        role: Role,
        approval_limit: &str,
    ) -> Result<(), AppError> {
        require(actor, Right::Admin)?;
        let limit = typed_amount(LIMIT_FIELD, approval_limit)?;
        let mut tx = self.store.begin().await?;
        let user = known(&mut tx, id).await?;
        if role != Role::Admin {
            require_other_admin(&mut tx, &user).await?;
        }
        users::user_set_role(&mut tx, id, role, limit).await?;
        if (role, limit) != (user.role, user.approval_limit) {
            note_setting(&mut tx, actor, "user_changed", &said(&user.email, role, limit)).await?;
        }
        self.end_change(tx).await
    }

    /// Takes a person's access away, at once, with all their sessions and tokens; or gives it back.
    pub async fn member_set_disabled(&self, actor: &Actor, id: UserId, disabled: bool) -> Result<(), AppError> {
        require(actor, Right::Admin)?;
        let mut tx = self.store.begin().await?;
        let user = known(&mut tx, id).await?;
        if disabled == user.disabled {
            return Ok(());
        }
        if disabled {
            require_other_admin(&mut tx, &user).await?;
        }
        users::user_set_disabled(&mut tx, id, disabled.then(now_ms)).await?;
        let action = if disabled { "user_disabled" } else { "user_enabled" };
        note_setting(&mut tx, actor, action, &user.email).await?;
        self.end_change(tx).await
    }

    /// Running sessions see it with their next request.
    async fn end_change(&self, tx: Tx) -> Result<(), AppError> {
        tx.commit().await.map_err(StoreError::from)?;
        self.forget_accounts();
        Ok(())
    }
}

fn member(user: users::User) -> Member {
    Member {
        id: user.id,
        name: user.name,
        email: user.email,
        role: user.role,
        approval_limit: user.approval_limit.map(|limit| limit.to_string()),
        disabled: user.disabled,
    }
}

async fn known(conn: &mut Conn, id: UserId) -> Result<users::User, AppError> {
    users::user_by_id(conn, id).await?.ok_or_else(|| AppError::not_found("Person"))
}

/// Without an admin nobody could ever be made one again. Transactions that ask are serial, so two can not both leave.
pub(super) async fn require_other_admin(conn: &mut Conn, user: &users::User) -> Result<(), AppError> {
    if user.role != Role::Admin || user.disabled || users::user_other_admin(conn, user.id).await? {
        return Ok(());
    }
    Err(AppError::Blocked {
        code: "last_admin".into(),
        message: format!("{} is the only admin: make somebody else admin first", user.name),
    })
}

/// What the settings' history says of a person.
fn said(email: &str, role: Role, limit: Option<Decimal>) -> String {
    let limit = limit.map_or_else(|| "no limit".to_owned(), |limit| format!("limit {}", grouped(limit)));
    format!("{email}: {role}, {limit}")
}
