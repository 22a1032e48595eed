//! The values of XML Schema types as the product keeps them, and the sheet they are written on.

use super::tree::Node;
use crate::domain::{
    en16931::model::{number, to_cents},
    field::{Field, FieldKind},
    money::Decimal,
    reading::{DocumentKind, ReadValue, Reading, ReadingNote, Source},
};
use std::{collections::BTreeSet, fmt::Display};
use time::{Date, Month};

/// Of one-line values, in characters.
const MAX_TEXT: usize = 1_000;
/// Of notes and terms, in characters.
const MAX_LONG_TEXT: usize = 20_000;
/// Unit prices are divided by their base quantity to at most so many places.
const PRICE_PLACES: u32 = 10;
/// Numbers of rows that are none are noted so many times: the first ones say what is wrong with the document.
const MAX_ROW_NOTES: usize = 20;
/// Accounts named in a note.
const MAX_ACCOUNTS: usize = 3;

/// A reading while it is filled in from XML.
pub(super) struct Sheet {
    pub reading: Reading,
    row_notes: usize,
}

impl Sheet {
    pub fn new(kind: DocumentKind) -> Self {
        Sheet { reading: Reading::empty(kind), row_notes: 0 }
    }

    /// Writes a field, normalised by its kind. A value that is none of that kind is left out, with a note that says so.
    /// Dates are taken as ISO 8601; for CII see [`Sheet::set_date`].
    pub fn set(&mut self, field: Field, raw: Option<&str>) {
        let Some(raw) = raw.map(str::trim).filter(|raw| !raw.is_empty()) else {
            return;
        };
        let value = match field.kind() {
            FieldKind::Amount => decimal(raw).map(|value| value.to_string()),
            FieldKind::Date => iso_date(raw),
            FieldKind::Currency | FieldKind::Country => Some(raw.to_uppercase()),
            FieldKind::Iban | FieldKind::VatId => Some(compact(raw)),
            // Rows are read as lists.
            FieldKind::LongText | FieldKind::Row => Some(raw.to_owned()),
            FieldKind::Text | FieldKind::Code => Some(one_line(raw)),
        };
        match value {
            Some(value) => self.write(field, value, raw),
            None => self.note_invalid(field, raw),
        }
    }

    /// Writes a date that CII gives as `DateTimeString` with a format code, or as ISO 8601.
    pub fn set_date(&mut self, field: Field, holder: Option<Node<'_>>) {
        let Some(node) = holder.and_then(|holder| holder.first("DateTimeString|DateString|DateTime|Date")) else {
            return;
        };
        let Some(raw) = node.text() else {
            return;
        };
        match coded_date(raw, node.attribute("format")) {
            Some(value) => self.write(field, value, raw),
            None => self.note_invalid(field, raw),
        }
    }

    fn write(&mut self, field: Field, value: String, raw: &str) {
        let limit = match field.kind() {
            FieldKind::LongText => MAX_LONG_TEXT,
            _ => MAX_TEXT,
        };
        let cut: String = value.chars().take(limit).collect();
        if cut.len() < value.len() {
            self.note("value_too_long", format!("{} is longer than {limit} characters and was cut", field.label()));
        }
        let raw = (raw != cut).then(|| raw.chars().take(limit).collect());
        let place = None;
        self.reading.fields.insert(field, ReadValue { value: cut, raw, confidence: 1.0, place, source: Source::Xml });
    }

    fn note_invalid(&mut self, field: Field, raw: &str) {
        let shown: String = raw.chars().take(40).collect();
        let kind = match field.kind() {
            FieldKind::Date => "date",
            _ => "amount",
        };
        self.note("invalid_value", format!("{}: the XML says “{shown}”, which is no {kind}", field.label()));
    }

    /// Says so where there are several accounts to pay to: one of them is the field's value, and it may be the wrong one.
    pub fn note_accounts<'t>(&mut self, accounts: impl Iterator<Item = &'t str>) {
        let mut known = BTreeSet::new();
        let named: Vec<String> = accounts.map(compact).filter(|account| known.insert(account.clone())).collect();
        if named.len() < 2 {
            return;
        }
        let shown = named.iter().take(MAX_ACCOUNTS).map(|account| account.chars().take(40).collect::<String>());
        let shown = shown.collect::<Vec<_>>().join(", ");
        let more = match named.len().saturating_sub(MAX_ACCOUNTS) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        self.note("several_accounts", format!("The invoice names several bank accounts: {shown}{more}"));
    }

    pub fn note(&mut self, code: &str, message: String) {
        self.reading.notes.push(ReadingNote::new(code, message));
    }
}

