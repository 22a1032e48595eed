//! Puts the parts together into one reading.

use super::find::Context;
use super::ids::IbanFound;
use super::labels::{self, Label};
use super::locale::Locale;
use super::number::Code;
use super::parties::{self, Parties};
use super::sheet::{MAX_WORDS, Sheet};
use super::table::{self, Line, Table};
use super::totals::{self, Sum, Totals};
use super::values::Values;
use super::when::{self, Dates, When};
use super::{calibration, currency, details, ids, number, plain_lines};
use crate::adapters::readers::pdf::PageWords;
use crate::domain::dates;
use crate::domain::field::Field;
use crate::domain::money::Decimal;
use crate::domain::reading::{DocumentKind, InvoiceLine, ReadValue, Reading, ReadingNote, Source, VatRow};
use std::ops::Range;

/// A text layer with more unknown glyphs than this cannot be trusted.
pub(super) const GARBAGE: f32 = 0.3;

/// A word that OCR is this sure of is read as well as one of a text layer.
const CLEAR_WORD: f32 = 0.85;
/// Among more words than these it is not looked where exactly a value stands.
const MOST_SPELT: usize = 200;

pub(super) fn read(pages: &[PageWords]) -> Reading {
    let sheet = Sheet::new(pages);
    let found = labels::find(&sheet);
    let locale = Locale::decide(&sheet, &found);
    let values = Values::find(&sheet, &locale);
    let mut ctx = Context::new(&sheet, &found, &values, &locale);
    let table = table::read(&ctx);
    for rows in &table.rows {
        ctx.in_table[rows.clone()].fill(true);
    }
    let mut writer = Writer { sheet: &sheet, reading: Reading::empty(DocumentKind::TextPdf) };
    writer.reading.pages = pages.iter().map(|page| page.size).collect();
    writer.reading.notes = notes(pages);
    let number = number::invoice_number(&ctx);
    let dates = when::find(&ctx, number.as_ref().map(|number| &number.words));
    writer.document(&ctx, number.as_ref(), &dates);
    let ibans = ids::ibans(&ctx);
    let vat_ids = ids::vat_ids(&ctx, &ibans);
    let parties = parties::find(&ctx, &vat_ids);
    writer.parties(&parties);
    writer.payment(&ctx, &ibans);
    writer.details(&ctx, number.as_ref(), &dates, &parties);
    let supplier = &parties.supplier;
    let country = supplier.country.as_ref().map(|country| country.code.as_str());
    writer.currency(&ctx, supplier.vat_id.as_ref().and_then(|id| id.text.get(..2)).or(country));
    let totals = totals_of(&ctx, &table);
    writer.sums(&ctx, &totals);
    let lines = if table.lines.is_empty() { plain_lines::read(&ctx, &totals) } else { table.lines };
    writer.lines(&ctx, &lines);
    if table.is_cut {
        let message = "The table has more lines than are read; those at its end are left out.";
        writer.reading.notes.push(note("rows_left_out", message));
    }
    writer.note_if_no_invoice();
    writer.reading
}

fn notes(pages: &[PageWords]) -> Vec<ReadingNote> {
    let words: usize = pages.iter().map(|page| page.words.len()).sum();
    let garbage = pages.iter().map(|page| page.garbage).fold(0.0, f32::max);
    let mut notes = Vec::new();
    if words > MAX_WORDS {
        let message = "This document has more text than is read; what stands on its last pages may be missing.";
        notes.push(note("text_left_out", message));
    }
    if words == 0 {
        notes.push(note("no_text", "The pages have no text that can be read."));
    } else if garbage > GARBAGE {
        notes.push(note("garbled_text", "The text inside of this PDF is garbled; what was read from it may be wrong."));
    }
    notes
}

fn note(code: &str, message: &str) -> ReadingNote {
    ReadingNote { code: code.to_owned(), message: message.to_owned() }
}

struct Writer<'a> {
    sheet: &'a Sheet,
    reading: Reading,
}

