//! The form of an invoice: a field in each of its states. A field is there once on the page, so each state has another one.

use super::page::{columns, named, part};
use super::samples::{AT, SUPPLIER, detail, person, placed, review, text, value};
use crate::domain::{
    bank_account::{ACCOUNT_CHANGED, BankAccount, KnownAccount, Origin, Standing},
    checks::{CheckResult, Severity},
    field::{Field, FieldGroup},
    invoice::{FieldEdit, FieldValue, InvoiceDetail, ReviewReason},
    learning::LearnedFrom,
    reading::Source,
    reject_reason::catalogue,
    status::{Status, Step},
};
use crate::ui::pages::review::{
    fields::{field_group, field_row},
    model::Review,
};
use crate::ui::state::Edits;
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const ACCOUNT: &str = "DE89370400440532013000";
const OTHER_ACCOUNT: &str = "AT611904300234573201";

const STATES: [(&str, Field); 20] = [
    ("Read surely", Field::InvoiceNumber),
    ("Confirmed by a person", Field::SupplierName),
    ("Read, not surely, and nothing depends on it", Field::PurchaseOrder),
    ("To check: money depends on it", Field::DueDate),
    ("To check: rather guessed", Field::CostCode),
    ("Missing", Field::Currency),
    ("Not on the invoice", Field::SupplierId),
    ("A check failed, with both amounts", Field::GrossTotal),
    ("A check warns", Field::NetTotal),
    ("A check blocks: another bank account", Field::Iban),
    ("On its way to the server", Field::IssueDate),
    ("Refused by the server", Field::TaxTotal),
    ("Refused: no such country", Field::SupplierCountry),
    ("Refused by the server, a longer text", Field::Note),
    ("Somebody else edits it", Field::SupplierVatId),
    ("Somebody else is in it", Field::PaymentReference),
    ("Changed by somebody a moment ago", Field::AmountDue),
    ("Read as learned from a correction", Field::BuyerReference),
    ("A code with its words", Field::PaymentMeans),
    ("To choose from", Field::DocumentType),
];

/// What others are in: the first one edits, the second one is there.
pub const TAKEN: [Field; 2] = [Field::SupplierVatId, Field::PaymentReference];

const REFUSED: [(Field, &str); 3] = [
    (Field::TaxTotal, "Something went wrong on our side. Try again"),
    (Field::SupplierCountry, "Two letters, such as DE"),
    (Field::Note, "The invoice is being exported"),
];

pub fn parts(review: Review) -> AnyView {
    let rows = STATES.map(|(state, field)| named(state, field_row(review, field)));
    let group = field_group(review, FieldGroup::Buyer, RwSignal::new(BTreeSet::new()));
    part("Fields", columns((rows, named("A group, with its address and fields to add", group))))
}

/// An invoice under review that has something of everything.
pub fn sample() -> Review {
    let review = review(InvoiceDetail {
        checks: checks(),
        review_reasons: reasons(),
        allowed: vec![Step::Approve, Step::Reject, Step::Postpone, Step::MarkDuplicate, Step::Cancel],
        bank_account: Some(account()),
        reject_reasons: catalogue(Vec::new()),
        ..detail(1, Status::NeedsReview, values())
    });
    expect_context::<Edits>().hold_change(review.id, FieldEdit::new(Field::IssueDate, 1, "2026-11-03"));
    // Only the reasons: a draft would be sent when the page is left.
    review.refused.set(BTreeMap::from(REFUSED.map(|(field, reason)| (field, reason.to_owned()))));
    review.fresh.set(BTreeSet::from([Field::AmountDue]));
    review.active.set(Some(Field::DueDate));
    review
}