/// The numbers of a line, a VAT row or an allowance. One that is no decimal is left out, with a note that says so.
pub(super) struct Numbers<'s> {
    sheet: &'s mut Sheet,
    /// What people call the row: `Line 3`.
    row: String,
}

impl<'s> Numbers<'s> {
    pub fn of(sheet: &'s mut Sheet, row: &str, id: &dyn Display) -> Self {
        let id: String = id.to_string().chars().take(20).collect();
        Numbers { sheet, row: format!("{row} {id}") }
    }

    /// An `xs:decimal` in the product's notation.
    pub fn decimal(&mut self, label: &str, raw: Option<&str>) -> Option<String> {
        let raw = raw.map(str::trim).filter(|raw| !raw.is_empty())?;
        let value = decimal(raw).map(|value| value.to_string());
        if value.is_none() && self.sheet.row_notes < MAX_ROW_NOTES {
            self.sheet.row_notes += 1;
            let shown: String = raw.chars().take(40).collect();
            let message = format!("{}, {label}: the XML says “{shown}”, which is no number", self.row);
            self.sheet.note("invalid_value", message);
        }
        value
    }

    /// As [`unit_price`].
    pub fn unit_price(&mut self, price: Option<&str>, base_quantity: Option<&str>) -> Option<String> {
        let base_quantity = self.decimal("Quantity of the price", base_quantity);
        unit_price(self.decimal("Price", price).as_deref(), base_quantity.as_deref())
    }

    /// As [`allowances`].
    pub fn allowances<'t>(&mut self, own: impl Iterator<Item = (Option<&'t str>, Option<&'t str>)>) -> Option<String> {
        let own: Vec<_> = own.collect();
        for (_, amount) in &own {
            self.decimal("Allowance", *amount);
        }
        allowances(own.into_iter())
    }
}

/// An `xs:decimal`: digits with an optional sign and point; never an exponent or a separator of thousands.
pub(super) fn decimal(raw: &str) -> Option<Decimal> {
    let raw = raw.trim();
    let unsigned = raw.strip_prefix(['+', '-']).unwrap_or(raw);
    if !unsigned.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    raw.parse().ok()
}

/// The price of one unit: the price of the base quantity (BT-146 for BT-149 units), divided.
fn unit_price(price: Option<&str>, base_quantity: Option<&str>) -> Option<String> {
    let price = decimal(price?)?;
    let base = base_quantity.and_then(decimal).filter(|base| !base.is_zero() && *base != Decimal::ONE);
    match base {
        None => Some(price.to_string()),
        Some(base) => Some(price.checked_div(base)?.round_dp(PRICE_PLACES).normalize().to_string()),
    }
}

/// Whether an indicator says that it is a charge; an allowance says `false`.
pub(super) fn is_charge(said: Option<&str>) -> bool {
    indicator(said) == Some(true)
}

