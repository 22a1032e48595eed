//! Addresses: postcodes with their places, the blocks they end, the words that make a company's name.

use super::sheet::Sheet;
use std::ops::Range;

/// A postcode and the place behind or before it, in one cell.
#[derive(Clone, Debug)]
pub(super) struct Town {
    pub cell: usize,
    pub words: Range<usize>,
    pub postcode: Range<usize>,
    pub city: Range<usize>,
    /// ISO 3166 code where the form or a prefix tells it.
    pub country: Option<&'static str>,
}

/// More are not looked at.
const MAX_TOWNS: usize = 60;

pub(super) fn towns(sheet: &Sheet) -> Vec<Town> {
    let mut towns = Vec::new();
    for (index, cell) in sheet.cells.iter().enumerate() {
        if towns.len() >= MAX_TOWNS {
            break;
        }
        towns.extend(cell.words.clone().find_map(|word| town_at(sheet, index, cell.words.clone(), word)));
    }
    towns
}

fn town_at(sheet: &Sheet, cell: usize, cell_words: Range<usize>, word: usize) -> Option<Town> {
    let text = |at: usize| sheet.words.get(at).filter(|_| at < cell_words.end).map_or("", |w| trimmed(&w.text));
    let (code, here) = country_prefix(text(word));
    let next = text(word + 1);
    let behind = |from: usize| from..(from..cell_words.end.min(from + 4)).take_while(|&at| is_place(text(at))).last().map_or(from, |at| at + 1);
    let town = |postcode: Range<usize>, city: Range<usize>, country| {
        (!city.is_empty()).then(|| {
            let words = postcode.start.min(city.start)..postcode.end.max(city.end);
            Town { cell, words, postcode, city, country }
        })
    };
    // `3500 MJ Utrecht`, `3500MJ Utrecht`.
    if digits(here) == Some(4) && next.len() == 2 && next.bytes().all(|b| b.is_ascii_uppercase()) && is_place(text(word + 2)) {
        return town(word..word + 2, behind(word + 2), Some("NL"));
    }
    if here.len() == 6 && here.get(..4).and_then(digits) == Some(4) && here.bytes().skip(4).all(|b| b.is_ascii_uppercase()) && is_place(next) {
        return town(word..word + 1, behind(word + 1), Some("NL"));
    }
    // `London SW1A 1AA`.
    if is_outward(here) && is_inward(next) {
        let from = (cell_words.start..word).rev().take(3).take_while(|&at| is_place(text(at))).last().unwrap_or(word);
        let city = if from < word { from..word } else { behind(word + 2) };
        return town(word..word + 2, city, Some("GB")).or_else(|| Some(Town { cell, words: word..word + 2, postcode: word..word + 2, city: word..word, country: Some("GB") }));
    }
    // `Fremont, CA 94538-1234`.
    let zip = next.split('-').next().unwrap_or_default();
    if here.len() == 2 && here.bytes().all(|b| b.is_ascii_uppercase()) && digits(zip) == Some(5) && word > cell_words.start {
        let from = (cell_words.start..word).rev().take(3).take_while(|&at| is_place(text(at))).last().unwrap_or(word);
        if from < word && !super::address::is_country_code(here) {
            return town(word..word + 2, from..word, Some("US"));
        }
    }
    let is_first = word == cell_words.start;
    match digits(here) {
        Some(5) if is_place(next) => town(word..word + 1, behind(word + 1), code.or_else(|| prefix_before(text(word.wrapping_sub(1)), word, &cell_words))),
        Some(4) if is_place(next) && next.chars().count() > 2 && (is_first || code.is_some() || prefix_before(text(word.wrapping_sub(1)), word, &cell_words).is_some() || follows_separator(sheet, word, &cell_words)) && cell_words.len() <= 14 => {
            let country = code.or_else(|| prefix_before(text(word.wrapping_sub(1)), word, &cell_words));
            // A year begins sentences as well: "2026 Invoice".
            let is_year = here.starts_with("19") || here.starts_with("20");
            (!is_year || country.is_some() || cell_words.len() <= 3).then(|| town(word..word + 1, behind(word + 1), country)).flatten()
        }
        _ => None,
    }
}

fn follows_separator(sheet: &Sheet, word: usize, cell: &Range<usize>) -> bool {
    word > cell.start && sheet.words[word - 1].text.ends_with([',', '-', '|', '\u{2022}', '\u{b7}', '\u{2013}', '\u{25cf}'])
}

fn prefix_before(text: &str, word: usize, cell: &Range<usize>) -> Option<&'static str> {
    if word <= cell.start {
        return None;
    }
    COUNTRIES.iter().find(|(code, letters)| text == *code || text == *letters).map(|(code, _)| *code)
}

