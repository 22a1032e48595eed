//! The fields of an invoice: EN 16931 business terms with the names that the API, the database and the pages use.

use super::roles::UnknownName;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{borrow::Cow, fmt, str::FromStr};

/// Tells lines, or VAT rows, of an invoice apart: from 1, in the order in which they were read or added. A number is
/// never used again.
pub type RowNumber = u16;

/// The most lines, and the most VAT rows, that are kept of an invoice.
pub const MAX_ROWS: RowNumber = 9_999;

const LINE: &str = "line_";
const VAT_ROW: &str = "vat_row_";

/// What kind of value a field holds: how it is checked, normalised, compared and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    /// Several lines of text.
    LongText,
    /// ISO 8601 date, `2026-11-02`.
    Date,
    /// Exact decimal with a point, `1190.00`.
    Amount,
    /// ISO 4217 code, `EUR`.
    Currency,
    /// An identifier; spaces do not matter.
    Code,
    Iban,
    VatId,
    /// ISO 3166 code, `DE`.
    Country,
    /// A line or a VAT row: JSON ([`super::rows`]); empty: it was removed.
    Row,
}

/// The part of the form a field stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldGroup {
    Document,
    Supplier,
    Buyer,
    Payment,
    Totals,
    Lines,
    Vat,
}

impl FieldGroup {
    /// Those that stand in the form as single fields.
    pub const ALL: [FieldGroup; 5] =
        [FieldGroup::Document, FieldGroup::Supplier, FieldGroup::Buyer, FieldGroup::Totals, FieldGroup::Payment];

    pub fn label(self) -> &'static str {
        match self {
            FieldGroup::Document => "Invoice",
            FieldGroup::Supplier => "Supplier",
            FieldGroup::Buyer => "Buyer",
            FieldGroup::Payment => "Payment",
            FieldGroup::Totals => "Totals",
            FieldGroup::Lines => "Lines",
            FieldGroup::Vat => "VAT",
        }
    }
}

macro_rules! fields {
    ($($variant:ident $name:literal $bt:literal $label:literal $kind:ident $group:ident $main:literal;)*) => {
        /// A value of an invoice that has a version of its own. [`Field::name`] is its name everywhere outside this
        /// program.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Field {
            $($variant,)*
            /// One line.
            Line(RowNumber),
            /// One row of the VAT breakdown.
            VatRow(RowNumber),
        }

        impl Field {
            /// The single ones: all but lines and VAT rows.
            pub const ALL: &'static [Field] = &[$(Field::$variant),*];

            pub fn name(self) -> Cow<'static, str> {
                match self {
                    $(Field::$variant => Cow::Borrowed($name),)*
                    Field::Line(number) => Cow::Owned([LINE, &number.to_string()].concat()),
                    Field::VatRow(number) => Cow::Owned([VAT_ROW, &number.to_string()].concat()),
                }
            }
            /// The business term, or group of terms, of EN 16931-1, `BT-1`.
            pub fn business_term(self) -> &'static str {
                match self { $(Field::$variant => $bt,)* Field::Line(_) => "BG-25", Field::VatRow(_) => "BG-23" }
            }
            /// The clerk's word for it.
            pub fn label(self) -> &'static str {
                match self { $(Field::$variant => $label,)* Field::Line(_) => "Line", Field::VatRow(_) => "VAT row" }
            }
            pub fn kind(self) -> FieldKind {
                match self { $(Field::$variant => FieldKind::$kind,)* Field::Line(_) | Field::VatRow(_) => FieldKind::Row }
            }
            pub fn group(self) -> FieldGroup {
                match self {
                    $(Field::$variant => FieldGroup::$group,)*
                    Field::Line(_) => FieldGroup::Lines,
                    Field::VatRow(_) => FieldGroup::Vat,
                }
            }
            /// Whether the form shows it even when it is empty.
            pub fn always_shown(self) -> bool {
                match self { $(Field::$variant => $main,)* Field::Line(_) | Field::VatRow(_) => false }
            }
        }

        impl FromStr for Field {
            type Err = UnknownName;
            fn from_str(text: &str) -> Result<Self, UnknownName> {
                match text {
                    $($name => Ok(Field::$variant),)*
                    _ => row_named(text).ok_or_else(|| UnknownName(text.to_owned())),
                }
            }
        }
    };
}

/// `line_12`, `vat_row_1`; a number is written in one way only.
fn row_named(text: &str) -> Option<Field> {
    let number = |digits: &str| {
        let number: RowNumber = digits.parse().ok()?;
        (digits.starts_with(|sign| ('1'..='9').contains(&sign)) && number <= MAX_ROWS).then_some(number)
    };
    match text.strip_prefix(LINE) {
        Some(digits) => number(digits).map(Field::Line),
        None => number(text.strip_prefix(VAT_ROW)?).map(Field::VatRow),
    }
}

