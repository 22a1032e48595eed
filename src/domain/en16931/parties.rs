//! Seller, buyer, payee and the seller's tax representative.

use super::{
    codes,
    model::{Invoice, Party, Payee, Syntax, Value, is_filled},
    rule::Rule,
};
use crate::domain::field::Field;

/// Also checked over the values, as people correct them (`domain/checks`).
pub static VAT_PREFIX: Rule = Rule::error(
    "BR-CO-09",
    "The VAT id does not begin with its country, such as DE",
    &[Field::SupplierVatId, Field::BuyerVatId],
    |ledger, found| {
        for id in &ledger.invoice.vat_ids {
            if !begins_with(id, ledger.invoice.syntax) {
                found.value(id);
            }
        }
    },
);

pub(super) static RULES: &[Rule] = &[
    Rule::holds("BR-06", "The supplier's name is missing", &[Field::SupplierName], |invoice| {
        is_filled(invoice.seller.as_ref().and_then(|seller| seller.name))
    }),
    Rule::holds("BR-07", "The buyer's name is missing", &[Field::BuyerName], |invoice| {
        is_filled(invoice.buyer.as_ref().and_then(|buyer| buyer.name))
    }),
    Rule::holds("BR-08", "The supplier's address is missing", &[Field::SupplierCity], |invoice| {
        invoice.seller.as_ref().is_some_and(|seller| seller.address.is_some())
    }),
    Rule::holds("BR-09", "The supplier's country is missing", &[Field::SupplierCountry], |invoice| {
        has_country(invoice.seller.as_ref(), invoice.syntax)
    }),
    Rule::holds("BR-10", "The buyer's address is missing", &[Field::BuyerCity], |invoice| {
        invoice.buyer.as_ref().is_some_and(|buyer| buyer.address.is_some())
    }),
    Rule::holds("BR-11", "The buyer's country is missing", &[Field::BuyerCountry], |invoice| {
        has_country(invoice.buyer.as_ref(), invoice.syntax)
    }),
    Rule::holds("BR-17", "The payee lacks a name, or is the supplier", &[Field::PayeeName], |invoice| {
        invoice.payees.iter().all(|payee| is_somebody_else(payee, invoice))
    }),
    Rule::holds("BR-18", "The tax representative's name is missing", &[], |invoice| {
        invoice.representatives.iter().all(|party| is_filled(party.name))
    }),
    Rule::holds("BR-19", "The tax representative's address is missing", &[], |invoice| {
        invoice.representatives.iter().all(|party| party.address.is_some())
    }),
    Rule::holds("BR-20", "The tax representative's country is missing", &[], |invoice| {
        invoice.representatives.iter().all(|party| has_country(Some(party), invoice.syntax))
    }),
    Rule::holds("BR-56", "The tax representative's VAT id is missing", &[], |invoice| {
        invoice.representatives.iter().all(Party::has_vat_id)
    }),
    Rule::holds("BR-62", "The supplier's electronic address lacks its scheme", &[Field::SupplierName], |invoice| {
        has_address_schemes(invoice.seller.as_ref(), invoice.syntax)
    }),
    Rule::holds("BR-63", "The buyer's electronic address lacks its scheme", &[Field::BuyerName], |invoice| {
        has_address_schemes(invoice.buyer.as_ref(), invoice.syntax)
    }),
    Rule::holds(
        "BR-CO-26",
        "The supplier can not be told: no id, registration or VAT id",
        &[Field::SupplierVatId, Field::SupplierId, Field::SupplierRegistration],
        |invoice| {
            invoice
                .seller
                .as_ref()
                .is_none_or(|seller| seller.has_vat_id() || !seller.ids.is_empty() || seller.legal_id.is_some())
        },
    ),
    Rule::holds("UBL-SR-12", "The supplier has more than one VAT id", &[Field::SupplierVatId], |invoice| {
        invoice.syntax == Syntax::Cii || invoice.seller.as_ref().is_none_or(|seller| seller.vat_ids.len() <= 1)
    }),
    Rule::holds("UBL-SR-13", "The supplier has more than one tax number", &[Field::SupplierTaxNumber], |invoice| {
        invoice.syntax == Syntax::Cii || invoice.seller.as_ref().is_none_or(|seller| seller.other_tax_ids <= 1)
    }),
    Rule::holds("UBL-SR-18", "The buyer has more than one VAT id", &[Field::BuyerVatId], |invoice| {
        invoice.syntax == Syntax::Cii || invoice.buyer.as_ref().is_none_or(|buyer| buyer.vat_ids.len() <= 1)
    }),
    Rule::holds("UBL-SR-19", "The payee has several names, or the supplier's", &[Field::PayeeName], |invoice| {
        payees_differ(invoice, |payee| payee.names.len() <= 1)
    }),
    Rule::holds("UBL-SR-20", "The payee has several ids, or the supplier's name", &[Field::PayeeName], |invoice| {
        payees_differ(invoice, |payee| payee.ids.len() <= 1)
    }),
    Rule::holds(
        "UBL-SR-21",
        "The payee has several registrations, or the supplier's name",
        &[Field::PayeeName],
        |invoice| payees_differ(invoice, |payee| payee.legal_ids.len() <= 1),
    ),
    Rule::holds("UBL-SR-29", "There is more than one SEPA creditor identifier", &[], |invoice| {
        invoice.creditor_ids <= 1
    }),
];

