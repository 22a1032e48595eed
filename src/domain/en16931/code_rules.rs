//! Codes are from their lists: BR-CL-*.

use super::{
    codes::is_known,
    model::{CodeUse, Syntax},
    rule::{Rule, Test, unknown_codes},
};
use crate::domain::{checks::Severity, field::Field};

/// Also checked over the values, as people correct them (`domain/checks`).
pub static CURRENCY: Rule =
    code("BR-CL-04", "The currency is no code of ISO 4217, such as EUR", &[Field::Currency], CodeUse::DocumentCurrency);

/// Also checked over the values of pages, and of what people changed.
pub const COUNTRY: Rule =
    code("BR-CL-14", "A country is no code of ISO 3166, such as DE", &[Field::SupplierCountry], CodeUse::Country);

pub(super) static RULES: &[Rule] = &[
    // UBL has an element, and a list, for each; the rule is one.
    Rule::error(
        "BR-CL-01",
        "The type of the invoice is no code of UNTDID 1001",
        &[Field::DocumentType],
        |ledger, found| {
            unknown_codes(ledger.invoice, CodeUse::InvoiceType, found);
            unknown_codes(ledger.invoice, CodeUse::CreditNoteType, found);
        },
    ),
    code("BR-CL-03", "An amount's currency is no code of ISO 4217", &[Field::Currency], CodeUse::AmountCurrency),
    code("BR-CL-05", "The accounting currency is no code of ISO 4217", &[Field::Currency], CodeUse::TaxCurrency),
    code("BR-CL-06", "The code for the VAT date is unknown", &[Field::TaxPointDate], CodeUse::TaxPoint),
    code("BR-CL-07", "The scheme of an invoiced object is no code of UNTDID 1153", &[], CodeUse::ReferenceType),
    code("BR-CL-08", "The subject of a note is no code of UNTDID 4451", &[Field::Note], CodeUse::NoteSubject),
    code("BR-CL-10", "The scheme of a party's id is no code of ISO 6523", &[Field::SupplierId], CodeUse::PartyScheme),
    code(
        "BR-CL-11",
        "The scheme of a registration is no code of ISO 6523",
        &[Field::SupplierRegistration],
        CodeUse::LegalScheme,
    ),
    code("BR-CL-13", "The scheme of an item's classification is no code of UNTDID 7143", &[], CodeUse::ItemClassScheme),
    COUNTRY,
    code("BR-CL-15", "An item's country of origin is no code of ISO 3166", &[], CodeUse::OriginCountry),
    code("BR-CL-16", "The way to pay is no code of UNTDID 4461", &[Field::PaymentMeans], CodeUse::PaymentMeans),
    code("BR-CL-17", "A VAT category is no code of UNTDID 5305", &[Field::TaxTotal], CodeUse::DocumentVatCategory),
    code("BR-CL-18", "A VAT category is no code of UNTDID 5305", &[Field::TaxTotal], CodeUse::LineVatCategory),
    code(
        "BR-CL-19",
        "The reason of an allowance is no code of UNTDID 5189",
        &[Field::AllowancesTotal],
        CodeUse::AllowanceReason,
    ),
    code("BR-CL-20", "The reason of a charge is no code of UNTDID 7161", &[Field::ChargesTotal], CodeUse::ChargeReason),
    code("BR-CL-21", "The scheme of an item's number is no code of ISO 6523", &[], CodeUse::ItemScheme),
    code(
        "BR-CL-22",
        "The reason for no VAT is no code of the VATEX list",
        &[Field::TaxTotal],
        CodeUse::ExemptionReason,
    ),
    code("BR-CL-23", "A unit is no code of UN/ECE Recommendation 20 or 21", &[], CodeUse::Unit),
    code("BR-CL-24", "An attached file is of a type that is not allowed", &[], CodeUse::FileType),
    code(
        "BR-CL-25",
        "The scheme of an electronic address is not in the EAS list",
        &[],
        CodeUse::ElectronicAddressScheme,
    ),
    code("BR-CL-26", "The scheme of a place of delivery is no code of ISO 6523", &[], CodeUse::LocationScheme),
];

/// Whether it is a code of ISO 4217.
pub fn is_currency(code: &str) -> bool {
    is_known(CodeUse::DocumentCurrency, code, Syntax::Ubl)
}

/// Whether it is a code of ISO 3166.
pub fn is_country(code: &str) -> bool {
    [Syntax::Ubl, Syntax::Cii].into_iter().any(|syntax| is_known(CodeUse::Country, code, syntax))
}

const fn code(id: &'static str, text: &'static str, fields: &'static [Field], usage: CodeUse) -> Rule {
    Rule::new(id, Severity::Error, text, fields, Test::Code(usage))
}
