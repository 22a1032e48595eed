//! The semantic model of EN 16931: an invoice as business terms (BT) and groups (BG), whatever its syntax was.
//!
//! It borrows from the document it was mapped from. Values are kept as they were written, so that decimals, and
//! an element that is there but empty, can be judged.

use crate::domain::money::Decimal;
use serde::{Deserialize, Serialize};

/// A value as it was written, trimmed. `None`: there is no such element; an empty text: there is, with nothing in it.
pub type Value<'a> = Option<&'a str>;

/// How the invoice was written. The official validation judges some rules a little differently in each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Syntax {
    #[default]
    Ubl,
    Cii,
}

impl Syntax {
    pub fn as_str(self) -> &'static str {
        match self {
            Syntax::Ubl => "ubl",
            Syntax::Cii => "cii",
        }
    }

    pub fn named(name: &str) -> Option<Syntax> {
        [Syntax::Ubl, Syntax::Cii].into_iter().find(|syntax| syntax.as_str() == name)
    }
}

#[derive(Clone, Debug, Default)]
pub struct Invoice<'a> {
    pub syntax: Syntax,
    /// BT-24.
    pub specification: Value<'a>,
    /// BT-1.
    pub number: Value<'a>,
    /// BT-2.
    pub issue_date: Value<'a>,
    /// BT-3.
    pub type_code: Value<'a>,
    /// BT-5.
    pub currency: Value<'a>,
    /// BT-6.
    pub tax_currency: Value<'a>,
    /// BT-7.
    pub has_tax_point_date: bool,
    /// BT-8.
    pub has_tax_point_code: bool,
    /// BG-4.
    pub seller: Option<Party<'a>>,
    /// BG-7.
    pub buyer: Option<Party<'a>>,
    /// BG-10.
    pub payees: Vec<Payee<'a>>,
    /// BG-11.
    pub representatives: Vec<Party<'a>>,
    /// All VAT ids, whosever they are.
    pub vat_ids: Vec<&'a str>,
    /// BT-90, the SEPA creditor identifiers of all parties.
    pub creditor_ids: usize,
    /// BG-13.
    pub delivery: Delivery<'a>,
    /// BG-14.
    pub periods: Vec<Period<'a>>,
    /// BG-3: the number of each preceding invoice, BT-25.
    pub preceding: Vec<Value<'a>>,
    /// BG-24.
    pub documents: Vec<SupportingDocument<'a>>,
    /// BG-16.
    pub payments: Vec<Payment<'a>>,
    /// BG-20 and BG-21.
    pub adjustments: Vec<Adjustment<'a>>,
    /// BG-22.
    pub totals: Option<Totals<'a>>,
    /// BT-110 and BT-111.
    pub tax_totals: Vec<TaxTotal<'a>>,
    /// BG-23.
    pub vat_rows: Vec<VatRow<'a>>,
    /// BG-25.
    pub lines: Vec<Line<'a>>,
    /// Every code, with the list it must be from.
    pub codes: Vec<Code<'a>>,
    /// What breaks the rules of the syntax, by rule.
    pub binding_breaches: Vec<(&'static str, usize)>,
}

impl<'a> Invoice<'a> {
    /// The VAT rows that the rules for all rows are judged on. The official validation of CII passes over those of
    /// three categories there, since a rule of their own comes first.
    pub fn judged_rows(&self) -> impl Iterator<Item = &VatRow<'a>> {
        let passed_over = |row: &&VatRow<'_>| row.vat.is_vat && matches!(row.vat.code, Some("L" | "M" | "O"));
        self.vat_rows.iter().filter(move |row| self.syntax == Syntax::Ubl || !passed_over(row))
    }

    /// The allowances, or the charges, of the document.
    pub fn adjustments_of(&self, is_charge: bool) -> impl Iterator<Item = &Adjustment<'a>> {
        self.adjustments.iter().filter(move |adjustment| adjustment.is_charge == Some(is_charge))
    }
}

