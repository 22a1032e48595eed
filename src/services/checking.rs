//! Judging an invoice's values: the checks of `domain`, and those that need to know other invoices.

use crate::{
    db::{
        self, Conn,
        fields::StoredField,
        invoices::{InvoiceRow, ListValues, today},
        list::{amount_order, number_key, supplier_key, supplier_vat_key},
        twins::Twin,
    },
    domain::{
        checks::{self, CheckResult, Facts, Severity},
        duplicate::Likeness,
        error::AppError,
        field::Field,
        ids::InvoiceId,
        invoice::{ReviewReason, SURE},
        money::Decimal,
        own_company, rows, usual_amount,
    },
};
use std::collections::BTreeMap;

/// UNTDID 1001: credit note.
const CREDIT_NOTE: &str = "381";

/// What was found wrong, and why a person is needed.
#[derive(Clone, Debug, Default)]
pub(super) struct Judged {
    pub checks: Vec<CheckResult>,
    pub reasons: Vec<ReviewReason>,
    pub duplicate_of: Option<InvoiceId>,
}

/// The copies for lists, from the fields as they are now.
pub(super) fn list_values(filename: &str, fields: &BTreeMap<Field, StoredField>) -> ListValues {
    let text = |field: Field| fields.get(&field).map(|stored| stored.value.value.clone()).unwrap_or_default();
    let (supplier, number, gross) = (text(Field::SupplierName), text(Field::InvoiceNumber), text(Field::GrossTotal));
    let confidences = Field::REQUIRED.into_iter().map(|field| {
        fields.get(&field).filter(|stored| !stored.value.value.is_empty()).map_or(0.0, |stored| stored.value.confidence)
    });
    let searched = [
        supplier.as_str(),
        number.as_str(),
        filename,
        &text(Field::PurchaseOrder),
        &text(Field::BuyerReference),
        gross.as_str(),
    ];
    ListValues {
        supplier_key: supplier_key(&supplier),
        supplier_vat_key: supplier_vat_key(&text(Field::SupplierVatId)),
        number_key: number_key(&number),
        issue_date: text(Field::IssueDate),
        due_date: text(Field::DueDate),
        currency: text(Field::Currency),
        gross_order: gross.parse::<Decimal>().map(amount_order).unwrap_or(0),
        search: searched.join(" ").to_lowercase(),
        confidence: (!fields.is_empty()).then(|| f64::from(confidences.fold(1.0_f32, f32::min))),
        supplier_name: supplier,
        invoice_number: number,
        gross_total: gross,
    }
}

/// All checks, and the reasons for a person to look, gravest first.
pub(super) async fn judge(
    conn: &mut Conn,
    row: &InvoiceRow,
    fields: &BTreeMap<Field, StoredField>,
    values: &ListValues,
) -> Result<Judged, AppError> {
    let today = today();
    let filled = fields.iter().filter(|(_, stored)| !stored.value.value.is_empty());
    let filled = filled.map(|(field, stored)| (*field, stored.value.value.as_str()));
    let (rows, single): (Vec<_>, Vec<_>) = filled.partition(|(field, _)| field.row().is_some());
    let (lines, vat_rows) = (rows::lines(rows.iter().copied()), rows::vat_rows(rows.into_iter()));
    let facts = Facts {
        values: single.into_iter().collect(),
        lines: lines.iter().map(|(number, line)| (*number, line)).collect(),
        vat_rows: vat_rows.iter().map(|(number, row)| (*number, row)).collect(),
        syntax: row.syntax,
        today: &today,
        broken_rules: &row.broken_rules,
    };
    let mut judged = Judged { checks: checks::check(&facts), ..Judged::default() };
    if let Some(check) = buyer_check(conn, fields).await? {
        judged.checks.insert(0, check);
    }
    judged.checks.extend(amount_check(conn, row, fields, values).await?);
    if let Some(Twin { id, likeness }) = twin(conn, row, values).await? {
        judged.checks.insert(0, likeness.check());
        judged.duplicate_of = Some(id);
    }
    judged.checks.splice(0..0, super::splitting::check(conn, row).await?);
    if let Some(check) = super::bank_accounts::check(conn, fields).await? {
        let at = if check.severity == Severity::Block { 0 } else { judged.checks.len() };
        judged.checks.insert(at, check);
    }
    judged.reasons = reasons(row, fields, &judged.checks);
    Ok(judged)
}

