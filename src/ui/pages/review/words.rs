//! Values as people type and read them, and what steps are called.

use crate::domain::{
    arithmetic,
    checks::{CheckResult, Severity},
    field::{Field, FieldGroup, FieldKind},
    invoice::{InvoiceDetail, PlaceChange},
    rows::Cell,
    splitting::SEVERAL_INVOICES,
    status::Step,
};
use crate::ui::components::marks::{Known, Weight};
use crate::ui::format::{NumberStyle, amount, groups_of_four, parse_amount};

/// How a value is known: by its reading, and by the checks that concern it.
pub fn known(detail: &InvoiceDetail, field: Field) -> Known {
    let failed = checks_of(detail, field).any(CheckResult::is_failure);
    Known::of(detail.fields.get(&field), failed, weight(field))
}

/// The checks whose words stand at a field.
pub fn checks_of(detail: &InvoiceDetail, field: Field) -> impl Iterator<Item = &CheckResult> {
    let here = detail.checks.iter().filter(move |check| check.fields.first() == Some(&field));
    here.filter(|check| !has_own_note(&check.rule))
}

/// What an invoice needs, what it is paid by, and the rest.
fn weight(field: Field) -> Weight {
    match field {
        _ if Field::REQUIRED.contains(&field) => Weight::Required,
        Field::NetTotal | Field::TaxTotal | Field::AmountDue | Field::Iban | Field::DueDate => Weight::Money,
        _ => Weight::Optional,
    }
}

/// Whether a rule says that there is such an invoice already. It is told once, beside that other invoice.
pub fn is_duplicate(rule: &str) -> bool {
    rule.starts_with("duplicate")
}

/// Whether what a rule says stands in a note of its own, so that no field and no list repeats it.
pub fn has_own_note(rule: &str) -> bool {
    is_duplicate(rule) || rule == SEVERAL_INVOICES
}

/// Whether a check failed with an error, so that approving needs a reason.
pub fn fails_a_check(detail: &InvoiceDetail) -> bool {
    detail.checks.iter().any(|check| check.severity == Severity::Error)
}

/// Why approval is not offered. That it may be a duplicate is told beside the other invoice.
pub fn why_not_approved(detail: &InvoiceDetail) -> Option<String> {
    let is_told = detail.checks.iter().any(|check| check.severity == Severity::Block && has_own_note(&check.rule));
    detail.approve_refused.clone().filter(|_| !is_told)
}

/// A label that can stand alone: "Supplier name", not "Name".
pub fn full_label(field: Field) -> String {
    let of = match field.group() {
        FieldGroup::Supplier => "Supplier",
        FieldGroup::Buyer => "Buyer",
        _ if field == Field::InvoiceNumber => "Invoice",
        _ if field == Field::PaymentReference => "Payment",
        _ => "",
    };
    let label = field.label();
    if of.is_empty() || label.starts_with(of) {
        return label.to_owned();
    }
    let is_abbreviation = label.chars().nth(1).is_some_and(char::is_uppercase);
    let label = if is_abbreviation { label.to_owned() } else { label.to_lowercase() };
    [of, " ", &label].concat()
}

/// What a check says, without its amounts.
pub fn check_words(check: &CheckResult) -> &str {
    let (Some(expected), Some(found)) = (&check.expected, &check.found) else { return &check.message };
    let told = [": ", expected.as_str(), " expected, ", found, " found"].concat();
    check.message.strip_suffix(told.as_str()).unwrap_or(&check.message)
}

/// What a check says, with its amounts as the page writes them.
pub fn check_message(check: &CheckResult, numbers: NumberStyle) -> String {
    let (Some(expected), Some(found)) = (&check.expected, &check.found) else { return check.message.clone() };
    [check_words(check), ": expected ", &amount(expected, numbers), ", found ", &amount(found, numbers)].concat()
}

/// The value of any field in words, rows too.
pub fn value_words(field: Field, value: &str, numbers: NumberStyle) -> String {
    match field.row() {
        Some(_) => super::cells::row_words(field, value, numbers),
        None => shown(field.kind(), value, numbers),
    }
}

/// What a person typed, as the server keeps it; or why it is no such value. Empty clears the field.
pub fn normalise(kind: FieldKind, typed: &str, numbers: NumberStyle) -> Result<String, &'static str> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(String::new());
    }
    match kind {
        FieldKind::Amount if arithmetic::is_sum(typed) => {
            let sum = arithmetic::evaluate(typed, |digits| parse_amount(digits, numbers)?.parse().ok());
            sum.map(|sum| super::cells::kept(Cell::Net, sum)).ok_or("This sum can not be worked out")
        }
        FieldKind::Amount => parse_amount(typed, numbers).ok_or("This is not an amount"),
        FieldKind::Iban | FieldKind::VatId => Ok(without_spaces(typed).to_uppercase()),
        FieldKind::Currency if is_letters(typed, 3) => Ok(typed.to_uppercase()),
        FieldKind::Currency => Err("Three letters, such as EUR"),
        FieldKind::Country if is_letters(typed, 2) => Ok(typed.to_uppercase()),
        FieldKind::Country => Err("Two letters, such as DE"),
        FieldKind::Text | FieldKind::LongText | FieldKind::Code | FieldKind::Date | FieldKind::Row => {
            Ok(typed.to_owned())
        }
    }
}

