//! Public sample invoices, read in child processes as in real work, against the truth written beside them.
//!
//! They are other people's documents and no part of this project: without the folder (`AP_INTAKE_CORPUS`, else
//! `../shared/corpus` beside the project) these tests say so and pass.

use ap_intake::{
    adapters::readers::{
        ocr::Ocr,
        pool::{PoolOptions, ReaderPool},
    },
    domain::{
        checks::{self, Facts, Severity},
        field::Field,
        invoice::SURE,
        learning::{Known, Lesson, Pages, choose, learn},
        money::Decimal,
        normalise::normalise,
        reading::{PageBox, ReadError, ReadErrorCode, Reading},
    },
};
use futures::{StreamExt, stream};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The kinds whose values stand in XML: nothing may be wrong there.
const EXACT_KINDS: [&str; 3] = ["ubl", "cii", "facturx_pdf"];
/// Of the fields of a kind so many are right, in per cent. Raise it when the reading gets better.
const FLOORS: [(&str, usize); 2] = [("text_pdf", 97), ("scan_image", 90)];
/// What only OCR reads.
const SCANS: &str = "scan_image";
/// Of a thousand values that are called sure, so many may be wrong.
const SURE_AND_WRONG: usize = 25;

pub fn corpus(list: &str) -> Option<(PathBuf, Vec<Value>)> {
    let folder = match std::env::var_os("AP_INTAKE_CORPUS") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
    };
    let Ok(text) = std::fs::read_to_string(folder.join(list)) else {
        println!("SKIPPED: no sample invoices in {} (set AP_INTAKE_CORPUS)", folder.display());
        return None;
    };
    let rows = text.lines().map(|line| serde_json::from_str(line).expect("a list of JSON lines")).collect();
    Some((folder, rows))
}

pub fn pool() -> ReaderPool {
    pool_with(None)
}

fn pool_with(ocr: Option<Ocr>) -> ReaderPool {
    let program = Some(PathBuf::from(env!("CARGO_BIN_EXE_ap-intake")));
    ReaderPool::new(PoolOptions { program, ocr, ..PoolOptions::default() })
}

async fn read(pool: &ReaderPool, folder: &Path, row: &Value) -> Result<Reading, ReadError> {
    let file = row["file"].as_str().expect("a file");
    let document = std::fs::read(folder.join(file)).expect("the file is there");
    pool.read(document.into()).await
}