/// In UBL the country is asked of an address only, in CII also where there is none.
fn has_country(party: Option<&Party<'_>>, syntax: Syntax) -> bool {
    match party.and_then(|party| party.address) {
        Some(address) => is_filled(address.country),
        None => syntax == Syntax::Ubl,
    }
}

/// In CII the scheme must not be empty, and only the first address counts.
fn has_address_schemes(party: Option<&Party<'_>>, syntax: Syntax) -> bool {
    let schemes: &[Value<'_>] = party.map(|party| party.electronic_address_schemes.as_slice()).unwrap_or_default();
    match syntax {
        Syntax::Ubl => schemes.iter().all(Option::is_some),
        Syntax::Cii => schemes.first().is_none_or(|scheme| is_filled(*scheme)),
    }
}

/// BR-17: by the trading name in UBL, by the name in CII, and by its ids.
fn is_somebody_else(payee: &Payee<'_>, invoice: &Invoice<'_>) -> bool {
    let Some(seller) = &invoice.seller else { return !payee.names.is_empty() };
    let own_name = match invoice.syntax {
        Syntax::Ubl => seller.trading_name,
        Syntax::Cii => seller.name,
    };
    let same_name = own_name.is_some_and(|own| payee.names.contains(&own));
    let same_id = payee.ids.iter().any(|id| seller.ids.contains(id));
    let same_registration =
        invoice.syntax == Syntax::Cii && seller.legal_id.is_some_and(|own| payee.legal_ids.contains(&own));
    !payee.names.is_empty() && !same_name && !same_id && !same_registration
}

/// UBL asks for another name than the supplier's registered one in each of these.
fn payees_differ(invoice: &Invoice<'_>, also: fn(&Payee<'_>) -> bool) -> bool {
    let own = invoice.seller.as_ref().and_then(|seller| seller.name);
    let differs = |payee: &Payee<'_>| own.is_some_and(|own| payee.names.iter().any(|name| *name != own));
    invoice.syntax == Syntax::Cii || invoice.payees.iter().all(|payee| also(payee) && differs(payee))
}

/// Whether a VAT id begins with its country. Greece writes EL; Northern Ireland, XI, is among the countries.
pub fn begins_with_country(id: &str) -> bool {
    begins_with(id, Syntax::Ubl) || begins_with(id, Syntax::Cii)
}

fn begins_with(id: &str, syntax: Syntax) -> bool {
    let prefix = id.get(..2).unwrap_or_default();
    prefix == "EL" || codes::is_country(prefix, syntax)
}