fields! {
    InvoiceNumber "invoice_number" "BT-1" "Number" Code Document true;
    IssueDate "issue_date" "BT-2" "Issue date" Date Document true;
    DueDate "due_date" "BT-9" "Due date" Date Document true;
    Currency "currency" "BT-5" "Currency" Currency Document true;
    DocumentType "document_type" "BT-3" "Type" Code Document false;
    TaxPointDate "tax_point_date" "BT-7" "VAT date" Date Document false;
    BuyerReference "buyer_reference" "BT-10" "Buyer reference" Text Document false;
    ProjectReference "project_reference" "BT-11" "Project" Text Document false;
    ContractReference "contract_reference" "BT-12" "Contract" Text Document false;
    PurchaseOrder "purchase_order" "BT-13" "Purchase order" Code Document true;
    DespatchAdvice "despatch_advice" "BT-16" "Delivery note" Code Document false;
    CostCode "cost_code" "BT-19" "Cost code" Code Document false;
    PaymentTerms "payment_terms" "BT-20" "Payment terms" LongText Payment false;
    Note "note" "BT-22" "Note" LongText Document false;
    PrecedingInvoice "preceding_invoice" "BT-25" "Earlier invoice" Code Document false;
    DeliveryDate "delivery_date" "BT-72" "Delivered" Date Document false;
    PeriodStart "period_start" "BT-73" "Period from" Date Document false;
    PeriodEnd "period_end" "BT-74" "Period to" Date Document false;
    SupplierName "supplier_name" "BT-27" "Name" Text Supplier true;
    SupplierId "supplier_id" "BT-29" "Supplier id" Code Supplier false;
    SupplierRegistration "supplier_registration" "BT-30" "Registration" Code Supplier false;
    SupplierVatId "supplier_vat_id" "BT-31" "VAT id" VatId Supplier true;
    SupplierTaxNumber "supplier_tax_number" "BT-32" "Tax number" Code Supplier false;
    SupplierStreet "supplier_street" "BT-35" "Street" Text Supplier false;
    SupplierCity "supplier_city" "BT-37" "City" Text Supplier false;
    SupplierPostcode "supplier_postcode" "BT-38" "Postcode" Code Supplier false;
    SupplierCountry "supplier_country" "BT-40" "Country" Country Supplier false;
    BuyerName "buyer_name" "BT-44" "Name" Text Buyer true;
    BuyerVatId "buyer_vat_id" "BT-48" "VAT id" VatId Buyer false;
    BuyerStreet "buyer_street" "BT-50" "Street" Text Buyer false;
    BuyerCity "buyer_city" "BT-52" "City" Text Buyer false;
    BuyerPostcode "buyer_postcode" "BT-53" "Postcode" Code Buyer false;
    BuyerCountry "buyer_country" "BT-55" "Country" Country Buyer false;
    PayeeName "payee_name" "BT-59" "Payee" Text Payment false;
    PaymentMeans "payment_means" "BT-81" "Means of payment" Code Payment false;
    PaymentReference "payment_reference" "BT-83" "Reference" Text Payment false;
    Iban "iban" "BT-84" "IBAN" Iban Payment true;
    AccountName "account_name" "BT-85" "Account name" Text Payment false;
    Bic "bic" "BT-86" "BIC" Code Payment false;
    LinesTotal "lines_total" "BT-106" "Sum of lines" Amount Totals false;
    AllowancesTotal "allowances_total" "BT-107" "Allowances" Amount Totals false;
    ChargesTotal "charges_total" "BT-108" "Charges" Amount Totals false;
    NetTotal "net_total" "BT-109" "Net total" Amount Totals true;
    TaxTotal "tax_total" "BT-110" "VAT total" Amount Totals true;
    GrossTotal "gross_total" "BT-112" "Gross total" Amount Totals true;
    PaidAmount "paid_amount" "BT-113" "Paid already" Amount Totals false;
    RoundingAmount "rounding_amount" "BT-114" "Rounding" Amount Totals false;
    ThirdPartyAmount "third_party_amount" "BT-DEX-002" "Collected for others" Amount Totals false;
    AmountDue "amount_due" "BT-115" "Amount due" Amount Totals false;
}

impl Field {
    /// A PDF must yield these before it can be approved; the rest is asked for, not demanded.
    pub const REQUIRED: [Field; 5] =
        [Field::InvoiceNumber, Field::IssueDate, Field::Currency, Field::SupplierName, Field::GrossTotal];

    /// Fields checked against each other share one version, so that an edit of one sees a change of another.
    pub fn version_group(self) -> Field {
        match self {
            Field::NetTotal | Field::TaxTotal | Field::GrossTotal => Field::GrossTotal,
            other => other,
        }
    }

    /// Whether an edit of it voids an approval.
    pub fn voids_approval(self) -> bool {
        match self.group() {
            FieldGroup::Totals | FieldGroup::Supplier | FieldGroup::Payment | FieldGroup::Lines | FieldGroup::Vat => {
                true
            }
            FieldGroup::Document | FieldGroup::Buyer => self == Field::Currency,
        }
    }

    /// The number of a line or a VAT row.
    pub fn row(self) -> Option<RowNumber> {
        match self {
            Field::Line(number) | Field::VatRow(number) => Some(number),
            _ => None,
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name())
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        for field in Field::ALL.iter().copied().chain([Field::Line(1), Field::Line(MAX_ROWS), Field::VatRow(20)]) {
            assert_eq!(field.name().parse::<Field>().ok(), Some(field));
        }
    }

    #[test]
    fn a_row_has_one_name_only() {
        for name in
            ["line_", "line_0", "line_01", "line_+1", "line_10000", "line_-1", "vat_row_1a", "vat_row", "Line_1"]
        {
            assert!(name.parse::<Field>().is_err(), "{name}");
        }
    }
}
