//! Which learned values are used: never one that is worse than what was read without it.

use super::{Hint, How, LEARNED, LEARNED_BY_OCR, LEARNED_SURELY, constant, page::Pages, seek::seek};
use crate::domain::{
    checks::{self, Facts},
    field::Field,
    invoice::SURE,
    reading::{DocumentKind, ReadValue, Reading, Source},
};
use std::collections::{BTreeMap, BTreeSet};

/// A rule as it is remembered.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    pub hint: &'a Hint,
    /// People left what it read often enough.
    pub is_trusted: bool,
}

/// A value that a rule gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Used {
    /// The rule's place among those asked.
    pub rule: usize,
    pub value: ReadValue,
}

/// The values that rules, the better first, put in the place of what was read, or where nothing was. Left out are values
/// of XML, those that are the same, and those by which a check would fail that did not.
pub fn choose(pages: &Pages, rules: &[Known<'_>], reading: &Reading, today: &str) -> BTreeMap<Field, Used> {
    let mut offered: BTreeMap<Field, Used> = BTreeMap::new();
    for (rule, known) in rules.iter().enumerate() {
        let field = known.hint.field;
        let read = reading.fields.get(&field).filter(|read| !read.value.is_empty());
        if offered.contains_key(&field) || !may_replace(read, known) {
            continue;
        }
        // What was read is what the rule says too: then nothing is learned, and no other rule may contradict.
        let Some(value) = value_of(pages, known, read, reading) else { continue };
        offered.insert(field, Used { rule, value });
    }
    offered.retain(|field, used| reading.fields.get(field).is_none_or(|read| read.value != used.value.value));
    without_harm(offered, reading, today)
}

/// Below this a value was more guessed than read.
const GUESSED: f32 = 0.5;

/// What was learned where the reader found nothing fills gaps, and takes the place of guesses, however often people left
/// it. What was learned from a misreading takes the place of what is not sure; of any value if the misreading was sure,
/// or the rule is trusted.
fn may_replace(read: Option<&ReadValue>, known: &Known<'_>) -> bool {
    let Some(read) = read else { return true };
    let may = match &known.hint.instead_of {
        None => read.confidence < GUESSED,
        Some(before) => read.confidence < SURE || before.confidence >= SURE || known.is_trusted,
    };
    may && read.source != Source::Xml
}

fn value_of(pages: &Pages, known: &Known<'_>, read: Option<&ReadValue>, reading: &Reading) -> Option<ReadValue> {
    let Hint { field, instead_of, how } = known.hint;
    let confidence = if known.is_trusted { LEARNED_SURELY } else { LEARNED };
    match how {
        How::Constant(value) => {
            let read = read.map(|read| read.value.as_str());
            constant::fits(*field, value, read, instead_of.as_ref(), pages).then(|| ReadValue {
                value: value.clone(),
                raw: None,
                confidence,
                place: None,
                source: Source::Master,
            })
        }
        How::Words(spot) => {
            let sought = seek(pages, *field, spot)?;
            let (source, most) = match is_scanned(reading, sought.place.page) {
                true => (Source::Ocr, LEARNED_BY_OCR),
                false => (Source::Text, 1.0),
            };
            let confidence = confidence.min(most);
            let raw = (sought.raw != sought.value).then_some(sought.raw);
            Some(ReadValue { value: sought.value, raw, confidence, place: Some(sought.place), source })
        }
    }
}

/// Whether OCR may have read the words of a page. Words do not say who read them, but a reading has words only where OCR
/// had a part in it; then a page is told by its text layer if values were read from its text, and none by OCR. Where
/// that is not known, it is doubted.
fn is_scanned(reading: &Reading, page: u32) -> bool {
    let gave = |source: Source| {
        let of_source = reading.fields.values().filter(|read| read.source == source);
        of_source.filter_map(|read| read.place).any(|place| place.page == page)
    };
    let has_scans = !reading.words.is_empty();
    reading.kind == DocumentKind::ScanImage || has_scans && (gave(Source::Ocr) || !gave(Source::Text))
}

/// All of them together, if no check fails by it that did not; else those that do no harm one after the other: amounts
/// may be right only together.
fn without_harm(offered: BTreeMap<Field, Used>, reading: &Reading, today: &str) -> BTreeMap<Field, Used> {
    if offered.is_empty() {
        return offered;
    }
    let failing = failing(reading, today);
    let does_harm = |changed: &Reading| self::failing(changed, today).iter().any(|check| !failing.contains(check));
    let mut changed = reading.clone();
    for (field, used) in &offered {
        changed.fields.insert(*field, used.value.clone());
    }
    if !does_harm(&changed) {
        return offered;
    }
    let mut changed = reading.clone();
    let mut taken = BTreeMap::new();
    for (field, used) in offered {
        let before = changed.fields.insert(field, used.value.clone());
        if does_harm(&changed) {
            match before {
                Some(before) => changed.fields.insert(field, before),
                None => changed.fields.remove(&field),
            };
        } else {
            taken.insert(field, used);
        }
    }
    taken
}

/// The checks that fail, each with the field it stands at.
fn failing(reading: &Reading, today: &str) -> BTreeSet<(String, Option<Field>)> {
    let results = checks::check(&Facts::of_reading(reading, today));
    results.into_iter().map(|check| (check.rule, check.fields.first().copied())).collect()
}
