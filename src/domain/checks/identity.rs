//! Who and where: currency, countries, VAT ids.

use super::{CheckResult, Facts, Severity, of_value, plain};
use crate::domain::{
    en16931::{
        code_rules::{COUNTRY, CURRENCY, is_country, is_currency},
        parties::{VAT_PREFIX, begins_with_country},
    },
    field::Field,
    vat_id::VatId,
};

pub(super) fn check(facts: &Facts<'_>, results: &mut Vec<CheckResult>) {
    currency(facts, results);
    for field in [Field::SupplierCountry, Field::BuyerCountry] {
        country(facts, field, results);
    }
    for (field, whose) in [(Field::SupplierVatId, "supplier's"), (Field::BuyerVatId, "buyer's")] {
        vat_id(facts, field, whose, results);
    }
}

/// BR-CL-04.
fn currency(facts: &Facts<'_>, results: &mut Vec<CheckResult>) {
    if let Some(currency) = facts.text(Field::Currency).filter(|currency| !is_currency(currency)) {
        results.push(of_value(&CURRENCY, CURRENCY.severity, currency, Field::Currency));
    }
}

/// BR-CL-14, which the XML is judged by as it is received: here it is told of pages, and of what was changed since.
fn country(facts: &Facts<'_>, field: Field, results: &mut Vec<CheckResult>) {
    let unknown = facts.text(field).filter(|country| !is_country(country));
    if let Some(country) = unknown.filter(|_| !facts.is_told(&COUNTRY)) {
        results.push(of_value(&COUNTRY, facts.strictness(), country, field));
    }
}

/// BR-CO-09: it begins with its country. And what no standard asks: it has the form and the check digits that ids of
/// this country have. A sample or a slip of the pen is common, so that is a warning.
fn vat_id(facts: &Facts<'_>, field: Field, whose: &str, results: &mut Vec<CheckResult>) {
    let Some(id) = facts.text(field) else { return };
    if !begins_with_country(id) {
        results.push(of_value(&VAT_PREFIX, facts.strictness(), id, field));
        return;
    }
    let country = id.get(..2).unwrap_or_default();
    let (rule, what) = match VatId::parse(id) {
        Some(id) if id.check_digits() == Some(false) => {
            ("vat-id-check-digits", ["The check digits of the ", whose, " VAT id do not fit"].concat())
        }
        None if VatId::is_country(country) => {
            ("vat-id-form", ["The ", whose, " VAT id has not the form of those of ", country].concat())
        }
        _ => return,
    };
    results.push(plain(rule, Severity::Warning, what + ": compare it with the document", &[field]));
}
