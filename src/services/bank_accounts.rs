//! Bank accounts of suppliers: a changed one blocks approval until a second person verified it.

use super::{
    Services, require,
    review::{Fields, MAX_TEXT, append_action, require_editable},
    steps::touched_by,
};
use crate::{
    db::{
        self, Conn,
        invoices::InvoiceRow,
        list::supplier_key,
        now_ms,
        supplier_accounts::{self, Evidence},
    },
    domain::{
        bank_account::{
            self, ACCOUNT_CHANGED, AccountVerification, BankAccount, KnownAccount, Origin, Standing, SupplierKeys,
            account_key, is_account_rule,
        },
        checks::CheckResult,
        error::AppError,
        events::LoggedEvent,
        field::Field,
        ids::InvoiceId,
        invoice::{InvoiceSummary, ReviewReason},
        roles::{Actor, Right},
    },
};

/// The history's word for it.
const ACCOUNT_VERIFIED: &str = "account_verified";
/// Other invoices that are told of a verification at once; further ones see it when they are opened.
const MOST_TOLD: i64 = 200;

/// The account of an invoice with who asks for money to it.
pub(super) struct Asked {
    pub account: String,
    pub supplier: SupplierKeys,
}

impl Asked {
    /// None where the invoice names no account.
    pub fn of(fields: &Fields) -> Option<Asked> {
        let value = |field: Field| fields.get(&field).map_or("", |stored| stored.value.value.as_str());
        let account = account_key(value(Field::Iban));
        (!account.is_empty()).then(|| Asked { account, supplier: supplier_keys(value) })
    }

    pub async fn known(&self, conn: &mut Conn) -> Result<Option<KnownAccount>, AppError> {
        Ok(supplier_accounts::account_known(conn, &self.supplier, &self.account).await?)
    }
}

/// By what the supplier of an invoice with these values is recognised.
pub(super) fn supplier_keys<'v>(value: impl Fn(Field) -> &'v str) -> SupplierKeys {
    let name = supplier_key(value(Field::SupplierName));
    SupplierKeys::new(value(Field::SupplierVatId), value(Field::SupplierTaxNumber), name)
}

/// The check of the invoice's account; None where it is known, or there is none.
pub(super) async fn check(conn: &mut Conn, fields: &Fields) -> Result<Option<CheckResult>, AppError> {
    let Some(asked) = Asked::of(fields) else { return Ok(None) };
    Ok(bank_account::check(&asked.account, asked.known(conn).await?.as_ref()))
}

/// The account as the page of an open invoice shows it. What is known of it now takes the place, in the row's checks and
/// reasons, of what was known when the invoice was last checked: another one may have been approved, or the account
/// verified, since.
pub(super) async fn look_again(
    conn: &mut Conn,
    actor: &Actor,
    row: &mut InvoiceRow,
    fields: &Fields,
) -> Result<Option<BankAccount>, AppError> {
    if !row.summary.status.editable() {
        return Ok(None);
    }
    let Some(asked) = Asked::of(fields) else {
        replace_check(row, None);
        return Ok(None);
    };
    let known = asked.known(conn).await?;
    replace_check(row, bank_account::check(&asked.account, known.as_ref()));
    let standing = bank_account::standing(&asked.account, known.as_ref());
    let may_verify = standing != Standing::Known
        && actor.may(Right::Edit)
        && require_second_person(conn, actor, row.summary.id).await.is_ok();
    Ok(Some(BankAccount { account: asked.account, standing, known, may_verify }))
}

fn replace_check(row: &mut InvoiceRow, now: Option<CheckResult>) {
    if row.checks.iter().find(|check| is_account_rule(&check.rule)) == now.as_ref() {
        return;
    }
    row.checks.retain(|check| !is_account_rule(&check.rule));
    row.review_reasons.retain(|reason| !is_account_rule(&reason.code));
    let Some(check) = now else { return };
    let (code, message, fields) = (check.rule.clone(), check.message.clone(), check.fields.clone());
    // What blocks comes first, as when all is checked.
    let is_block = check.rule == ACCOUNT_CHANGED;
    let end = |count: usize| if is_block { 0 } else { count };
    row.review_reasons.insert(end(row.review_reasons.len()), ReviewReason { code, message, fields });
    row.checks.insert(end(row.checks.len()), check);
}