#[derive(Clone, Debug, Default)]
pub struct Party<'a> {
    /// BT-27, BT-44, BT-62.
    pub name: Value<'a>,
    /// BT-28, BT-45.
    pub trading_name: Value<'a>,
    /// BT-29, BT-46; not those of SEPA creditors.
    pub ids: Vec<&'a str>,
    /// BT-30, BT-47.
    pub legal_id: Value<'a>,
    /// BT-31, BT-48, BT-63.
    pub vat_ids: Vec<&'a str>,
    /// BT-32, and whatever else taxes are registered under.
    pub other_tax_ids: usize,
    /// BG-5, BG-8, BG-12.
    pub address: Option<Address<'a>>,
    /// The schemes of its electronic addresses, BT-34-1 and BT-49-1.
    pub electronic_address_schemes: Vec<Value<'a>>,
}

impl Party<'_> {
    pub fn has_vat_id(&self) -> bool {
        !self.vat_ids.is_empty()
    }

    pub fn has_tax_id(&self) -> bool {
        self.has_vat_id() || self.other_tax_ids > 0
    }
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Address<'a> {
    /// BT-40, BT-55, BT-69, BT-80.
    pub country: Value<'a>,
}

/// BG-10.
#[derive(Clone, Debug, Default)]
pub struct Payee<'a> {
    /// BT-59.
    pub names: Vec<&'a str>,
    /// BT-60.
    pub ids: Vec<&'a str>,
    /// BT-61.
    pub legal_ids: Vec<&'a str>,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Delivery<'a> {
    /// BT-72.
    pub date: Value<'a>,
    /// BG-15.
    pub address: Option<Address<'a>>,
}

/// BG-14, BG-26.
#[derive(Clone, Copy, Debug, Default)]
pub struct Period<'a> {
    pub has_start: bool,
    pub has_end: bool,
    /// In a form that compares as text: ISO 8601, or `CCYYMMDD`; none where it has another form.
    pub start: Value<'a>,
    pub end: Value<'a>,
    /// BT-8 stands here in UBL.
    pub has_tax_point_code: bool,
    /// Whether there is anything in the group.
    pub is_filled: bool,
}

/// BG-24.
#[derive(Clone, Copy, Debug, Default)]
pub struct SupportingDocument<'a> {
    /// BT-122.
    pub id: Value<'a>,
    pub has_scheme: bool,
    pub type_code: Value<'a>,
    /// In UBL the types that stand for other terms differ between invoices and credit notes.
    pub of_credit_note: bool,
}

/// BG-16.
#[derive(Clone, Debug, Default)]
pub struct Payment<'a> {
    /// BT-81.
    pub means: Value<'a>,
    /// BT-83.
    pub references: Vec<&'a str>,
    /// Whether there is a group for the account, BG-17.
    pub has_account: bool,
    /// BT-84.
    pub account: Value<'a>,
    /// BT-87.
    pub card: Value<'a>,
}

/// BG-20, BG-21, BG-27, BG-28: an allowance or a charge.
#[derive(Clone, Copy, Debug, Default)]
pub struct Adjustment<'a> {
    /// None where the document does not say which.
    pub is_charge: Option<bool>,
    pub amount: Value<'a>,
    pub base: Value<'a>,
    pub has_reason: bool,
    pub vat: VatCategory<'a>,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct VatCategory<'a> {
    /// UNTDID 5305.
    pub code: Value<'a>,
    /// Per cent.
    pub rate: Value<'a>,
    /// Whether the tax is VAT; other taxes are not judged.
    pub is_vat: bool,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Totals<'a> {
    /// BT-106.
    pub lines: Value<'a>,
    /// BT-107.
    pub allowances: Value<'a>,
    /// BT-108.
    pub charges: Value<'a>,
    /// BT-109.
    pub net: Value<'a>,
    /// BT-112.
    pub gross: Value<'a>,
    /// BT-113.
    pub paid: Value<'a>,
    /// BT-114.
    pub rounding: Value<'a>,
    /// BT-115.
    pub due: Value<'a>,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct TaxTotal<'a> {
    pub amount: Value<'a>,
    pub currency: Value<'a>,
}

/// BG-23.
#[derive(Clone, Copy, Debug, Default)]
pub struct VatRow<'a> {
    /// The tax total it stands in, by its place in [`Invoice::tax_totals`]; CII has one list for all.
    pub total: usize,
    /// BT-116.
    pub base: Value<'a>,
    /// BT-117.
    pub tax: Value<'a>,
    /// BT-118, BT-119.
    pub vat: VatCategory<'a>,
    /// BT-120 or BT-121.
    pub has_reason: bool,
}

