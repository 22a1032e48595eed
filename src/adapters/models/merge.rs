//! How far a model's opinion is taken. It never makes a value sure, it never stands against sums that fit, and of a
//! document with words it is taken only for what stands there.

use super::answer::Answer;
use crate::domain::{
    field::{Field, FieldKind},
    invoice::SURE,
    money::Decimal,
    reading::{DocumentKind, InvoiceLine, PageBox, ReadValue, Reading, Source},
};

/// BT-3 of a credit note.
const CREDIT_NOTE: &str = "381";
/// What both readers found, each by itself.
const AGREED: f32 = 0.95;
/// What the model alone found, and what stands on the page.
const SEEN: f32 = 0.8;
/// What the model alone found in a picture, where nothing tells whether it stands there.
const UNSEEN: f32 = 0.5;
/// A reading of ours that is at least this sure is not given up for a model's.
const OURS: f32 = 0.9;
/// Sums may be off by so much: rounding.
const TOLERANCE: Decimal = Decimal::from_parts(2, 0, 0, false, 2);

const TOTALS: [Field; 3] = [Field::NetTotal, Field::TaxTotal, Field::GrossTotal];

/// Where a value stands among a document's words.
pub type Find<'a> = &'a dyn Fn(Field, &str) -> Option<PageBox>;

/// Whether a model is asked about such a document: what XML says needs no second opinion.
pub fn is_asked(kind: DocumentKind) -> bool {
    matches!(kind, DocumentKind::TextPdf | DocumentKind::ScanImage)
}

/// Whether we read it as a credit note. What a model says of that does not count: it may have turned the signs over.
pub fn is_credit_note(reading: &Reading) -> bool {
    reading.fields.get(&Field::DocumentType).is_some_and(|kind| kind.value == CREDIT_NOTE)
}

/// Puts into `reading` what it takes of the answer. `find` gives where a value stands among the document's words; None
/// where the document has none.
pub fn merge(reading: &mut Reading, answer: &Answer, find: Option<Find<'_>>) {
    if !is_asked(reading.kind) {
        return;
    }
    let place = |field: Field, value: &str| find.and_then(|find| find(field, value));
    totals(reading, answer, find.is_some(), &place);
    for (field, value) in &answer.fields {
        if !TOTALS.contains(field) {
            one(reading, *field, value, find.is_some(), &place);
        }
    }
    lines(reading, answer, &place);
}

fn one(reading: &mut Reading, field: Field, value: &str, has_words: bool, place: Find<'_>) {
    match reading.fields.get_mut(&field) {
        Some(ours) if is_same(field, &ours.value, value) => ours.confidence = ours.confidence.max(AGREED),
        Some(ours) if ours.confidence >= OURS => {}
        _ => {
            // Codes are told by no word of the page: the default is ours.
            let stands = place(field, value);
            let is_spelled_out = !matches!(field, Field::DocumentType | Field::Currency);
            if has_words && stands.is_none() && is_spelled_out {
                return;
            }
            if has_words && !is_spelled_out && reading.fields.contains_key(&field) {
                return;
            }
            reading.fields.insert(field, read(value, stands, has_words));
        }
    }
}

/// Net, VAT and gross are taken together, when they fit each other and ours do not; and never against one that is sure.
fn totals(reading: &mut Reading, answer: &Answer, has_words: bool, place: &dyn Fn(Field, &str) -> Option<PageBox>) {
    let of_reading = TOTALS.map(|field| number(reading.fields.get(&field).map(|value| value.value.as_str())));
    let of_answer = TOTALS.map(|field| number(answer.fields.get(&field).map(String::as_str)));
    let agree = of_reading[2].is_some() && of_reading[2] == of_answer[2];
    let is_sure = |field: &Field| reading.fields.get(field).is_some_and(|ours| ours.confidence >= SURE);
    let changes_sure = TOTALS
        .iter()
        .zip(of_reading.iter().zip(&of_answer))
        .any(|(field, (ours, theirs))| is_sure(field) && ours != theirs);
    if fits(of_reading) || !fits(of_answer) || changes_sure {
        for field in TOTALS.into_iter().filter(|_| agree) {
            if let Some(ours) = reading.fields.get_mut(&field)
                && number(Some(&ours.value)) == number(answer.fields.get(&field).map(String::as_str))
            {
                ours.confidence = ours.confidence.max(AGREED);
            }
        }
        return;
    }
    let stands = |field: Field| {
        let value = answer.fields.get(&field)?;
        let is_nought = number(Some(value)).is_some_and(|amount| amount.is_zero());
        (!has_words || is_nought || place(field, value).is_some()).then_some(value)
    };
    if TOTALS.iter().any(|field| stands(*field).is_none()) {
        return;
    }
    for field in TOTALS {
        let is_kept = reading.fields.get(&field).is_some_and(|ours| ours.confidence >= SURE);
        if let Some(value) = answer.fields.get(&field).filter(|_| !is_kept) {
            reading.fields.insert(field, read(value, place(field, value), has_words));
        }
    }
}