/// A kept value, as it stands in its field.
pub fn shown(kind: FieldKind, value: &str, numbers: NumberStyle) -> String {
    match kind {
        FieldKind::Amount => amount(value, numbers),
        FieldKind::Iban => groups_of_four(value),
        _ => value.to_owned(),
    }
}

fn without_spaces(text: &str) -> String {
    text.split_whitespace().collect()
}

fn is_letters(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// What the button of a step says.
pub fn verb(step: Step) -> &'static str {
    match step {
        Step::Submit => "Submit",
        Step::Approve => "Approve",
        Step::Reject => "Reject…",
        Step::Reopen => "Reopen",
        Step::Postpone => "Postpone",
        Step::MarkDuplicate => "It is a duplicate",
        Step::NotDuplicate => "Not a duplicate",
        Step::Cancel => "Discard invoice…",
        Step::Retry => "Read again",
        Step::Queue | Step::Start | Step::Fail | Step::FinishReading => "",
    }
}

/// What a history entry says was done.
pub fn action(name: &str) -> String {
    match name {
        "field_changed" | "fields_changed" | "edited" => "changed".to_owned(),
        "account_verified" => "verified the bank account".to_owned(),
        "approved_touchless" => "approved without a person".to_owned(),
        "place_changed" => "changed the place on the page".to_owned(),
        "assigned" => "assigned it".to_owned(),
        "unassigned" => "made it nobody\u{2019}s work".to_owned(),
        "split" => "split the file".to_owned(),
        "kept_whole" => "said that the file is one invoice".to_owned(),
        "approved_first" => "gave 1 of 2 approvals".to_owned(),
        other => other.replace('_', " "),
    }
}

/// What became of where a value stands.
pub fn place_change(change: &PlaceChange) -> &'static str {
    match (change.before, change.after) {
        (_, None) => "place on the page removed",
        (None, Some(_)) => "place on the page added",
        (Some(before), Some(after)) if before.page != after.page => "moved to another page",
        _ => "place on the page moved",
    }
}

/// How it is paid, by UNTDID 4461: the codes that invoices carry.
pub fn means_word(code: &str) -> Option<&'static str> {
    Some(match code {
        "1" => "Not said",
        "10" => "Cash",
        "20" => "Cheque",
        "30" => "Credit transfer",
        "31" => "Debit transfer",
        "42" => "Payment to a bank account",
        "48" => "Bank card",
        "49" => "Direct debit",
        "54" => "Credit card",
        "55" => "Debit card",
        "57" => "Standing agreement",
        "58" => "SEPA credit transfer",
        "59" => "SEPA direct debit",
        "68" => "Online payment service",
        "97" => "Clearing between partners",
        "ZZZ" => "As agreed",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_values_are_kept_in_one_form() {
        let numbers = NumberStyle::Comma;
        let kept = |kind, typed| normalise(kind, typed, numbers);
        assert_eq!(kept(FieldKind::Amount, " 1.190,00 ").as_deref(), Ok("1190.00"));
        assert!(kept(FieldKind::Amount, "a lot").is_err());
        assert_eq!(kept(FieldKind::Amount, "").as_deref(), Ok(""));
        assert_eq!(kept(FieldKind::Iban, "de89 3704 0044 0532 0130 00").as_deref(), Ok("DE89370400440532013000"));
        assert_eq!(kept(FieldKind::Currency, "eur").as_deref(), Ok("EUR"));
        assert!(kept(FieldKind::Currency, "€").is_err());
        assert!(kept(FieldKind::Country, "DEU").is_err());
        assert_eq!(kept(FieldKind::Code, " 2026-117 ").as_deref(), Ok("2026-117"));
    }

    #[test]
    fn a_code_for_the_means_of_payment_has_words() {
        assert_eq!(means_word("58"), Some("SEPA credit transfer"));
        assert_eq!(means_word("by pigeon"), None);
    }

    #[test]
    fn labels_stand_alone() {
        assert_eq!(full_label(Field::SupplierName), "Supplier name");
        assert_eq!(full_label(Field::BuyerVatId), "Buyer VAT id");
        assert_eq!(full_label(Field::BuyerReference), "Buyer reference");
        assert_eq!(full_label(Field::SupplierId), "Supplier id");
        assert_eq!(full_label(Field::InvoiceNumber), "Invoice number");
        assert_eq!(full_label(Field::GrossTotal), "Gross total");
    }

    #[test]
    fn a_check_says_its_amounts_once_and_as_the_page_writes_them() {
        let check = |message: &str| CheckResult {
            rule: "BR-CO-15".into(),
            severity: Severity::Error,
            message: message.into(),
            fields: Vec::new(),
            expected: Some("1653.41".into()),
            found: Some("999.00".into()),
        };
        let said = "Gross total is not net plus VAT: expected 1.653,41, found 999,00";
        let told = "Gross total is not net plus VAT: 1653.41 expected, 999.00 found";
        assert_eq!(check_message(&check(told), NumberStyle::Comma), said);
        assert_eq!(check_message(&check("Gross total is not net plus VAT"), NumberStyle::Comma), said);
    }

    #[test]
    fn what_is_shown_can_be_typed_back() {
        for (kind, value) in [(FieldKind::Amount, "1190.00"), (FieldKind::Iban, "DE89370400440532013000")] {
            let typed = shown(kind, value, NumberStyle::Comma);
            assert_eq!(normalise(kind, &typed, NumberStyle::Comma).as_deref(), Ok(value));
        }
    }
}
