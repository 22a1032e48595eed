//! Who may approve what: limits, two approvals above an amount, and standing in for somebody.

use super::{
    review::Fields,
    rules::{HouseRules, house_rules},
};
use crate::{
    db::{
        self, Conn,
        invoices::{FirstApproval, InvoiceRow, today},
        users::User,
    },
    domain::{
        approval::Worth,
        comment::Person,
        error::AppError,
        field::Field,
        ids::InvoiceId,
        money::Decimal,
        roles::{Actor, Right},
    },
};

/// An approval that may be given.
pub(super) struct Approval {
    /// Another person has to approve after this one.
    pub is_first: bool,
    /// In whose place, when the actor's own limit is too low.
    pub stands_in_for: Option<Person>,
}

impl Approval {
    /// What the history says beside who did it.
    pub fn note(&self) -> Option<String> {
        self.stands_in_for.as_ref().map(|person| format!("for {}", person.name))
    }

    /// What is kept until the second one comes.
    pub fn kept(&self, actor: &Actor) -> FirstApproval {
        let by = Person { id: actor.user_id, name: actor.name.clone() };
        FirstApproval { by, stood_in_for: self.stands_in_for.as_ref().map(|person| person.id) }
    }
}

/// The approval this actor may give now, by the house's rules and their limit. That nobody approves what they touched
/// is not asked here.
pub(super) async fn approval(
    conn: &mut Conn,
    actor: &Actor,
    row: &InvoiceRow,
    fields: &Fields,
) -> Result<Approval, AppError> {
    let rules = house_rules(conn).await?;
    let needs_two = needs_two(&rules, fields);
    let first = row.first_approval.as_ref().filter(|_| needs_two);
    if let Some(first) = first {
        require_another(first, actor)?;
    }
    let stands_in_for = within_limit(conn, actor, row.summary.id, fields, &rules, first).await?;
    Ok(Approval { is_first: needs_two && first.is_none(), stands_in_for })
}

/// Who approved first, when a second one is still needed.
pub(super) async fn first_approver(
    conn: &mut Conn,
    row: &InvoiceRow,
    fields: &Fields,
) -> Result<Option<String>, AppError> {
    let Some(first) = &row.first_approval else { return Ok(None) };
    Ok(needs_two(&house_rules(conn).await?, fields).then(|| first.by.name.clone()))
}

fn needs_two(rules: &HouseRules, fields: &Fields) -> bool {
    rules.two_approvals_over.is_some_and(|amount| worth(fields).is_over(amount, &rules.currency))
}

fn worth(fields: &Fields) -> Worth<'_> {
    let value = |field| fields.get(&field).map_or("", |stored| stored.value.value.as_str());
    Worth { gross_total: value(Field::GrossTotal), currency: value(Field::Currency) }
}

/// The second approval is another person's, and not of somebody in whose place the first was given.
fn require_another(first: &FirstApproval, actor: &Actor) -> Result<(), AppError> {
    let message = if first.by.id == actor.user_id {
        "1 of 2 approvals is yours: somebody else has to give the second".to_owned()
    } else if first.stood_in_for == Some(actor.user_id) {
        format!("{} approved this in your place: somebody else has to give the second approval", first.by.name)
    } else {
        return Ok(());
    };
    Err(AppError::forbidden("second_approver", message))
}

/// In whose place the actor approves: nobody's when their own limit allows it.
async fn within_limit(
    conn: &mut Conn,
    actor: &Actor,
    invoice: InvoiceId,
    fields: &Fields,
    rules: &HouseRules,
    first: Option<&FirstApproval>,
) -> Result<Option<Person>, AppError> {
    let over = |limit: Option<Decimal>| limit.filter(|limit| worth(fields).is_over(*limit, &rules.currency));
    let me = db::users::user_by_id(conn, actor.user_id).await?.ok_or(AppError::Unauthenticated)?;
    let Some(own) = over(me.approval_limit) else { return Ok(None) };
    let mut highest = own;
    for lender in lenders(conn, actor, first).await? {
        match over(lender.approval_limit) {
            Some(limit) => highest = highest.max(limit),
            None => {
                require_not_submitted(conn, actor, invoice, &lender).await?;
                return Ok(Some(Person { id: lender.id, name: lender.name }));
            }
        }
    }
    Err(AppError::forbidden("over_limit", worth(fields).over_limit(highest, &rules.currency)))
}

/// For whom the actor stands in today. Who gave the first approval, or in whose place it was given, lends none for the
/// second.
async fn lenders(conn: &mut Conn, actor: &Actor, first: Option<&FirstApproval>) -> Result<Vec<User>, AppError> {
    let mut lenders = db::delegations::delegation_lenders(conn, actor.user_id, &today()).await?;
    lenders.retain(|lender| {
        let gave_first = first.is_some_and(|first| first.by.id == lender.id || first.stood_in_for == Some(lender.id));
        lender.role.has(Right::Approve) && !gave_first
    });
    Ok(lenders)
}

/// A borrowed limit is not for what one submitted oneself.
async fn require_not_submitted(
    conn: &mut Conn,
    actor: &Actor,
    invoice: InvoiceId,
    lender: &User,
) -> Result<(), AppError> {
    if super::rules::self_approval(conn).await?
        || !db::history::history_has(conn, invoice, actor.user_id, "submitted").await?
    {
        return Ok(());
    }
    let message = format!("You submitted this invoice, so you can not approve it for {}", lender.name);
    Err(AppError::forbidden("four_eyes", message))
}