impl Writer<'_> {
    fn put(&mut self, field: Field, value: String, words: Option<&Range<usize>>, confidence: f32) {
        if value.is_empty() {
            return;
        }
        let words = words.map(|words| self.spelling(&value, words));
        let words = words.as_ref();
        let text = words.map(|words| self.sheet.text(words.clone()));
        let scanned = match words {
            Some(words) => self.sheet.is_scanned(words.clone()),
            // What was reckoned from the others is as unsure as they are.
            None => self.sheet.has_scans,
        };
        let (source, confidence) = match scanned {
            true => (Source::Ocr, self.ocr_confidence(field, words, confidence)),
            false => (Source::Text, confidence),
        };
        let value = ReadValue {
            raw: text.filter(|text| *text != value),
            value,
            confidence: calibration::calibrated(field, scanned, confidence.clamp(0.0, 1.0)),
            place: words.and_then(|words| self.sheet.place(words.clone())),
            source,
        };
        self.reading.fields.insert(field, value);
    }

    /// Of the words that a value was found in, those that spell it: a name may head a line that says more.
    fn spelling(&self, value: &str, words: &Range<usize>) -> Range<usize> {
        let count = value.split_whitespace().count();
        let is_spelt = |found: &Range<usize>| {
            let text = self.sheet.text(found.clone());
            text == value || text.trim_end_matches([',', ';', ':', '-', '–', '|', '·', '•']) == value
        };
        let is_part = (1..words.len()).contains(&count) && words.len() <= MOST_SPELT;
        let mut runs = (words.start..words.end.saturating_sub(count) + 1).map(|start| start..start + count);
        let found = if is_part { runs.find(is_spelt) } else { None };
        found.unwrap_or_else(|| words.clone())
    }

    /// What the rules may think of a value whose words were read by OCR: no more than the least sure of its words lets
    /// them. Sums that add up prove each other, so they lose less; nothing else read from a picture is beyond doubt.
    fn ocr_confidence(&self, field: Field, words: Option<&Range<usize>>, confidence: f32) -> f32 {
        let words = words.and_then(|words| self.sheet.words.get(words.clone())).unwrap_or_default();
        let least = words.iter().map(|word| word.confidence).fold(1.0, f32::min);
        let proven = matches!(field, Field::NetTotal | Field::TaxTotal | Field::GrossTotal) && confidence >= 0.9;
        if proven && least >= CLEAR_WORD {
            return confidence;
        }
        let doubt = if proven { 0.15 } else { 0.5 };
        (confidence * (1.0 - doubt * (1.0 - least))).min(calibration::OCR_END)
    }

    fn put_code(&mut self, field: Field, code: Option<Code>) {
        if let Some(code) = code {
            self.put(field, code.text, Some(&code.words), code.confidence);
        }
    }

    fn put_date(&mut self, field: Field, when: Option<&When>) {
        if let Some(when) = when {
            self.put(field, dates::to_iso(when.date), Some(&when.words), when.confidence);
        }
    }

    fn put_sum(&mut self, field: Field, sum: Option<&Sum>) {
        if let Some(sum) = sum {
            self.put(field, money(sum.value), sum.words.as_ref(), sum.confidence);
        }
    }

    fn put_text(&mut self, field: Field, text: Option<&parties::Reading>) {
        if let Some(text) = text {
            self.put(field, text.text.clone(), Some(&text.words), text.confidence);
        }
    }

    fn document(&mut self, ctx: &Context<'_>, number: Option<&Code>, dates: &Dates) {
        self.put_code(Field::InvoiceNumber, number.cloned());
        self.put_date(Field::IssueDate, dates.issue.as_ref());
        self.put_date(Field::DueDate, dates.due.as_ref());
        self.put_date(Field::DeliveryDate, dates.delivery.as_ref());
        self.put_date(Field::TaxPointDate, dates.tax_point.as_ref());
        if let Some((start, end)) = &dates.period {
            self.put_date(Field::PeriodStart, Some(start));
            self.put_date(Field::PeriodEnd, Some(end));
        }
        let (kind, words, confidence) = document_type(ctx);
        self.put(Field::DocumentType, kind.to_owned(), words.as_ref(), confidence);
        self.put_code(Field::PurchaseOrder, number::code_of(ctx, Label::Order));
        self.put_code(Field::DespatchAdvice, number::code_of(ctx, Label::Despatch));
        self.put_code(Field::ContractReference, number::code_of(ctx, Label::Contract));
        self.put_code(Field::PrecedingInvoice, number::code_of(ctx, Label::Preceding));
        self.put_code(Field::SupplierTaxNumber, number::code_of(ctx, Label::TaxNumber));
    }

    fn parties(&mut self, parties: &Parties) {
        let (seller, buyer) = (&parties.supplier, &parties.buyer);
        self.put_text(Field::SupplierName, seller.name.as_ref());
        self.put_text(Field::SupplierVatId, seller.vat_id.as_ref());
        self.put_text(Field::SupplierStreet, seller.street.as_ref());
        self.put_text(Field::SupplierPostcode, seller.postcode.as_ref());
        self.put_text(Field::SupplierCity, seller.city.as_ref());
        self.put_text(Field::BuyerName, buyer.name.as_ref());
        self.put_text(Field::BuyerVatId, buyer.vat_id.as_ref());
        self.put_text(Field::BuyerStreet, buyer.street.as_ref());
        self.put_text(Field::BuyerPostcode, buyer.postcode.as_ref());
        self.put_text(Field::BuyerCity, buyer.city.as_ref());
    }

    fn payment(&mut self, ctx: &Context<'_>, ibans: &[IbanFound]) {
        let rank = |iban: &IbanFound| (!iban.is_payers, iban.is_valid, iban.is_labelled, iban.is_alone);
        // Of several equal ones the first: it is the one the sender prefers.
        let best = ibans.iter().rev().filter(|iban| !iban.is_payers).max_by_key(|iban| rank(iban));
        if let Some(iban) = best {
            let others = ibans.iter().any(|other| other.text != iban.text && rank(other) == rank(iban));
            let sure = match (iban.is_valid, iban.is_labelled) {
                (true, true) => 0.97,
                (true, false) => 0.9,
                _ => 0.4,
            };
            self.put(Field::Iban, iban.text.clone(), Some(&iban.words), if others { sure - 0.25 } else { sure });
        }
        let bic = ctx
            .labelled(Label::Bic)
            .take(20)
            .find_map(|label| ctx.near(label, |word| bic_at(ctx, word)).into_iter().next());
        if let Some(bic) = bic {
            self.put(Field::Bic, bic.value, Some(&bic.words), 0.9 * bic.quality);
        }
    }

    fn details(&mut self, ctx: &Context<'_>, number: Option<&Code>, dates: &Dates, parties: &Parties) {
        self.put_code(Field::BuyerReference, details::reference(ctx, Label::BuyerReference));
        self.put_code(Field::ProjectReference, details::reference(ctx, Label::Project));
        self.put_code(Field::CostCode, details::reference(ctx, Label::CostCode));
        self.put_code(Field::SupplierId, details::supplier_id(ctx, &parties.regions));
        self.put_code(Field::SupplierRegistration, details::registration(ctx, &parties.regions));
        self.put_code(Field::PaymentTerms, details::terms(ctx, dates.due.as_ref()));
        self.put_code(Field::PaymentMeans, details::means(ctx));
        self.put_code(Field::PaymentReference, details::payment_reference(ctx, number));
        let seller = parties.supplier.name.as_ref().map(|name| name.text.as_str());
        let (holder, payee) = details::account_holder(ctx, seller);
        self.put_code(Field::AccountName, holder);
        self.put_code(Field::PayeeName, payee);
        for (field, party) in [(Field::SupplierCountry, &parties.supplier), (Field::BuyerCountry, &parties.buyer)] {
            if let Some(country) = &party.country {
                self.put(field, country.code.clone(), Some(&country.words), country.confidence);
            }
        }
    }

    fn currency(&mut self, ctx: &Context<'_>, country: Option<&str>) {
        match currency::choose(ctx.sheet, ctx.found, &ctx.values.amounts, country) {
            Some(chosen) => self.put(Field::Currency, chosen.code.to_owned(), chosen.words.as_ref(), chosen.confidence),
            None => {
                if let Some(code) = country.and_then(currency::of_country) {
                    self.put(Field::Currency, code.to_owned(), None, 0.6);
                }
            }
        }
    }

    fn sums(&mut self, ctx: &Context<'_>, totals: &Totals) {
        self.put_sum(Field::NetTotal, totals.net.as_ref());
        self.put_sum(Field::TaxTotal, totals.tax.as_ref());
        self.put_sum(Field::GrossTotal, totals.gross.as_ref());
        self.put_sum(Field::AmountDue, totals.due.as_ref());
        self.put_sum(Field::PaidAmount, totals.paid.as_ref());
        self.put_sum(Field::LinesTotal, totals.lines.as_ref());
        self.put_sum(Field::AllowancesTotal, totals.allowances.as_ref());
        self.put_sum(Field::ChargesTotal, totals.charges.as_ref());
        self.put_sum(Field::RoundingAmount, totals.rounding.as_ref());
        self.reading.vat_rows = vat_rows(ctx, totals);
    }

    /// Says so when nothing that makes an invoice was found on pages that have text.
    fn note_if_no_invoice(&mut self) {
        let makes_one = [Field::InvoiceNumber, Field::IssueDate, Field::GrossTotal];
        let found = makes_one.iter().any(|field| self.reading.fields.contains_key(field));
        if !found && self.reading.notes.is_empty() {
            let message = "Neither a number, a date nor a total was found; this may be no invoice.";
            self.reading.notes.push(note("no_invoice_found", message));
        }
    }

    fn lines(&mut self, ctx: &Context<'_>, lines: &[Line]) {
        let rates = lines.iter().filter_map(|line| line.tax_rate);
        let reason = reason_of_nought(ctx, rates);
        self.reading.lines =
            lines.iter().enumerate().map(|(index, line)| invoice_line(self.sheet, index, line, reason)).collect();
    }
}

