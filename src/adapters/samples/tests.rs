use super::*;
use crate::adapters::readers::{self, pdf};
use crate::domain::field::Field;
use crate::domain::reading::{PageBox, Reading};
use hayro::hayro_syntax::Pdf;
use quick_xml::events::Event;
use std::collections::HashSet;

const KINDS: [DocumentKind; 5] =
    [DocumentKind::Ubl, DocumentKind::Cii, DocumentKind::FacturxPdf, DocumentKind::TextPdf, DocumentKind::ScanImage];

fn amount(sample: &Sample, field: Field) -> Decimal {
    sample.truth[&field].parse().unwrap()
}

/// Every text in the XML, by the local name of its element. Fails on XML that is not well formed.
fn texts(xml: &[u8]) -> Vec<(String, String)> {
    let mut reader = quick_xml::Reader::from_reader(xml);
    let (mut open, mut found) = (Vec::new(), Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => open.push(tag.local_name().as_ref().to_owned()),
            Event::End(_) => drop(open.pop().unwrap()),
            Event::Text(text) => {
                let text = text.trim().to_owned();
                if !text.is_empty() {
                    found.push((open.last().unwrap().clone(), text));
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(open.is_empty());
    found
}

fn has(texts: &[(String, String)], element: &str, text: &str) -> bool {
    texts.iter().any(|(name, found)| name == element && found == text)
}

#[test]
fn the_demo_holds_what_it_promises() {
    let samples = all();
    let count = |quirk| samples.iter().filter(|sample| sample.quirk == quirk).count();
    assert_eq!(samples.len(), 15);
    for quirk in [Quirk::Duplicate, Quirk::TotalOff, Quirk::Overdue, Quirk::CreditNote] {
        assert_eq!(count(quirk), 1, "{quirk:?}");
    }
    let kinds: HashSet<&str> = samples.iter().map(|sample| sample.kind.as_str()).collect();
    assert_eq!(kinds.len(), KINDS.len());
    let names: HashSet<&str> = samples.iter().map(|sample| sample.filename.as_str()).collect();
    assert_eq!(names.len(), samples.len() - 1, "only the duplicate shares its name");
}

#[test]
fn the_quirks_are_real() {
    let (today, samples) = (reference_day(), all());
    let find = |quirk| samples.iter().find(|sample| sample.quirk == quirk).unwrap();

    let off = find(Quirk::TotalOff);
    let sum = amount(off, Field::NetTotal) + amount(off, Field::TaxTotal);
    assert_eq!(amount(off, Field::GrossTotal) - sum, Decimal::new(2, 2));

    let overdue: Vec<&Sample> = samples
        .iter()
        .filter(|sample| sample.truth.get(&Field::DueDate).is_some_and(|due| *due < invoice::iso(today)))
        .collect();
    assert_eq!(overdue.len(), 1);
    assert_eq!(overdue[0].quirk, Quirk::Overdue);

    let credit = find(Quirk::CreditNote);
    assert_eq!(credit.truth[&Field::DocumentType], "381");
    let corrected = &credit.truth[&Field::PrecedingInvoice];
    assert!(samples.iter().any(|sample| sample.truth[&Field::InvoiceNumber] == *corrected));

    let copy = find(Quirk::Duplicate);
    let same: Vec<&Sample> = samples
        .iter()
        .filter(|other| other.truth[&Field::InvoiceNumber] == copy.truth[&Field::InvoiceNumber])
        .collect();
    assert_eq!(same.len(), 2);
    assert_eq!(same[0].truth[&Field::GrossTotal], same[1].truth[&Field::GrossTotal]);
    assert_ne!(same[0].bytes, same[1].bytes);
}

#[test]
fn the_truth_adds_up() {
    for sample in all().iter().filter(|sample| sample.quirk != Quirk::TotalOff) {
        let lines: Decimal =
            sample.lines.iter().map(|line| line.net.as_deref().unwrap().parse::<Decimal>().unwrap()).sum();
        let discount = sample.truth.get(&Field::AllowancesTotal).map_or(Decimal::ZERO, |text| text.parse().unwrap());
        let (net, gross) = (amount(sample, Field::NetTotal), amount(sample, Field::GrossTotal));
        assert_eq!(lines - discount, net, "{}", sample.filename);
        assert_eq!(net + amount(sample, Field::TaxTotal), gross, "{}", sample.filename);
    }
}

#[test]
fn the_same_seed_makes_the_same_document() {
    for kind in KINDS {
        let (one, again, other) = (generate(kind, 5), generate(kind, 5), generate(kind, 6));
        assert_eq!(one.bytes, again.bytes, "{kind:?}");
        assert_ne!(one.bytes, other.bytes, "{kind:?}");
    }
}

#[test]
fn ubl_is_well_formed_and_states_the_truth() {
    for seed in 0..60 {
        let sample = generate(DocumentKind::Ubl, seed);
        let texts = texts(&sample.bytes);
        let truth = &sample.truth;
        assert!(has(&texts, "ID", &truth[&Field::InvoiceNumber]));
        assert!(has(&texts, "IssueDate", &truth[&Field::IssueDate]));
        assert!(has(&texts, "TaxInclusiveAmount", &truth[&Field::GrossTotal]));
        assert!(has(&texts, "TaxExclusiveAmount", &truth[&Field::NetTotal]));
        assert!(has(&texts, "CompanyID", &truth[&Field::SupplierVatId]));
        let lines = texts.iter().filter(|(name, _)| name == "InvoicedQuantity").count();
        assert_eq!(lines, sample.lines.len());
    }
}

#[test]
fn cii_is_well_formed_and_states_the_truth() {
    for seed in 0..60 {
        let sample = generate(DocumentKind::Cii, seed);
        let texts = texts(&sample.bytes);
        let truth = &sample.truth;
        assert!(has(&texts, "DateTimeString", &truth[&Field::IssueDate].replace('-', "")));
        assert!(has(&texts, "GrandTotalAmount", &truth[&Field::GrossTotal]));
        assert!(has(&texts, "TaxBasisTotalAmount", &truth[&Field::NetTotal]));
        assert!(has(&texts, "IBANID", &truth[&Field::Iban]));
        let lines = texts.iter().filter(|(name, _)| name == "BilledQuantity").count();
        assert_eq!(lines, sample.lines.len());
    }
}

#[test]
fn every_pdf_opens_and_long_ones_have_more_pages() {
    let mut most = 0;
    for kind in [DocumentKind::FacturxPdf, DocumentKind::TextPdf] {
        for seed in 0..40 {
            let sample = generate(kind, seed);
            let pages = Pdf::new(sample.bytes).unwrap().pages().len();
            assert!(pages >= 1 && (pages > 1 || sample.lines.len() < 40), "{kind:?} {seed}");
            most = most.max(pages);
        }
    }
    assert!(most > 1);
}

#[test]
fn a_hybrid_holds_its_xml_as_it_is() {
    let sample = generate(DocumentKind::FacturxPdf, 3);
    let begin = sample.bytes.windows(5).position(|window| window == b"<?xml").unwrap();
    let end = sample.bytes.windows(26).position(|window| window == b"</rsm:CrossIndustryInvoice").unwrap();
    assert_eq!(&sample.bytes[begin..end + 27], generate(DocumentKind::Cii, 3).bytes.trim_ascii_end());
}

#[test]
fn a_scan_is_small_and_has_no_text() {
    let sample = generate(DocumentKind::ScanImage, 1);
    let pdf = Pdf::new(sample.bytes.clone()).unwrap();
    assert!(!pdf.pages().is_empty());
    assert!(sample.bytes.len() < 600_000, "{} bytes", sample.bytes.len());
    assert!(!sample.bytes.windows(2).any(|window| window == b"Tj"));
}

fn read(sample: &Sample) -> Reading {
    readers::read(&sample.bytes).unwrap_or_else(|error| panic!("{}: {error}", sample.filename))
}

/// The fields of `wanted` that the reader did not find or found to be something else, one a line.
fn differences(sample: &Sample, wanted: &[Field]) -> Vec<String> {
    let reading = read(sample);
    wanted
        .iter()
        .filter_map(|field| {
            let (found, truth) = (reading.fields.get(field), sample.truth.get(field)?);
            let found = found.map(|value| value.value.as_str());
            (found != Some(truth)).then(|| format!("{} {field}: {found:?}, not {truth:?}", sample.filename))
        })
        .collect()
}

#[test]
fn the_readers_find_everything_in_xml() {
    let mut wrong = Vec::new();
    for kind in [DocumentKind::Ubl, DocumentKind::Cii, DocumentKind::FacturxPdf] {
        for seed in 0..25 {
            let sample = generate(kind, seed);
            let reading = read(&sample);
            assert_eq!(reading.kind, kind);
            wrong.extend(differences(&sample, Field::ALL));
            let figures = |line: &InvoiceLine| {
                let InvoiceLine { description, quantity, unit_price, net, tax_rate, item_number, .. } = line.clone();
                (description, quantity, unit_price, net, tax_rate, item_number)
            };
            let (found, truth): (Vec<_>, Vec<_>) =
                (reading.lines.iter().map(figures).collect(), sample.lines.iter().map(figures).collect());
            assert_eq!(found, truth, "{}", sample.filename);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_readers_find_what_an_approval_needs_on_paper() {
    let samples: Vec<Sample> = (0..100).map(|seed| generate(DocumentKind::TextPdf, seed)).collect();
    let wrong: Vec<String> = samples.iter().flat_map(|sample| differences(sample, &Field::REQUIRED)).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), samples.len() * Field::REQUIRED.len(), wrong.join("\n"));
}

/// Letters and digits, for texts that may be spaced and signed otherwise.
fn letters(text: &str) -> String {
    text.chars().filter(|sign| sign.is_alphanumeric()).collect()
}

/// The words of a page whose middle is inside of a box, as they are drawn.
fn inside(pages: &[pdf::PageWords], place: PageBox) -> String {
    let page = &pages[place.page as usize - 1];
    let is_inside = |word: &&pdf::Word| {
        let (x, y) = (word.x + word.w / 2.0, word.y + word.h / 2.0);
        (place.x..=place.x + place.w).contains(&x) && (place.y..=place.y + place.h).contains(&y)
    };
    page.words.iter().filter(is_inside).map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

#[test]
fn boxes_lie_on_the_words_that_were_read() {
    let (mut boxes, mut wrong) = (0, Vec::new());
    for seed in 0..100 {
        let sample = generate(DocumentKind::TextPdf, seed);
        let pages = pdf::words(&sample.bytes).unwrap();
        for (field, value) in &read(&sample).fields {
            let Some(place) = value.place else { continue };
            boxes += 1;
            let words = inside(&pages, place);
            let said = value.raw.as_deref().unwrap_or(&value.value);
            // A label glued to its value, `No.:12`, is one word of the page.
            if !letters(&words).contains(&letters(said)) || letters(&words).len() > letters(said).len() + 12 {
                wrong.push(format!("{seed} {field}: {said:?}, in the box {words:?}"));
            }
        }
    }
    println!("{boxes} boxes, {} of them beside their words", wrong.len());
    assert!(boxes > 1_500 && wrong.is_empty(), "{} of {boxes}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_readers_find_the_lines_on_paper() {
    let (mut read_lines, mut true_lines, mut right) = (0, 0, 0);
    let mut wrong = Vec::new();
    for seed in 0..100 {
        let sample = generate(DocumentKind::TextPdf, seed);
        let key = |line: &InvoiceLine| {
            let number = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<Decimal>().ok());
            (letters(&line.description), [&line.quantity, &line.unit_price, &line.net].map(number))
        };
        let mut found: Vec<_> = read(&sample).lines.iter().map(key).collect();
        (read_lines, true_lines) = (read_lines + found.len(), true_lines + sample.lines.len());
        for line in sample.lines.iter().map(key) {
            match found.iter().position(|other| *other == line) {
                Some(at) => {
                    found.swap_remove(at);
                    right += 1;
                }
                None => wrong.push(format!("{seed}: {line:?}")),
            }
        }
    }
    let f1 = 2.0 * f64::from(right) / (read_lines + true_lines) as f64;
    println!("lines on paper: F1 {f1:.4} ({right} right, {read_lines} read, {true_lines} there)");
    wrong.truncate(20);
    assert!(f1 >= 0.95, "F1 {f1:.4}; not found:\n{}", wrong.join("\n"));
}