/// Lines are taken where there are none, when their sum is the net total. Each tells that a model gave it, and how sure it
/// is: whether its net stands there.
fn lines(reading: &mut Reading, answer: &Answer, place: Find<'_>) {
    let net = number(reading.fields.get(&Field::NetTotal).map(|value| value.value.as_str()));
    let sum: Option<Decimal> = answer.lines.iter().map(|line| number(line.net.as_deref())).sum();
    let fits = net.zip(sum).is_some_and(|(net, sum)| (net - sum).abs() <= TOLERANCE);
    if reading.lines.is_empty() && !answer.lines.is_empty() && fits {
        let told = |line: &InvoiceLine| {
            let stands = line.net.as_ref().is_some_and(|net| place(Field::NetTotal, net).is_some());
            InvoiceLine { from_model: Some(if stands { SEEN } else { UNSEEN }), ..line.clone() }
        };
        reading.lines = answer.lines.iter().map(told).collect();
    }
}

fn read(value: &str, place: Option<PageBox>, has_words: bool) -> ReadValue {
    let confidence = if place.is_some() || has_words { SEEN } else { UNSEEN };
    ReadValue { value: value.to_owned(), raw: None, confidence, place, source: Source::Model }
}

fn number(text: Option<&str>) -> Option<Decimal> {
    text?.parse().ok()
}

fn fits([net, tax, gross]: [Option<Decimal>; 3]) -> bool {
    match (net, tax, gross) {
        (Some(net), Some(tax), Some(gross)) => (net + tax - gross).abs() <= TOLERANCE,
        _ => false,
    }
}

