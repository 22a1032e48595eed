//! Whose work an invoice is.

use super::{Services, notifications, require, review::append_action, steps::Decided};
use crate::{
    db::{self, Conn, now_ms, users},
    domain::{
        comment::Person,
        error::AppError,
        ids::{InvoiceId, UserId},
        invoice::InvoiceSummary,
        roles::{Actor, Right},
        status::Status,
    },
};

/// The most people that are offered.
const MAX_PEOPLE: i64 = 500;
/// The history's words.
const ASSIGNED: &str = "assigned";
const UNASSIGNED: &str = "unassigned";

impl Services {
    /// Everybody who can be given work, by name.
    pub async fn assignable(&self, actor: &Actor) -> Result<Vec<Person>, AppError> {
        require(actor, Right::Read)?;
        Ok(users::user_list_working(&mut *self.store.read().await?, MAX_PEOPLE).await?)
    }

    /// Makes an invoice somebody's work, or nobody's. Whoever is given it by somebody else is told. No value changes, so
    /// nothing that is being decided is stale by it.
    pub async fn assign(&self, actor: &Actor, id: InvoiceId, to: Option<UserId>) -> Result<InvoiceSummary, AppError> {
        let mut tx = self.store.begin().await?;
        let Decided { answer, events } = self.assign_in(&mut tx, actor, id, to).await?;
        self.commit(tx, events).await?;
        answer
    }

    /// The same within a transaction that the caller commits, and then publishes the events.
    pub(super) async fn assign_in(
        &self,
        tx: &mut Conn,
        actor: &Actor,
        id: InvoiceId,
        to: Option<UserId>,
    ) -> Result<Decided, AppError> {
        require(actor, Right::Edit)?;
        let invoice = db::invoices::invoice_summary(tx, id).await?.ok_or_else(|| AppError::not_found("Invoice"))?;
        require_undecided(invoice.status)?;
        let person = match to {
            Some(to) => Some(assignee(tx, to).await?),
            None => None,
        };
        if invoice.assigned_to.as_ref().map(|now| now.id) == to {
            return Ok(Decided { answer: Ok(invoice), events: Vec::new() });
        }
        db::invoices::invoice_set_assignee(tx, id, person.as_ref()).await?;
        let (action, note) = match &person {
            Some(person) => (ASSIGNED, Some(format!("To {}", person.name))),
            None => (UNASSIGNED, invoice.assigned_to.as_ref().map(|before| format!("It was with {}", before.name))),
        };
        self.write_history(tx, id, actor, now_ms(), action, &[], note.as_deref()).await?;
        let (now, mut events) = append_action(tx, id, &actor.name, action).await?;
        if let Some(person) = person.filter(|person| person.id != actor.user_id) {
            events.extend(notifications::tell_assigned(tx, person.id, actor, &now).await?);
        }
        tracing::info!(invoice_id = %id, user_id = %actor.user_id, assigned_to = ?to, "assigned");
        Ok(Decided { answer: Ok(now), events })
    }
}

/// Somebody with access who may work on invoices.
async fn assignee(conn: &mut Conn, id: UserId) -> Result<Person, AppError> {
    let user = users::user_by_id(conn, id).await?.filter(|user| !user.disabled);
    let user = user.ok_or_else(|| AppError::invalid(Some("to"), "There is no such person"))?;
    if !user.role.has(Right::Edit) {
        return Err(AppError::invalid(Some("to"), format!("{} can not work on invoices", user.name)));
    }
    Ok(Person { id, name: user.name })
}

/// What is decided is nobody's work any more.
fn require_undecided(status: Status) -> Result<(), AppError> {
    if status.is_undecided() {
        return Ok(());
    }
    Err(AppError::Blocked {
        code: "not_assignable".into(),
        message: format!("An invoice that is {} is nobody's work", status.label().to_lowercase()),
    })
}
