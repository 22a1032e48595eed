//! Approving without a person what an admin allowed to be, right after it was read.

use super::{
    Services,
    bank_accounts::Asked,
    checking::Judged,
    review::{Fields, append_action},
    rules::{house_rules, touchless_rules},
};
use crate::{
    db::{self, Conn, history::NewEntry, invoices::InvoiceRow},
    domain::{
        approval::Worth,
        bank_account::{self, Standing},
        error::AppError,
        events::LoggedEvent,
        field::Field,
        money::Decimal,
        status::{Status, Step},
        touchless::{self, Facts, TOUCHLESS, TOUCHLESS_APPROVED},
    },
};

impl Services {
    /// Approves an invoice that was read just now, when every condition holds. None: it waits for a person. Within the
    /// transaction that saves the reading, so that what was looked at is what is approved.
    pub(super) async fn approve_touchless(
        &self,
        conn: &mut Conn,
        row: &InvoiceRow,
        fields: &Fields,
        judged: &Judged,
        at: i64,
    ) -> Result<Option<(Status, Vec<LoggedEvent>)>, AppError> {
        let Some(because) = because(conn, row, fields, judged).await? else { return Ok(None) };
        let id = row.summary.id;
        let next = row.summary.status.step(Step::Approve)?;
        db::invoices::invoice_set_status(conn, id, next, None, at).await?;
        super::bank_accounts::approved(conn, id, fields, None, TOUCHLESS, at).await?;
        let entry = NewEntry {
            at,
            actor_id: None,
            actor_name: TOUCHLESS,
            action: TOUCHLESS_APPROVED,
            changes: &[],
            note: Some(&because),
        };
        db::history::history_append(conn, id, entry).await?;
        let (_, told) = append_action(conn, id, TOUCHLESS, TOUCHLESS_APPROVED).await?;
        tracing::info!(invoice_id = %id, "approved without a person");
        Ok(Some((next, told)))
    }
}

/// Why it is approved, in words; None: some condition does not hold.
async fn because(
    conn: &mut Conn,
    row: &InvoiceRow,
    fields: &Fields,
    judged: &Judged,
) -> Result<Option<String>, AppError> {
    let rules = touchless_rules(conn).await?;
    if !rules.is_on {
        return Ok(None);
    }
    let house = house_rules(conn).await?;
    let (account, supplier_known) = known(conn, fields).await?;
    let value = |field: Field| fields.get(&field).map_or("", |stored| stored.value.value.as_str());
    let filled = fields.values().filter(|stored| !stored.value.value.is_empty());
    let facts = Facts {
        is_on: rules.is_on,
        person_asked_for: row.options.human_in_loop == Some(true),
        touched: db::history::history_touched(conn, row.summary.id).await?,
        is_filled: Field::REQUIRED.into_iter().all(|field| !value(field).is_empty()),
        least_confidence: filled
            .map(|stored| stored.value.confidence)
            .fold(1.0, |least, one| if one >= least { least } else { one }),
        // A rule that can not be read must not be one that lets everything pass.
        sure_from: rules.sure_from.parse().map_err(|_| AppError::Internal)?,
        checks: &judged.checks,
        has_notes: !row.notes.is_empty(),
        looks_like_another: judged.duplicate_of.is_some(),
        supplier_known,
        account,
        worth: Worth { gross_total: value(Field::GrossTotal), currency: value(Field::Currency) },
        currency: &house.currency,
        ceiling: rules.ceiling.map(|ceiling| ceiling.parse::<Decimal>()).transpose().map_err(|_| AppError::Internal)?,
        two_approvals_over: house.two_approvals_over,
    };
    Ok(touchless::missing(&facts).is_empty().then(|| touchless::because(&facts)))
}

/// How the account stands, and whether an invoice of the supplier was approved before.
async fn known(conn: &mut Conn, fields: &Fields) -> Result<(Option<Standing>, bool), AppError> {
    let Some(asked) = Asked::of(fields) else { return Ok((None, false)) };
    let known = asked.known(conn).await?;
    let standing = bank_account::standing(&asked.account, known.as_ref());
    Ok((Some(standing), db::supplier_accounts::supplier_was_approved(conn, &asked.supplier).await?))
}
