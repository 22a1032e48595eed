//! The code lists of EN 16931, as of version 1.3.16 of its validation. The codes stand in `codes/`.

use super::model::{CodeUse, Syntax};
use std::{collections::HashSet, sync::LazyLock};

/// The codes of one list.
type List = LazyLock<HashSet<&'static str>>;

macro_rules! lists {
    ($($name:ident = $file:literal;)*) => {
        $(static $name: List = LazyLock::new(|| include_str!(concat!("codes/", $file)).split_whitespace().collect());)*
    };
}

lists! {
    // UNTDID 1001
    INVOICE_TYPE = "invoice_type.txt";
    CREDIT_NOTE_TYPE = "credit_note_type.txt";
    // ISO 4217
    CURRENCY = "currency.txt";
    // UNTDID 1153
    REFERENCE_TYPE = "reference_type.txt";
    // UNTDID 4451
    NOTE_SUBJECT = "note_subject.txt";
    // ISO 6523 ICD
    IDENTIFIER_SCHEME = "identifier_scheme.txt";
    // UNTDID 7143
    ITEM_CLASS_SCHEME = "item_class_scheme.txt";
    // ISO 3166-1
    COUNTRY = "country.txt";
    // UNTDID 4461
    PAYMENT_MEANS = "payment_means.txt";
    // UNTDID 5305
    VAT_CATEGORY = "vat_category.txt";
    // UNTDID 5189
    ALLOWANCE_REASON = "allowance_reason.txt";
    // UNTDID 7161
    CHARGE_REASON = "charge_reason.txt";
    // CEF VATEX
    VAT_EXEMPTION_REASON = "vat_exemption_reason.txt";
    // UN/ECE Recommendations 20 and 21
    UNIT = "unit.txt";
    // CEF EAS
    ELECTRONIC_ADDRESS_SCHEME = "electronic_address_scheme.txt";
}

/// Newer codes of UNTDID 4451, which the official validation takes in CII only.
const NEWER_NOTE_SUBJECTS: [&str; 18] = [
    "BAT", "BAU", "BAV", "BAW", "BAX", "BAY", "BAZ", "BBA", "BBB", "BMF", "BMG", "BMH", "CCJ", "CCK", "CCL", "CCM",
    "CCN", "CCO",
];
const FILE_TYPES: [&str; 6] = [
    "application/pdf",
    "image/png",
    "image/jpeg",
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.spreadsheet",
];

/// Whether a code is in the list that its use asks for.
pub(super) fn is_known(usage: CodeUse, code: &str, syntax: Syntax) -> bool {
    use CodeUse as U;
    match usage {
        // CII has one element for both.
        U::InvoiceType => INVOICE_TYPE.contains(code) || (syntax == Syntax::Cii && CREDIT_NOTE_TYPE.contains(code)),
        U::CreditNoteType => CREDIT_NOTE_TYPE.contains(code),
        U::AmountCurrency | U::DocumentCurrency | U::TaxCurrency => CURRENCY.contains(code),
        // UNTDID 2005 in UBL, 2475 in CII.
        U::TaxPoint => match syntax {
            Syntax::Ubl => matches!(code, "3" | "35" | "432"),
            Syntax::Cii => matches!(code, "5" | "29" | "72"),
        },
        U::ReferenceType => REFERENCE_TYPE.contains(code),
        U::NoteSubject => NOTE_SUBJECT.contains(code) || (syntax == Syntax::Cii && NEWER_NOTE_SUBJECTS.contains(&code)),
        U::PartyScheme | U::LegalScheme | U::ItemScheme | U::LocationScheme => IDENTIFIER_SCHEME.contains(code),
        U::ItemClassScheme => ITEM_CLASS_SCHEME.contains(code),
        U::Country | U::OriginCountry => is_country(code, syntax),
        U::PaymentMeans => PAYMENT_MEANS.contains(code),
        U::DocumentVatCategory | U::LineVatCategory => VAT_CATEGORY.contains(code),
        U::AllowanceReason => ALLOWANCE_REASON.contains(code),
        U::ChargeReason => CHARGE_REASON.contains(code),
        // These may be in small letters.
        U::ExemptionReason => VAT_EXEMPTION_REASON.contains(code.to_ascii_uppercase().as_str()),
        U::Unit => UNIT.contains(code),
        U::FileType => FILE_TYPES.contains(&code),
        U::ElectronicAddressScheme => ELECTRONIC_ADDRESS_SCHEME.contains(code),
    }
}

/// ISO 3166-1. The official validation knows South Sudan in UBL only, and still the Netherlands Antilles in CII.
pub(super) fn is_country(code: &str, syntax: Syntax) -> bool {
    let only_here = match syntax {
        Syntax::Ubl => "SS",
        Syntax::Cii => "AN",
    };
    code == only_here || COUNTRY.contains(code)
}
