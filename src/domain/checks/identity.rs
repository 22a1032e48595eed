//! Who and where to: required values, currency, country prefix of the VAT id, IBAN.

use super::{CheckResult, Facts, Severity, plain};
use crate::domain::{field::Field, normalise::normalise};

pub(super) fn check(facts: &Facts<'_>, results: &mut Vec<CheckResult>) {
    currency(facts, results);
    vat_prefix(facts, results);
    iban(facts, results);
}

/// BR-CL-04, in its simplest form: three letters.
fn currency(facts: &Facts<'_>, results: &mut Vec<CheckResult>) {
    let Some(currency) = facts.text(Field::Currency) else {
        return;
    };
    if normalise(Field::Currency, currency).is_err() {
        let message = format!("{currency} is no currency: three letters, such as EUR");
        results.push(plain("BR-CL-04", Severity::Error, message, &[Field::Currency]));
    }
}

/// BR-CO-09: a VAT id begins with its country.
fn vat_prefix(facts: &Facts<'_>, results: &mut Vec<CheckResult>) {
    for field in [Field::SupplierVatId, Field::BuyerVatId] {
        let Some(id) = facts.text(field) else {
            continue;
        };
        let prefix_is_letters = id.len() > 2 && id.bytes().take(2).all(|sign| sign.is_ascii_alphabetic());
        if !prefix_is_letters && facts.is_xml {
            let message = format!("The VAT id {id} does not begin with its country, such as DE");
            results.push(plain("BR-CO-09", Severity::Error, message, &[field]));
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
