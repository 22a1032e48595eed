//! How to pay: the account of a credit transfer, BR-61, and its check digits.

use super::{CheckResult, Facts, Severity, plain};
use crate::domain::{
    en16931::payment::{TRANSFER_ACCOUNT, is_transfer},
    field::Field,
    normalise::normalise,
};

pub(super) fn check(facts: &Facts<'_>, results: &mut Vec<CheckResult>) {
    let account = facts.text(Field::Iban);
    match account {
        Some(account) => check_digits(account, results),
        // What the XML lacks as it was received is told by its own rules.
        None if !facts.is_xml() && facts.text(Field::PaymentMeans).is_some_and(is_transfer) => {
            let words = TRANSFER_ACCOUNT.text.into_owned();
            results.push(plain(&TRANSFER_ACCOUNT.id, Severity::Warning, words, &[Field::Iban, Field::PaymentMeans]));
        }
        None => {}
    }
}

/// ISO 13616. Other accounts than IBANs are left alone.
fn check_digits(account: &str, results: &mut Vec<CheckResult>) {
    let looks_like_iban = account.len() >= 15 && account.bytes().take(2).all(|sign| sign.is_ascii_alphabetic());
    if looks_like_iban && normalise(Field::Iban, account).is_err() {
        let message = "The check digits of the IBAN do not fit: compare it with the document".to_owned();
        results.push(plain("iban-check-digits", Severity::Warning, message, &[Field::Iban]));
    }
}