fn text(fields: &BTreeMap<Field, StoredField>, field: Field) -> &str {
    fields.get(&field).map_or("", |stored| stored.value.value.as_str())
}

/// Whether it is addressed to one of the house's companies, where an admin set them.
async fn buyer_check(conn: &mut Conn, fields: &BTreeMap<Field, StoredField>) -> Result<Option<CheckResult>, AppError> {
    let companies = super::own_companies::own_companies(conn).await?;
    Ok(own_company::check(&companies, text(fields, Field::BuyerName), text(fields, Field::BuyerVatId)))
}

/// Whether it asks for about what its supplier asked before. A credit is compared with nothing.
async fn amount_check(
    conn: &mut Conn,
    row: &InvoiceRow,
    fields: &BTreeMap<Field, StoredField>,
    values: &ListValues,
) -> Result<Option<CheckResult>, AppError> {
    let is_credit = values.gross_order <= 0 || text(fields, Field::DocumentType) == CREDIT_NOTE;
    if is_credit || values.currency.is_empty() {
        return Ok(None);
    }
    let most = i64::try_from(usual_amount::MOST).unwrap_or(i64::MAX);
    let before = db::supplier_past::past_amounts(conn, row.summary.id, values, most).await?;
    Ok(usual_amount::check(values.gross_order, &before, &values.currency))
}

/// An invoice that this one looks like: of the same file, else by its values, unless a person said that it is another.
async fn twin(conn: &mut Conn, row: &InvoiceRow, values: &ListValues) -> Result<Option<Twin>, AppError> {
    let id = row.summary.id;
    match db::twins::twin_with_file(conn, &row.file_hash, id).await? {
        Some(id) => Ok(Some(Twin { id, likeness: Likeness::File })),
        None => Ok(db::twins::twin_alike(conn, id, values).await?),
    }
}

/// Why review is needed, in the clerk's words.
fn reasons(row: &InvoiceRow, fields: &BTreeMap<Field, StoredField>, checks: &[CheckResult]) -> Vec<ReviewReason> {
    let mut reasons: Vec<ReviewReason> = row
        .notes
        .iter()
        .map(|note| ReviewReason { code: note.code.clone(), message: note.message.clone(), fields: Vec::new() })
        .collect();
    reasons.extend(checks.iter().map(|check| ReviewReason {
        code: check.rule.clone(),
        message: check.message.clone(),
        fields: check.fields.clone(),
    }));
    let value = |field: &Field| fields.get(field).filter(|stored| !stored.value.value.is_empty());
    let missing: Vec<Field> = Field::REQUIRED.into_iter().filter(|field| value(field).is_none()).collect();
    if !missing.is_empty() {
        let message = format!("Not found on the document: {}", labels(&missing));
        reasons.push(ReviewReason { code: "missing".into(), message, fields: missing });
    }
    let unsure: Vec<Field> = Field::ALL
        .iter()
        .copied()
        .filter(|field| field.always_shown())
        .filter(|field| {
            value(field).is_some_and(|stored| stored.value.confidence < SURE && stored.value.verified_by.is_none())
        })
        .collect();
    if !unsure.is_empty() {
        let message = format!("Not sure of: {}", labels(&unsure));
        reasons.push(ReviewReason { code: "unsure".into(), message, fields: unsure });
    }
    reasons
}

fn labels(fields: &[Field]) -> String {
    fields.iter().map(|field| inside_a_sentence(super::review::full_label(*field))).collect::<Vec<_>>().join(", ")
}

/// "Supplier name" → "supplier name", and "VAT id" stays.
fn inside_a_sentence(label: String) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain(std::iter::once(second)).chain(letters).collect()
        }
        _ => label,
    }
}