/// A boolean of XML Schema.
fn indicator(said: Option<&str>) -> Option<bool> {
    match said? {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// What a line's own allowances take off it, less its charges: of each whether it is a charge (`true`, `false`) and its
/// amount. None: there are none.
fn allowances<'t>(own: impl Iterator<Item = (Option<&'t str>, Option<&'t str>)>) -> Option<String> {
    let (mut off, mut on) = (Decimal::ZERO, Decimal::ZERO);
    for (is_charge, amount) in own {
        let Some(amount) = number(amount) else { continue };
        match indicator(is_charge) {
            Some(true) => on += amount,
            Some(false) => off += amount,
            None => {}
        }
    }
    let net = to_cents(off) - to_cents(on);
    (!net.is_zero()).then(|| net.to_string())
}

/// A short text of a line or VAT row, of a bounded length.
pub(super) fn short_text(raw: Option<&str>) -> Option<String> {
    raw.map(|raw| one_line(raw).chars().take(MAX_TEXT).collect())
}

/// What was bought: the item's name, and its description beneath where it says more.
pub(super) fn item_text(name: Option<&str>, description: Option<&str>) -> String {
    let text = match (name, description) {
        (Some(name), Some(description)) if name != description => format!("{name}\n{description}"),
        (Some(text), _) | (None, Some(text)) => text.to_owned(),
        (None, None) => String::new(),
    };
    text.chars().take(MAX_TEXT).collect()
}

/// The lines of an address, or a town and what it lies in, as one writes them in a row: `Hauptstraße 1, Haus B`. They have no
/// fields of their own: nobody checks or books by them, and a person who pays by post reads them together.
pub(super) fn in_a_row(parts: &[Option<&str>]) -> Option<String> {
    let mut said: Vec<String> = Vec::new();
    for part in parts.iter().flatten().map(|part| one_line(part)).filter(|part| !part.is_empty()) {
        if !said.contains(&part) {
            said.push(part);
        }
    }
    (!said.is_empty()).then(|| said.join(", "))
}

/// A date as ISO 8601, `2026-11-02`, with or without a time or zone behind it.
fn iso_date(raw: &str) -> Option<String> {
    let day = raw.get(..10)?;
    let rest = raw.get(10..)?;
    if !(rest.is_empty() || rest.starts_with(['T', 'Z', '+', '-'])) {
        return None;
    }
    let mut parts = day.split('-');
    let date = calendar_date(parts.next()?, parts.next()?, parts.next()?)?;
    parts.next().is_none().then_some(date)
}

/// A date with a format code of UNTDID 2379: 102 is `CCYYMMDD`, 203 and 204 add the time.
fn coded_date(raw: &str, format: Option<&str>) -> Option<String> {
    if raw.contains('-') {
        return iso_date(raw);
    }
    let length = match format {
        Some("203") => 12,
        Some("204") => 14,
        _ => 8,
    };
    if raw.len() != length {
        return None;
    }
    calendar_date(raw.get(..4)?, raw.get(4..6)?, raw.get(6..8)?)
}

fn calendar_date(year: &str, month: &str, day: &str) -> Option<String> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if year.len() != 4 || month.len() != 2 || day.len() != 2 || !(digits(year) && digits(month) && digits(day)) {
        return None;
    }
    let number: u8 = month.parse().ok()?;
    Date::from_calendar_date(year.parse().ok()?, Month::try_from(number).ok()?, day.parse().ok()?).ok()?;
    Some(format!("{year}-{month}-{day}"))
}

/// Upper case, without spaces.
fn compact(raw: &str) -> String {
    raw.chars().filter(|character| !character.is_whitespace()).collect::<String>().to_uppercase()
}