/// Countries and the letters that stand before a postcode: `D-80331`.
const COUNTRIES: &[(&str, &str)] = &[
    ("DE", "D"), ("AT", "A"), ("CH", "CH"), ("FR", "F"), ("BE", "B"), ("IT", "I"), ("ES", "E"), ("LU", "L"), ("NL", "NL"),
    ("DK", "DK"), ("PL", "PL"), ("CZ", "CZ"), ("SE", "S"), ("LI", "FL"),
];

pub(super) fn is_country_code(text: &str) -> bool {
    COUNTRIES.iter().any(|(code, _)| *code == text) && text != "DE"
}

/// `D-80331` is the country and `80331`.
fn country_prefix(text: &str) -> (Option<&'static str>, &str) {
    match text.split_once(['-', '\u{2013}']) {
        Some((before, rest)) => match COUNTRIES.iter().find(|(code, letters)| before == *code || before == *letters) {
            Some((code, _)) => (Some(code), rest),
            None => (None, text),
        },
        None => (None, text),
    }
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| matches!(c, ',' | ';' | '.' | '(' | ')' | '|' | '\u{2022}' | '\u{b7}' | ':'))
}

fn digits(text: &str) -> Option<usize> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then_some(text.len())
}

/// Whether a word may be part of a place's name: it begins with a letter and a capital, and has no digit.
fn is_place(text: &str) -> bool {
    let small = matches!(text, "am" | "an" | "der" | "bei" | "im" | "la" | "le" | "les" | "de" | "di" | "sur" | "aan" | "den" | "del" | "a." | "d'" | "del'" | "ob" | "in" | "a" | "op");
    let begins = text.chars().next().is_some_and(char::is_uppercase);
    (begins || small) && !text.chars().any(|c| c.is_ascii_digit()) && !text.contains(['@', '€', '%'])
}

fn is_outward(text: &str) -> bool {
    let b = text.as_bytes();
    let letters = b.iter().take_while(|b| b.is_ascii_uppercase()).count();
    (2..=4).contains(&b.len()) && (1..=2).contains(&letters) && b.get(letters).is_some_and(u8::is_ascii_digit) && b[letters..].iter().all(u8::is_ascii_alphanumeric)
}

fn is_inward(text: &str) -> bool {
    let b = text.as_bytes();
    b.len() == 3 && b[0].is_ascii_digit() && b[1..].iter().all(u8::is_ascii_uppercase)
}

/// Words of the law that end a company's name, as they are written.
const LEGAL_FORMS: &[&str] = &[
    "GmbH", "GMBH", "gGmbH", "Gmbh", "mbH", "AG", "KG", "OHG", "UG", "GbR", "KGaA", "e.K.", "e.V.", "eG", "a.G.", "SE", "Ltd", "LTD",
    "Limited", "LIMITED", "LLC", "L.L.C", "Inc", "INC", "Incorporated", "Corp", "Corporation", "PLC", "plc", "LLP", "Pty", "Pvt", "SARL", "Sarl",
    "S.A.R.L", "SAS", "SASU", "S.A.S", "SA", "S.A", "EURL", "SNC", "SCI", "SCOP", "BV", "B.V", "NV", "N.V", "VOF", "V.O.F", "BVBA", "SPRL",
    "SRL", "S.r.l", "S.R.L", "Srl", "srl", "SpA", "S.p.A", "S.P.A", "SPA", "Sas", "Snc", "S.n.c", "S.N.C", "SL", "S.L", "SLU", "S.L.U", "S.C", "S.Coop", "Oy",
    "OY", "Oyj", "AB", "A/S", "ApS", "AS", "ASA", "Kft", "Zrt", "s.r.o", "a.s", "d.o.o", "z.o.o", "Co", "Company", "Stiftung", "Verein", "Genossenschaft", "Sàrl", "GesmbH", "Ges.m.b.H", "OG", "e.U.",
];

/// Whether one of the words is a company's legal form.
pub(super) fn has_legal_form(text: &str) -> bool {
    text.split(' ').skip(1).any(|word| {
        let plain = word.trim_matches(|c: char| matches!(c, ',' | ';' | ':' | '(' | ')'));
        let bare = plain.trim_end_matches('.');
        LEGAL_FORMS.iter().any(|form| form.trim_end_matches('.') == bare)
    })
}

/// Cuts the text behind the last legal form: "Acme GmbH Hauptstr. 1" is "Acme GmbH".
pub(super) fn until_legal_form(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split(' ').collect();
    let last = (1..words.len()).rev().find(|&at| has_legal_form(&format!("x {}", words[at])))?;
    Some(words[..=last].join(" ").trim_end_matches([',', ';', ':']).to_owned())
}