/// BG-25.
#[derive(Clone, Debug, Default)]
pub struct Line<'a> {
    /// BT-126.
    pub id: Value<'a>,
    /// BT-129.
    pub quantity: Value<'a>,
    /// BT-130.
    pub has_unit: bool,
    /// BT-131.
    pub net: Value<'a>,
    /// BT-146.
    pub price: Value<'a>,
    /// BT-148.
    pub gross_price: Value<'a>,
    /// BT-151, BT-152.
    pub vat: VatCategory<'a>,
    /// BT-153.
    pub name: Value<'a>,
    /// BG-26.
    pub period: Option<Period<'a>>,
    /// BG-27, BG-28.
    pub adjustments: Vec<Adjustment<'a>>,
    /// BT-157 without its scheme.
    pub has_item_id_without_scheme: bool,
    /// BT-158 without its scheme.
    pub has_class_without_scheme: bool,
    /// BG-32 without a name or a value.
    pub has_unfinished_attribute: bool,
}

/// A code, and what it is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code<'a> {
    pub usage: CodeUse,
    pub value: &'a str,
}

/// What a code is used for; which list it must be from is told by the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CodeUse {
    InvoiceType,
    CreditNoteType,
    AmountCurrency,
    DocumentCurrency,
    TaxCurrency,
    TaxPoint,
    ReferenceType,
    NoteSubject,
    PartyScheme,
    LegalScheme,
    ItemClassScheme,
    Country,
    OriginCountry,
    PaymentMeans,
    DocumentVatCategory,
    LineVatCategory,
    AllowanceReason,
    ChargeReason,
    ItemScheme,
    ExemptionReason,
    Unit,
    FileType,
    ElectronicAddressScheme,
    LocationScheme,
}

/// An `xs:decimal`. Beyond 10^15 it is no amount, and sums of it could overflow.
pub fn number(value: Value<'_>) -> Option<Decimal> {
    let text = value?;
    let text = text.strip_prefix('+').unwrap_or(text);
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_decimal = digits.bytes().any(|byte| byte.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let parsed: Option<Decimal> = is_decimal.then(|| text.parse().ok()).flatten();
    parsed.filter(|amount| amount.abs() < Decimal::from(1_000_000_000_000_000_i64))
}

/// Whether there is an element with something in it.
pub fn is_filled(value: Value<'_>) -> bool {
    value.is_some_and(|text| !text.is_empty())
}

/// Two decimals, a half towards positive infinity: what XPath's `round` does.
pub fn to_cents(amount: Decimal) -> Decimal {
    let cents = amount.checked_mul(Decimal::ONE_HUNDRED).unwrap_or_default();
    (cents + Decimal::new(5, 1)).floor() / Decimal::ONE_HUNDRED
}

/// To a whole number, likewise.
pub fn to_whole(amount: Decimal) -> Decimal {
    (amount + Decimal::new(5, 1)).floor()
}

/// The digits behind the point, as they were written.
pub fn decimals(value: Value<'_>) -> usize {
    value.and_then(|text| text.split_once('.')).map_or(0, |(_, digits)| digits.chars().count())
}