fn values() -> Vec<(Field, FieldValue)> {
    let learned = LearnedFrom { rule: "sample".to_owned(), person: person(1).name, at: AT };
    let mut values = vec![
        (Field::InvoiceNumber, placed(value("2026-117", 0.99), [0.06, 0.20, 0.12, 0.06])),
        (Field::SupplierName, FieldValue { verified_by: Some(person(1).name), ..value(SUPPLIER, 0.9) }),
        (Field::PurchaseOrder, value("PO-4711", 0.7)),
        (Field::DueDate, placed(value("2026-12-02", 0.7), [0.06, 0.40, 0.14, 0.06])),
        (Field::CostCode, value("4711", 0.4)),
        (Field::GrossTotal, placed(value("1190.02", 0.99), [0.72, 0.78, 0.14, 0.06])),
        (Field::NetTotal, placed(value("1000.00", 0.99), [0.72, 0.60, 0.14, 0.06])),
        (Field::TaxTotal, value("190.00", 0.99)),
        (Field::SupplierCountry, value("Germany", 0.99)),
        (Field::Iban, placed(value(ACCOUNT, 0.99), [0.06, 0.78, 0.36, 0.06])),
        (Field::IssueDate, placed(value("2026-11-02", 0.99), [0.06, 0.30, 0.14, 0.06])),
        (Field::SupplierVatId, placed(value("DE123456788", 0.99), [0.06, 0.60, 0.18, 0.06])),
        (Field::Note, value("Thank you for your order.\nDelivered on 30 October.", 0.99)),
        (Field::PaymentReference, placed(value("RF18 5390 0754 7034", 0.99), [0.06, 0.68, 0.3, 0.06])),
        (Field::AmountDue, value("1190.02", 0.99)),
        (Field::BuyerReference, FieldValue { learned: Some(learned), ..value("Project 12", 0.98) }),
        (Field::PaymentMeans, value("58", 0.99)),
        (Field::DocumentType, value("380", 0.99)),
    ];
    values.extend(buyer());
    values
}

/// The postcode needs a look, so that the address opens.
fn buyer() -> [(Field, FieldValue); 4] {
    [
        (Field::BuyerName, value("Sample Works GmbH", 0.99)),
        (Field::BuyerStreet, value("1 Example Street", 0.99)),
        (Field::BuyerPostcode, value("1O115", 0.4)),
        (Field::BuyerCity, value("Sample Town", 0.99)),
    ]
}

fn checks() -> Vec<CheckResult> {
    let check = |rule: &str, severity, message: &str, field, expected: Option<&str>, found: Option<&str>| CheckResult {
        rule: rule.to_owned(),
        severity,
        message: message.to_owned(),
        fields: vec![field],
        expected: expected.map(str::to_owned),
        found: found.map(str::to_owned),
    };
    let account = "Bank account differs from the known one ending in 3201";
    let lines = "Net total is not the sum of the lines";
    vec![
        check(ACCOUNT_CHANGED, Severity::Block, account, Field::Iban, None, None),
        check("BR-CO-15", Severity::Error, GROSS, Field::GrossTotal, Some("1190.00"), Some("1190.02")),
        check("BR-CO-13", Severity::Warning, lines, Field::NetTotal, Some("999.00"), Some("1000.00")),
    ]
}

const GROSS: &str = "Gross total is not net plus VAT";

fn reasons() -> Vec<ReviewReason> {
    let reason = |code: &str, message: &str, fields: &[Field]| ReviewReason {
        code: code.to_owned(),
        message: message.to_owned(),
        fields: fields.to_vec(),
    };
    vec![
        reason("BR-CO-15", GROSS, &[Field::GrossTotal]),
        reason("no_text", "Page 2 is a picture without text that could be read", &[]),
    ]
}

fn account() -> BankAccount {
    let known =
        KnownAccount { account: OTHER_ACCOUNT.to_owned(), origin: Origin::Verified, person: person(1).name, at: AT };
    BankAccount { account: ACCOUNT.to_owned(), standing: Standing::Changed, known: Some(known), may_verify: true }
}

/// Fields of an invoice that is decided, which can only be read.
pub fn read_only(review: Review) -> AnyView {
    let fields = decided().map(|(field, _)| field_row(review, field).into_any());
    named("Only to read", fields.into_iter().collect_view())
}

pub fn decided() -> [(Field, FieldValue); 6] {
    [
        (Field::AccountName, value(SUPPLIER, 0.99)),
        (Field::DeliveryDate, value("2026-10-30", 0.99)),
        (Field::LinesTotal, value("1000.00", 0.99)),
        (Field::PaymentTerms, value("30 days net", 0.7)),
        (Field::SupplierTaxNumber, FieldValue { verified_by: text("a clerk"), ..value("201/123/45678", 0.6) }),
        (Field::ProjectReference, FieldValue::empty(Source::Text)),
    ]
}