fn one_line(raw: &str) -> String {
    raw.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact_and_strict() {
        let text = |raw: &str| decimal(raw).map(|value| value.to_string());
        assert_eq!(text("1190.00").as_deref(), Some("1190.00"));
        assert_eq!(text(" -0.10 ").as_deref(), Some("-0.10"));
        assert_eq!(text("+5").as_deref(), Some("5"));
        assert_eq!(text(".5").as_deref(), Some("0.5"));
        for wrong in ["", "1,000.00", "1_000", "1e3", "NaN", "--1", "12 EUR", "."] {
            assert_eq!(text(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn dates_are_days_of_the_calendar() {
        assert_eq!(iso_date("2026-11-02").as_deref(), Some("2026-11-02"));
        assert_eq!(iso_date("2026-11-02Z").as_deref(), Some("2026-11-02"));
        assert_eq!(iso_date("2026-11-02T10:00:00+01:00").as_deref(), Some("2026-11-02"));
        assert_eq!(coded_date("20261102", Some("102")).as_deref(), Some("2026-11-02"));
        assert_eq!(coded_date("202611021030", Some("203")).as_deref(), Some("2026-11-02"));
        for wrong in ["2026-02-30", "2026-13-01", "02.11.2026", "2026-11-2", "2026-11-02x", "٢٠٢٦-١١-٠٢"] {
            assert_eq!(iso_date(wrong), None, "{wrong}");
        }
        assert_eq!(coded_date("20260230", Some("102")), None);
        assert_eq!(coded_date("202611", Some("610")), None);
    }

    #[test]
    fn a_price_for_a_hundred_becomes_the_price_of_one() {
        assert_eq!(unit_price(Some("12.00"), None).as_deref(), Some("12.00"));
        assert_eq!(unit_price(Some("12.00"), Some("1")).as_deref(), Some("12.00"));
        assert_eq!(unit_price(Some("12.00"), Some("100")).as_deref(), Some("0.12"));
        assert_eq!(unit_price(Some("1"), Some("3")).as_deref(), Some("0.3333333333"));
        assert_eq!(unit_price(Some("1"), Some("0")).as_deref(), Some("1"));
    }

    #[test]
    fn what_a_line_takes_off_is_less_what_it_adds() {
        let of = |own: &[(&'static str, &'static str)]| {
            allowances(own.iter().map(|(is_charge, amount)| (Some(*is_charge), Some(*amount))))
        };
        assert_eq!(of(&[("false", "10.00"), ("true", "2.50"), ("false", "0.125")]).as_deref(), Some("7.63"));
        assert_eq!(of(&[("true", "1")]).as_deref(), Some("-1"));
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[("false", "much"), ("perhaps", "3")]), None);
    }

    #[test]
    fn lines_of_an_address_stand_in_a_row() {
        assert_eq!(
            in_a_row(&[Some(" 1 High\nStreet"), None, Some("Flat 2")]).as_deref(),
            Some("1 High Street, Flat 2")
        );
        assert_eq!(in_a_row(&[Some("Berlin"), Some("Berlin")]).as_deref(), Some("Berlin"));
        assert_eq!(in_a_row(&[None, Some("  ")]), None);
    }

    #[test]
    fn values_are_normalised_and_what_is_wrong_is_noted() {
        let mut sheet = Sheet::new(DocumentKind::Ubl);
        sheet.set(Field::Iban, Some("de75 5121 0800 1245 1261 99"));
        sheet.set(Field::SupplierName, Some("  Muster \n GmbH "));
        sheet.set(Field::GrossTotal, Some("lots"));
        sheet.set(Field::IssueDate, Some("yesterday"));
        sheet.set(Field::BuyerName, Some("  "));
        let fields = &sheet.reading.fields;
        assert_eq!(fields[&Field::Iban].value, "DE75512108001245126199");
        assert_eq!(fields[&Field::Iban].raw.as_deref(), Some("de75 5121 0800 1245 1261 99"));
        assert_eq!(fields[&Field::SupplierName].value, "Muster GmbH");
        assert_eq!(fields.len(), 2);
        let codes: Vec<&str> = sheet.reading.notes.iter().map(|note| note.code.as_str()).collect();
        assert_eq!(codes, ["invalid_value", "invalid_value"]);
    }

    #[test]
    fn numbers_of_rows_that_are_none_are_noted_but_not_without_end() {
        let mut sheet = Sheet::new(DocumentKind::Ubl);
        let mut line = Numbers::of(&mut sheet, "Line", &7);
        assert_eq!(line.decimal("Net", Some("5.00")).as_deref(), Some("5.00"));
        assert_eq!((line.decimal("Net", None), line.decimal("Net", Some(" "))), (None, None));
        assert_eq!(line.decimal("Net", Some("1,000.00")), None);
        assert_eq!(line.unit_price(Some("2"), Some("ten")).as_deref(), Some("2"));
        assert_eq!(line.allowances([(Some("false"), Some("much"))].into_iter()), None);
        let told = |sheet: &Sheet| sheet.reading.notes.iter().map(|note| note.message.clone()).collect::<Vec<_>>();
        assert_eq!(
            told(&sheet),
            [
                "Line 7, Net: the XML says “1,000.00”, which is no number",
                "Line 7, Quantity of the price: the XML says “ten”, which is no number",
                "Line 7, Allowance: the XML says “much”, which is no number",
            ]
        );
        for _ in 0..100 {
            Numbers::of(&mut sheet, "VAT row", &1).decimal("Base", Some("x"));
        }
        assert_eq!(told(&sheet).len(), MAX_ROW_NOTES);
    }

    #[test]
    fn several_accounts_are_named_but_not_all_of_many() {
        let told = |accounts: &[&str]| {
            let mut sheet = Sheet::new(DocumentKind::Ubl);
            sheet.note_accounts(accounts.iter().copied());
            sheet.reading.notes.into_iter().map(|note| note.message).collect::<Vec<_>>()
        };
        assert_eq!(told(&["DE1", "de 1"]), [""; 0]);
        assert_eq!(told(&["DE1", "FR2"]), ["The invoice names several bank accounts: DE1, FR2"]);
        assert_eq!(
            told(&["DE1", "FR2", "DE1", "3", "4", "5"]),
            ["The invoice names several bank accounts: DE1, FR2, 3 and 2 more"]
        );
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        let mut sheet = Sheet::new(DocumentKind::Ubl);
        sheet.set(Field::SupplierName, Some(&"ü".repeat(5000)));
        assert_eq!(sheet.reading.fields[&Field::SupplierName].value.chars().count(), MAX_TEXT);
        assert_eq!(sheet.reading.notes[0].code, "value_too_long");
    }
}
