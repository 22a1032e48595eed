//! Who and where to: required values, currency, country prefix of the VAT id, IBAN.

use super::{CheckResult, Facts, Severity, plain};
use crate::domain::{
    en16931::{
        code_rules::{CURRENCY, is_currency},
        parties::{VAT_PREFIX, begins_with_country},
    },
    field::Field,
    normalise::normalise,
};

pub(super) fn check(facts: &Facts<'_>, results: &mut Vec<CheckResult>) {
    currency(facts, results);
    vat_prefix(facts, results);
    iban(facts, results);
}

/// BR-CL-04.
fn currency(facts: &Facts<'_>, results: &mut Vec<CheckResult>) {
    let Some(currency) = facts.text(Field::Currency) else {
        return;
    };
    if !is_currency(currency) {
        let message = format!("{}: “{currency}”", CURRENCY.text);
        results.push(plain(&CURRENCY.id, CURRENCY.severity, message, CURRENCY.fields));
    }
}

/// BR-CO-09: a VAT id begins with its country.
fn vat_prefix(facts: &Facts<'_>, results: &mut Vec<CheckResult>) {
    for field in [Field::SupplierVatId, Field::BuyerVatId] {
        let Some(id) = facts.text(field) else {
            continue;
        };
        if facts.is_xml && !begins_with_country(id) {
            let message = format!("{}: “{id}”", VAT_PREFIX.text);
            results.push(plain(&VAT_PREFIX.id, VAT_PREFIX.severity, message, &[field]));
        }
    }
}

/// Check digits of the account, ISO 13616. Other accounts than IBANs are left alone.
fn iban(facts: &Facts<'_>, results: &mut Vec<CheckResult>) {
    let Some(account) = facts.text(Field::Iban) else {
        return;
    };
    let looks_like_iban = account.len() >= 15 && account.bytes().take(2).all(|sign| sign.is_ascii_alphabetic());
    if looks_like_iban && normalise(Field::Iban, account).is_err() {
        let message = "The check digits of the IBAN do not fit: compare it with the document".to_owned();
        results.push(plain("iban-check-digits", Severity::Warning, message, &[Field::Iban]));
    }
}