/// Letters and digits in upper case.
fn code(text: &str) -> String {
    text.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

fn amount(text: &str) -> Option<Decimal> {
    text.parse().ok().map(|amount: Decimal| amount.round_dp(2))
}

/// Whether one name's words are all in the other.
fn same_name(a: &str, b: &str) -> bool {
    let words = |text: &str| text.split_whitespace().map(code).filter(|word| !word.is_empty()).collect::<Vec<_>>();
    let (a, b) = (words(a), words(b));
    let within = |short: &[String], long: &[String]| !short.is_empty() && short.iter().all(|word| long.contains(word));
    within(&a, &b) || within(&b, &a)
}

fn is_right(row: &Value, field: &str, reading: &Reading) -> bool {
    let truth = &row["truth"][field];
    if field == "line_count" {
        return truth.as_u64() == Some(reading.lines.len() as u64);
    }
    let field: Field = field.parse().expect("a field");
    let got = reading.fields.get(&field).map(|value| value.value.as_str());
    let (Some(truth), Some(got)) = (truth.as_str(), got) else {
        return truth.is_null() && got.is_none();
    };
    let also = |list: &str| row["also_accepted"][list].as_array().cloned().unwrap_or_default();
    let accepted =
        |list: &str| also(list).iter().any(|other| other.as_str().is_some_and(|other| code(other) == code(got)));
    match field {
        Field::NetTotal | Field::TaxTotal | Field::GrossTotal => amount(truth) == amount(got),
        Field::SupplierName | Field::BuyerName => same_name(truth, got),
        Field::DueDate => truth == got || accepted("due_dates"),
        Field::Iban => code(truth) == code(got) || accepted("account_ids"),
        _ => code(truth) == code(got),
    }
}

/// What was read of a kind of documents.
#[derive(Default)]
struct Tally {
    total: usize,
    wrong: Vec<String>,
    sure: usize,
    sure_and_wrong: Vec<String>,
    /// Each is one invoice: these were taken for several.
    taken_for_several: Vec<String>,
}

impl Tally {
    fn add(&mut self, row: &Value, reading: &Reading) {
        if !reading.parts.is_empty() {
            self.taken_for_several.push(row["file"].to_string());
        }
        for name in row["scored_fields"].as_array().expect("fields") {
            let name = name.as_str().expect("a name");
            let is_right = is_right(row, name, reading);
            let what = || format!("{} {name}", row["file"]);
            self.total += 1;
            if !is_right {
                self.wrong.push(what());
            }
            let value = name.parse().ok().and_then(|field: Field| reading.fields.get(&field));
            if value.is_some_and(|value| value.confidence >= SURE) {
                self.sure += 1;
                if !is_right {
                    self.sure_and_wrong.push(what());
                }
            }
        }
    }
}

/// Reads all sample invoices, scans only with tesseract.
async fn tallies(folder: &Path, rows: &[Value]) -> BTreeMap<String, Tally> {
    let ocr = super::ocr::tesseract().await;
    let with_scans = ocr.is_some();
    let pool = pool_with(ocr);
    let rows = rows.iter().filter(|row| with_scans || row["kind"] != SCANS);
    let pool = &pool;
    let readings =
        stream::iter(rows).map(|row| async move { (row, read(pool, folder, row).await) }).buffer_unordered(2);
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for (row, reading) in readings.collect::<Vec<_>>().await {
        let kind = row["kind"].as_str().expect("a kind");
        let reading = reading.unwrap_or_else(|error| panic!("{}: {error}", row["file"]));
        // Among the PDFs with text is one with XML that the list does not count.
        if EXACT_KINDS.contains(&kind) {
            assert_eq!(reading.kind.as_str(), kind, "{}", row["file"]);
        }
        tallies.entry(kind.to_owned()).or_default().add(row, &reading);
    }
    tallies
}

#[tokio::test]
async fn sample_invoices_are_read_right_and_what_is_sure_is_right() {
    let Some((folder, rows)) = corpus("manifest.jsonl") else {
        return;
    };
    let tallies = tallies(&folder, &rows).await;
    for kind in EXACT_KINDS {
        let tally = &tallies[kind];
        assert!(tally.total > 100, "there is enough of {kind}");
        assert!(tally.wrong.is_empty(), "all of {kind} is right but {:#?}", tally.wrong);
    }
    for (kind, tally) in &tallies {
        assert!(tally.taken_for_several.is_empty(), "{kind}: one invoice each: {:#?}", tally.taken_for_several);
    }
    for (kind, floor) in FLOORS {
        let Some(tally) = tallies.get(kind) else {
            println!("SKIPPED: {kind}");
            continue;
        };
        let share = 100 - (100 * tally.wrong.len()).div_ceil(tally.total);
        assert!(share >= floor, "{share} % of {kind} is right; wrong: {:#?}", tally.wrong);
        assert!(tally.sure > 20, "{} of {kind} are called sure", tally.sure);
        let wrong = &tally.sure_and_wrong;
        assert!(wrong.len() * 1_000 <= tally.sure * SURE_AND_WRONG, "{kind}: wrong of {} sure: {wrong:#?}", tally.sure);
    }
}

/// Whether the outcome is one that the category calls for.
fn is_fitting(category: &str, outcome: &Result<Reading, ReadError>) -> bool {
    let noted =
        |reading: &Reading, codes: &[&str]| reading.notes.iter().any(|note| codes.contains(&note.code.as_str()));
    match (category, outcome) {
        // Never these: the reader itself failed, or went past its limits, on a file of a few kilobytes.
        (_, Err(error)) if matches!(error.code, ReadErrorCode::ReaderFailed | ReadErrorCode::TooComplex) => false,
        ("encrypted_pdf", outcome) => {
            matches!(outcome, Err(error) if error.code == ReadErrorCode::Encrypted)
        }
        ("not_an_invoice_xml", Err(error)) => error.code == ReadErrorCode::NotAnInvoice,
        ("not_an_invoice_xml", Ok(reading)) => noted(reading, &["unreadable_xml"]),
        ("incomplete_xml", Ok(reading)) => noted(reading, &["incomplete_xml"]),
        ("hybrid_xml_not_on_page", Ok(reading)) => noted(reading, &["xml_not_on_page", "xml_differs_from_page"]),
        ("no_text_layer", Ok(reading)) => noted(reading, &["no_text"]),
        // Nothing of an invoice may be made up from damage: what every invoice must have is missing, so a person is asked.
        ("corrupt_pdf" | "damaged_pdf_warnings", Ok(reading)) => {
            Field::REQUIRED.iter().any(|field| !reading.fields.contains_key(field))
        }
        ("corrupt_pdf" | "damaged_pdf_warnings", Err(error)) => {
            matches!(error.code, ReadErrorCode::Corrupt | ReadErrorCode::UnsupportedType)
        }
        (_, Ok(_)) => true,
        (_, Err(_)) => false,
    }
}

#[tokio::test]
async fn bad_samples_end_in_the_right_error_or_flag() {
    let Some((folder, rows)) = corpus("bad.jsonl") else {
        return;
    };
    let pool = pool();
    let mut unfitting = Vec::new();
    for row in &rows {
        let outcome = read(&pool, &folder, row).await;
        if !is_fitting(row["category"].as_str().expect("a category"), &outcome) {
            let outcome = outcome.map(|reading| (reading.kind, reading.notes));
            unfitting.push(format!("{}: {outcome:?}", row["file"]));
        }
    }
    assert!(rows.len() > 50, "there is enough");
    assert!(unfitting.is_empty(), "{unfitting:#?}");
}

/// What the official validation was found to say of a document: rule → how often.
fn ids(row: &Value, list: &str) -> Option<Vec<String>> {
    let mut ids: Vec<String> = row[list].as_object()?.keys().cloned().collect();
    ids.sort();
    Some(ids)
}

/// A document without that list is ZUGFeRD 1.0, which there are no rules for.
#[tokio::test]
async fn sample_invoices_break_the_rules_that_the_official_validation_names() {
    let Some((folder, rows)) = corpus("manifest.jsonl") else {
        return;
    };
    let pool = pool();
    let (mut judged, mut disagreements) = (0, Vec::new());
    for row in rows.iter().filter(|row| EXACT_KINDS.contains(&row["kind"].as_str().expect("a kind"))) {
        let document = std::fs::read(folder.join(row["file"].as_str().expect("a file"))).expect("the file is there");
        let verdict = pool.validate(document.into()).await;
        match (ids(row, "en16931_fatal"), ids(row, "en16931_warning"), verdict) {
            (Some(fatal), Some(warning), Ok(verdict)) => {
                judged += 1;
                if (&fatal, &warning) != (&verdict.fatal, &verdict.warning) {
                    disagreements.push(format!("{}: {fatal:?} {warning:?} but {verdict:?}", row["file"]));
                }
            }
            (None, None, Err(error)) if error.code == ReadErrorCode::UnsupportedType => {}
            (_, _, verdict) => disagreements.push(format!("{}: {verdict:?}", row["file"])),
        }
    }
    assert!(judged > 150, "{judged} are enough");
    assert!(disagreements.is_empty(), "{disagreements:#?}");
}

/// Valid samples with a line that is off by more than 0.02 as Peppol's rule R120 computes it: quantity × price ÷ base
/// quantity, less the line's allowances, with its charges. Computed by another program.
const LINES_OFF: [&str; 11] = [
    "invoices/cii/13093d875a2997c8.xml",
    "invoices/cii/28af1d24e201be9c.xml",
    "invoices/cii/399acf31a9c7ce47.xml",
    "invoices/cii/7eed8fec378d7468.xml",
    "invoices/cii/900eb2f3b2db70e8.xml",
    "invoices/cii/b461287cee794035.xml",
    "invoices/cii/d06be2f0f2c86466.xml",
    "invoices/cii/fad73604fc1ff6ac.xml",
    "invoices/ubl/17f37af0e9092415.xml",
    "invoices/ubl/33f6f9f6911f4f60.xml",
    "invoices/ubl/ccf63f3e965638db.xml",
];

/// What the official validation calls valid has no failing check of ours, and no line that is off where none is.
#[tokio::test]
async fn valid_sample_invoices_fail_no_check() {
    let Some((folder, rows)) = corpus("manifest.jsonl") else {
        return;
    };
    let pool = pool();
    let (mut judged, mut false_findings) = (0, Vec::new());
    for row in rows.iter().filter(|row| EXACT_KINDS.contains(&row["kind"].as_str().expect("a kind"))) {
        if ids(row, "en16931_fatal").is_none_or(|fatal| !fatal.is_empty()) {
            continue;
        }
        judged += 1;
        let file = row["file"].as_str().expect("a file");
        let reading = read(&pool, &folder, row).await.unwrap_or_else(|error| panic!("{file}: {error}"));
        let checks = checks::check(&Facts::of_reading(&reading, "2026-11-02"));
        let lines_off = checks.iter().any(|check| check.rule == "PEPPOL-EN16931-R120");
        if row["kind"] != "facturx_pdf" && lines_off != LINES_OFF.contains(&file) {
            false_findings.push(format!("{file}: lines off: {lines_off}"));
        }
        let errors = checks.iter().filter(|check| check.severity == Severity::Error);
        false_findings.extend(errors.map(|check| format!("{file}: {} {}", check.rule, check.message)));
    }
    assert!(judged > 90, "{judged} are enough");
    assert!(false_findings.is_empty(), "{false_findings:#?}");
}

/// Snippets of invoices: only the rule that each is about is judged.
#[tokio::test]
async fn tests_of_single_rules_agree() {
    let Some((_, tests)) = corpus("en16931_rule_tests.jsonl") else {
        return;
    };
    let pool = pool();
    let mut disagreements = Vec::new();
    for test in &tests {
        let (rule, xml) = (test["rule"].as_str().expect("a rule"), test["xml"].as_str().expect("XML"));
        let verdict = pool.validate(xml.to_owned().into()).await.expect("is read");
        let disagrees = match test["expect"].as_str().expect("an outcome") {
            "success" => verdict.fatal.iter().chain(&verdict.warning).any(|id| id == rule),
            "error" => !verdict.fatal.iter().any(|id| id == rule),
            _ => !verdict.warning.iter().any(|id| id == rule),
        };
        if disagrees {
            disagreements.push(format!("{rule} {} {}", test["expect"], test["source_path"]));
        }
    }
    assert!(tests.len() > 500, "there is enough");
    assert!(disagreements.is_empty(), "{} of {}: {disagreements:#?}", disagreements.len(), tests.len());
}

#[tokio::test]
async fn bad_samples_break_the_rules_that_they_were_made_to_break() {
    let Some((folder, rows)) = corpus("bad.jsonl") else {
        return;
    };
    let pool = pool();
    let mut silent = Vec::new();
    let mut judged = 0;
    for row in &rows {
        let named = row["rules"].as_array().cloned().unwrap_or_default();
        // National rules are another matter.
        let ours = named.iter().filter_map(Value::as_str).filter(|rule| !is_national(rule));
        let ours: Vec<&str> = ours.collect();
        if ours.is_empty() {
            continue;
        }
        judged += 1;
        let document = std::fs::read(folder.join(row["file"].as_str().expect("a file"))).expect("the file is there");
        let verdict = pool.validate(document.into()).await.expect("is read");
        silent.extend(
            ours.iter()
                .filter(|rule| !verdict.fatal.iter().any(|id| id == *rule))
                .map(|rule| format!("{}: {rule}", row["file"])),
        );
    }
    assert!(judged > 15, "{judged} are enough");
    assert!(silent.is_empty(), "{silent:#?}");
}

/// Rules of XRechnung and Peppol.
fn is_national(rule: &str) -> bool {
    rule.starts_with("BR-DE-") || rule.starts_with("PEPPOL-")
}

/// A sample with what was read of it, and its words.
struct Page<'r> {
    row: &'r Value,
    reading: Reading,
    pages: Pages,
}