fn totals_of(ctx: &Context<'_>, table: &Table) -> Totals {
    let nets: Option<Vec<Decimal>> = table.lines.iter().map(|line| line.net).collect();
    let nets = nets.filter(|nets| !nets.is_empty());
    totals::find(ctx, nets.map(|nets| nets.into_iter().sum()))
}

/// The category of a rate of nought, if one is among these. It has several reasons, with a category each: only words tell
/// which.
fn reason_of_nought(ctx: &Context<'_>, mut rates: impl Iterator<Item = Decimal>) -> Option<&'static str> {
    if rates.any(|rate| rate.is_zero()) { details::zero_rate(ctx) } else { None }
}

/// The category of a rate; `reason` is that of nought.
fn category(rate: Decimal, reason: Option<&str>) -> Option<String> {
    if rate.is_zero() { reason } else { Some("S") }.map(str::to_owned)
}

/// The rows of the breakdown.
fn vat_rows(ctx: &Context<'_>, totals: &Totals) -> Vec<VatRow> {
    let reason = reason_of_nought(ctx, totals.vat_rows.iter().map(|row| row.rate));
    let plain = |value: Decimal| value.normalize().to_string();
    let rows = totals.vat_rows.iter().map(|row| VatRow {
        base: Some(money(row.base)),
        tax: Some(money(row.tax)),
        category: category(row.rate, reason),
        rate: Some(plain(row.rate)),
    });
    rows.collect()
}

fn invoice_line(sheet: &Sheet, index: usize, line: &Line, reason: Option<&str>) -> InvoiceLine {
    let plain = |value: Decimal| value.normalize().to_string();
    InvoiceLine {
        id: line.position.clone().unwrap_or_else(|| (index + 1).to_string()),
        description: line.description.clone(),
        quantity: line.quantity.map(plain),
        unit: line.unit.clone(),
        unit_price: line.price.map(plain),
        net: line.net.or(line.gross).map(money),
        allowances: line.allowances().map(money),
        tax_category: line.tax_rate.and_then(|rate| category(rate, reason)),
        tax_rate: line.tax_rate.map(plain),
        informative: false,
        order: None,
        item_number: Some(line.item.clone()).filter(|item| !item.is_empty()),
        place: sheet.place(line.words.clone()),
        from_model: None,
    }
}

/// With two decimals at least, as money is written.
fn money(value: Decimal) -> String {
    let mut value = value.normalize();
    if value.scale() < 2 {
        value.rescale(2);
    }
    value.to_string()
}

/// UNTDID 1001: 381 where a credit note's title stands, else 380.
fn document_type(ctx: &Context<'_>) -> (&'static str, Option<Range<usize>>, f32) {
    let is_title = |label: &&labels::Found| {
        let cell = &ctx.sheet.cells[label.cell];
        let large = ctx.sheet.words[label.words.start].size >= 11.0 || ctx.sheet.words[label.words.start].bold;
        ctx.is_first_in_cell(label)
            && ctx.sheet.page_of_cell(label.cell) == 0
            && !ctx.in_table[cell.row]
            && cell.words.len() <= label.words.len() + 8
            && (large || cell.words.len() <= label.words.len() + 4)
            && ctx.height_of(label.words.start) < 0.6
    };
    let credit = ctx.labelled(Label::CreditTitle).find(is_title);
    let title = ctx.labelled(Label::Title).find(is_title);
    match (credit, title) {
        (Some(credit), None) => ("381", Some(credit.words.clone()), 0.9),
        (Some(credit), Some(title)) if credit.words.start < title.words.start => {
            ("381", Some(credit.words.clone()), 0.75)
        }
        (_, Some(title)) => ("380", Some(title.words.clone()), 0.9),
        (None, None) => ("380", None, 0.6),
    }
}

fn bic_at(ctx: &Context<'_>, word: usize) -> Option<(String, Range<usize>)> {
    let text = ctx.sheet.words[word].text.rsplit(':').next()?.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let bytes = text.as_bytes();
    let fits = matches!(bytes.len(), 8 | 11)
        && bytes[..6].iter().all(u8::is_ascii_uppercase)
        && bytes.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    fits.then(|| (text.to_owned(), word..word + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lines_category_follows_from_its_rate() {
        let sheet = Sheet::new(&[]);
        let category = |rate: Option<i64>, reason: Option<&str>| {
            let line = Line { tax_rate: rate.map(Decimal::from), ..Line::default() };
            invoice_line(&sheet, 0, &line, reason).tax_category
        };
        assert_eq!(category(Some(19), None).as_deref(), Some("S"));
        assert_eq!(category(Some(0), Some("AE")).as_deref(), Some("AE"));
        assert_eq!(category(Some(0), None), None);
        assert_eq!(category(None, Some("AE")), None, "no rate says nothing");
    }
}