fn is_same(field: Field, one: &str, other: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|sign| sign.is_alphanumeric()).collect::<String>().to_lowercase();
    match field.kind() {
        FieldKind::Amount => number(Some(one)) == number(Some(other)),
        _ => letters(one) == letters(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rows;
    use proptest::prelude::*;

    fn ours(values: &[(Field, &str, f32)]) -> Reading {
        let mut reading = Reading::empty(DocumentKind::TextPdf);
        for (field, value, confidence) in values {
            let value = ReadValue {
                value: (*value).to_owned(),
                raw: None,
                confidence: *confidence,
                place: None,
                source: Source::Text,
            };
            reading.fields.insert(*field, value);
        }
        reading
    }

    fn theirs(values: &[(Field, &str)]) -> Answer {
        let fields = values.iter().map(|(field, value)| (*field, (*value).to_owned())).collect();
        Answer { fields, lines: Vec::new() }
    }

    /// Merges with a page on which only these values stand.
    fn merged(mut reading: Reading, answer: &Answer, on_page: &[&str]) -> Reading {
        let place = PageBox { page: 1, x: 0.1, y: 0.1, w: 0.1, h: 0.1 };
        merge(&mut reading, answer, Some(&|_, value: &str| on_page.contains(&value).then_some(place)));
        reading
    }

    fn value(reading: &Reading, field: Field) -> Option<(&str, Source)> {
        reading.fields.get(&field).map(|value| (value.value.as_str(), value.source))
    }

    #[test]
    fn what_is_missing_is_taken_when_it_stands_there() {
        let answer = theirs(&[(Field::DueDate, "2026-12-01"), (Field::PurchaseOrder, "PO 9")]);
        let reading = merged(ours(&[]), &answer, &["2026-12-01"]);
        assert_eq!(value(&reading, Field::DueDate), Some(("2026-12-01", Source::Model)));
        assert!(reading.fields[&Field::DueDate].place.is_some() && reading.fields[&Field::DueDate].confidence < SURE);
        assert_eq!(value(&reading, Field::PurchaseOrder), None, "it stands nowhere");
    }

    #[test]
    fn what_is_read_well_is_not_given_up() {
        let reading = ours(&[(Field::Iban, "DE75512108001245126199", 0.95), (Field::BuyerName, "Byer", 0.4)]);
        let answer = theirs(&[(Field::Iban, "DE89370400440532013000"), (Field::BuyerName, "Buyer Ltd")]);
        let reading = merged(reading, &answer, &["DE89370400440532013000", "Buyer Ltd"]);
        assert_eq!(value(&reading, Field::Iban), Some(("DE75512108001245126199", Source::Text)));
        assert_eq!(value(&reading, Field::BuyerName), Some(("Buyer Ltd", Source::Model)));
    }

    #[test]
    fn agreement_makes_surer_and_never_sure() {
        let answer = theirs(&[(Field::InvoiceNumber, "R-1")]);
        let reading = merged(ours(&[(Field::InvoiceNumber, "R 1", 0.6)]), &answer, &[]);
        assert_eq!(reading.fields[&Field::InvoiceNumber].confidence, AGREED);
        let sure = merged(ours(&[(Field::InvoiceNumber, "R 1", 0.99)]), &answer, &[]);
        assert_eq!(sure.fields[&Field::InvoiceNumber].confidence, 0.99);
        const { assert!(AGREED < SURE) };
    }

    #[test]
    fn sums_that_fit_stand_against_any_model() {
        let fitting = [(Field::NetTotal, "100", 0.7), (Field::TaxTotal, "19", 0.7), (Field::GrossTotal, "119", 0.7)];
        let answer = theirs(&[(Field::NetTotal, "1"), (Field::TaxTotal, "0"), (Field::GrossTotal, "1")]);
        let reading = merged(ours(&fitting), &answer, &["1", "0"]);
        assert_eq!(value(&reading, Field::GrossTotal), Some(("119", Source::Text)));
        // And sums of a model that do not fit are none.
        let wrong = theirs(&[(Field::NetTotal, "100"), (Field::TaxTotal, "19"), (Field::GrossTotal, "1000")]);
        let reading = merged(ours(&[(Field::GrossTotal, "19", 0.3)]), &wrong, &["100", "19", "1000"]);
        assert_eq!(value(&reading, Field::GrossTotal), Some(("19", Source::Text)));
    }

    #[test]
    fn sums_are_taken_together_when_ours_do_not_fit() {
        let answer = theirs(&[(Field::NetTotal, "100"), (Field::TaxTotal, "19"), (Field::GrossTotal, "119")]);
        let reading = merged(ours(&[(Field::GrossTotal, "19", 0.95)]), &answer, &["100", "19", "119"]);
        assert_eq!(TOTALS.map(|field| value(&reading, field).unwrap().1), [Source::Model; 3]);
        let unseen = merged(ours(&[(Field::GrossTotal, "19", 0.95)]), &answer, &["100", "19"]);
        assert_eq!(value(&unseen, Field::GrossTotal), Some(("19", Source::Text)));
    }

    #[test]
    fn lines_are_taken_when_their_sum_is_the_net_total() {
        let line = |net: &str| InvoiceLine { net: Some(net.to_owned()), ..InvoiceLine::default() };
        let answer = Answer { lines: vec![line("60"), line("40")], ..Answer::default() };
        let reading = ours(&[(Field::NetTotal, "100.00", 0.9)]);
        assert_eq!(merged(reading.clone(), &answer, &[]).lines.len(), 2);
        // They say whose they are, and are surer where their net stands on the page.
        let rows = rows::of_reading(&merged(reading.clone(), &answer, &["40"]));
        let told = [1, 2].map(|number| &rows[&Field::Line(number)]).map(|row| (row.source, row.confidence));
        assert_eq!(told, [(Source::Model, UNSEEN), (Source::Model, SEEN)]);
        let short = Answer { lines: vec![line("60")], ..Answer::default() };
        assert!(merged(reading, &short, &[]).lines.is_empty());
    }

    #[test]
    fn xml_is_not_touched_and_pictures_are_taken_unsurely() {
        let answer = theirs(&[(Field::InvoiceNumber, "R-1")]);
        let mut xml = Reading::empty(DocumentKind::FacturxPdf);
        merge(&mut xml, &answer, None);
        assert!(xml.fields.is_empty());
        let mut scan = Reading::empty(DocumentKind::ScanImage);
        merge(&mut scan, &answer, None);
        assert_eq!(scan.fields[&Field::InvoiceNumber].confidence, UNSEEN);
    }

    #[test]
    fn a_sure_sum_is_kept_though_others_are_missing() {
        let answer = theirs(&[(Field::NetTotal, "100"), (Field::TaxTotal, "19"), (Field::GrossTotal, "119")]);
        let seen = ["100", "19", "119"];
        let kept = merged(ours(&[(Field::GrossTotal, "120", 0.98)]), &answer, &seen);
        assert_eq!(value(&kept, Field::GrossTotal), Some(("120", Source::Text)));
        assert_eq!(value(&kept, Field::NetTotal), None);
        // One that agrees stands in nobody's way, and keeps where it was read.
        let completed = merged(ours(&[(Field::GrossTotal, "119", 0.98)]), &answer, &seen);
        assert_eq!(value(&completed, Field::NetTotal), Some(("100", Source::Model)));
        assert_eq!(value(&completed, Field::GrossTotal), Some(("119", Source::Text)));
    }

    const ASKED: [Field; 8] = [
        Field::InvoiceNumber,
        Field::IssueDate,
        Field::Currency,
        Field::SupplierName,
        Field::Iban,
        Field::NetTotal,
        Field::TaxTotal,
        Field::GrossTotal,
    ];

    /// Values of few kinds, so that they agree, add up and differ often.
    fn said(field: Field, pick: u8) -> String {
        match field.kind() {
            FieldKind::Amount => ["100", "19", "119", "120", "0", "101.00"][usize::from(pick % 6)].to_owned(),
            FieldKind::Date => format!("2026-0{}-01", pick % 3 + 1),
            FieldKind::Currency => ["EUR", "GBP", "CHF"][usize::from(pick % 3)].to_owned(),
            _ => format!("Value {}", pick % 3),
        }
    }

    proptest! {
        #[test]
        fn no_answer_changes_what_is_sure_or_parts_sums(
            read in proptest::collection::vec(proptest::option::of((any::<u8>(), 0.0f32..1.0)), ASKED.len()),
            answered in proptest::collection::vec(proptest::option::of(any::<u8>()), ASKED.len()),
            stands in any::<u8>(),
            has_words in any::<bool>(),
        ) {
            let mut before = Reading::empty(DocumentKind::TextPdf);
            let mut answer = Answer::default();
            for ((field, read), answered) in ASKED.into_iter().zip(&read).zip(&answered) {
                if let Some((pick, confidence)) = read {
                    let value = said(field, *pick);
                    let value = ReadValue { value, raw: None, confidence: *confidence, place: None, source: Source::Text };
                    before.fields.insert(field, value);
                }
                answer.fields.extend(answered.map(|pick| (field, said(field, pick))));
            }
            let place = PageBox { page: 1, x: 0.1, y: 0.1, w: 0.1, h: 0.1 };
            let find = |_: Field, value: &str| (value.len() as u8 & 3 != stands & 3).then_some(place);
            let mut after = before.clone();
            merge(&mut after, &answer, if has_words { Some(&find) } else { None });
            for field in ASKED {
                let (was, is) = (before.fields.get(&field), after.fields.get(&field));
                if was.is_some_and(|was| was.confidence >= SURE) {
                    prop_assert_eq!(was, is, "{:?}", field);
                }
                let from_model = is.filter(|is| is.source == Source::Model);
                prop_assert!(from_model.is_none_or(|is| is.confidence < SURE && answer.fields.get(&field) == Some(&is.value)));
                prop_assert!(was.is_none() || is.is_some(), "nothing is taken away");
            }
            let taken = TOTALS.iter().any(|field| after.fields.get(field).is_some_and(|sum| sum.source == Source::Model));
            let sums = TOTALS.map(|field| number(after.fields.get(&field).map(|value| value.value.as_str())));
            prop_assert!(!taken || fits(sums), "{:?}", sums);
        }
    }
}