/// What the reading of one sample is, if the value was not found on another one and a person put it in.
fn taught(one: &Page<'_>, field: Field, other: &Page<'_>, reading: &Reading) -> Option<Reading> {
    let value = normalise(field, one.row["truth"][field.name().as_ref()].as_str()?).ok()?;
    let others = one.reading.fields.iter().filter(|(other, _)| **other != field);
    let taken: Vec<PageBox> = others.filter_map(|(_, read)| read.place).collect();
    let lesson = Lesson { field, value: &value, instead_of: None, place: None, taken: &taken };
    let hint = learn(&one.pages, &lesson)?;
    let mut after = reading.clone();
    for (field, used) in choose(&other.pages, &[Known { hint: &hint, is_trusted: false }], reading, "2026-11-02") {
        after.fields.insert(field, used.value);
    }
    Some(after)
}

async fn pages_with_text(pool: &ReaderPool, folder: &Path, rows: &'static [Value]) -> Vec<Page<'static>> {
    let mut pages = Vec::new();
    for row in rows.iter().filter(|row| row["kind"] == "text_pdf") {
        let reading = read(pool, folder, row).await.unwrap_or_else(|error| panic!("{}: {error}", row["file"]));
        let count = u32::try_from(reading.pages.len()).expect("few pages");
        let document = std::fs::read(folder.join(row["file"].as_str().expect("a file"))).expect("the file is there");
        let mut words = Vec::new();
        for page in 1..=count {
            words.extend(pool.page_words(document.clone().into(), page).await.expect("words"));
        }
        pages.push(Page { row, reading, pages: Pages::new(count, words) });
    }
    pages
}

/// Of every two samples of one supplier, each value of the one is learned and read on the other: where the reader does
/// its best, which must not get worse by it, and where it is made blind for this value.
#[tokio::test]
async fn what_one_sample_teaches_makes_no_other_worse() {
    let Some((folder, rows)) = corpus("manifest.jsonl") else {
        return;
    };
    let samples = pages_with_text(&pool(), &folder, rows.leak()).await;
    let supplier = |page: &Page<'_>| code(page.row["truth"]["supplier_name"].as_str().unwrap_or_default());
    let (mut better, mut worse) = (0, Vec::new());
    let (mut blind, mut right, mut wrong) = (0, 0, Vec::new());
    for (one, other) in samples.iter().flat_map(|one| samples.iter().map(move |other| (one, other))) {
        if one.row["file"] == other.row["file"] || supplier(one) != supplier(other) || supplier(one).is_empty() {
            continue;
        }
        for name in one.row["scored_fields"].as_array().expect("fields").iter().filter_map(Value::as_str) {
            let Ok(field) = name.parse::<Field>() else { continue };
            let case = || format!("{} → {}: {name}", one.row["file"], other.row["file"]);
            let was_right = is_right(other.row, name, &other.reading);
            if let Some(after) = taught(one, field, other, &other.reading) {
                match (was_right, is_right(other.row, name, &after)) {
                    (false, true) => better += 1,
                    (true, false) => worse.push(case()),
                    _ => {}
                }
            }
            if other.row["truth"][name].is_null() {
                continue;
            }
            blind += 1;
            let mut unread = other.reading.clone();
            unread.fields.remove(&field);
            let Some(after) = taught(one, field, other, &unread) else { continue };
            match after.fields.contains_key(&field) {
                true if is_right(other.row, name, &after) => right += 1,
                true => wrong.push(case()),
                false => {}
            }
        }
    }
    println!("learned from one sample, read on another of the supplier: {better} better, {} worse", worse.len());
    println!("made blind for the value: {right} of {blind} right, {} wrong: {wrong:#?}", wrong.len());
    assert_eq!(worse, Vec::<String>::new());
}