/// An approval makes the account known: whoever gave it saw the account, and what stood beside it.
pub(super) async fn approved(
    conn: &mut Conn,
    id: InvoiceId,
    fields: &Fields,
    by: Option<&Actor>,
    person: &str,
    at: i64,
) -> Result<(), AppError> {
    let Some(asked) = Asked::of(fields) else { return Ok(()) };
    let evidence = Evidence {
        invoice: id,
        origin: Origin::Approved,
        account: &asked.account,
        supplier: &asked.supplier,
        at,
        person_id: by.map(|actor| actor.user_id),
        person,
        note: "",
    };
    Ok(supplier_accounts::account_put(conn, &evidence).await?)
}

/// Who brought the invoice or changed a value of it is not the second person.
async fn require_second_person(conn: &mut Conn, actor: &Actor, id: InvoiceId) -> Result<(), AppError> {
    if super::rules::self_approval(conn).await? {
        return Ok(());
    }
    match touched_by(conn, actor, id).await? {
        None => Ok(()),
        Some(done) => Err(AppError::forbidden(
            "four_eyes",
            format!("You {done} this invoice, so somebody else has to verify its bank account"),
        )),
    }
}

impl Services {
    /// Keeps that a second person verified the invoice's account for its supplier, and how.
    pub async fn verify_account(
        &self,
        actor: &Actor,
        id: InvoiceId,
        said: &AccountVerification,
    ) -> Result<InvoiceSummary, AppError> {
        require(actor, Right::Edit)?;
        let note = checked_note(&said.note)?;
        let mut tx = self.store.begin().await?;
        let row = db::invoices::invoice_get(&mut tx, id).await?.ok_or_else(|| AppError::not_found("Invoice"))?;
        require_editable(row.summary.status)?;
        require_second_person(&mut tx, actor, id).await?;
        let fields = db::fields::field_list(&mut tx, id).await?;
        let asked = Asked::of(&fields).ok_or_else(|| AppError::invalid(Some("account"), "It names no bank account"))?;
        if asked.account != account_key(&said.account) {
            return Err(AppError::Blocked {
                code: "other_account".into(),
                message: "The bank account was changed since: look at the one that stands there now".into(),
            });
        }
        let at = now_ms();
        let evidence = Evidence {
            invoice: id,
            origin: Origin::Verified,
            account: &asked.account,
            supplier: &asked.supplier,
            at,
            person_id: Some(actor.user_id),
            person: &actor.name,
            note,
        };
        supplier_accounts::account_put(&mut tx, &evidence).await?;
        let words = [asked.account.as_str(), ": ", note].concat();
        self.write_history(&mut tx, id, actor, at, ACCOUNT_VERIFIED, &[], Some(&words)).await?;
        self.judge(&mut tx, &row, &fields, at).await?;
        let (invoice, mut events) = append_action(&mut tx, id, &actor.name, ACCOUNT_VERIFIED).await?;
        for other in supplier_accounts::account_open_invoices(&mut tx, &asked.account, id, MOST_TOLD).await? {
            events.extend(self.check_again(&mut tx, other, at).await?);
        }
        self.commit(tx, events).await?;
        tracing::info!(invoice_id = %id, user_id = %actor.user_id, "bank account verified");
        Ok(invoice)
    }

    /// Checks another open invoice anew, and tells of it when something came out otherwise.
    async fn check_again(&self, conn: &mut Conn, id: InvoiceId, at: i64) -> Result<Vec<LoggedEvent>, AppError> {
        let Some(mut row) = db::invoices::invoice_get(conn, id).await? else { return Ok(Vec::new()) };
        let fields = db::fields::field_list(conn, id).await?;
        self.judge_again(conn, &mut row, &fields, at).await
    }
}

fn checked_note(note: &str) -> Result<&str, AppError> {
    let note = note.trim();
    if note.is_empty() {
        return Err(AppError::invalid(Some("note"), "Say in a few words how you verified it"));
    }
    if note.chars().count() > MAX_TEXT {
        return Err(AppError::invalid(Some("note"), format!("At most {MAX_TEXT} characters")));
    }
    Ok(note)
}
