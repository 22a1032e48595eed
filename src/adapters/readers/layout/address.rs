//! Addresses: postcodes with their places, and the words that make a company's name.

use super::sheet::Sheet;
use std::ops::Range;

/// A postcode and the place behind or before it, in one cell.
#[derive(Clone, Debug)]
pub(super) struct Town {
    pub cell: usize,
    pub postcode: Range<usize>,
    pub city: Range<usize>,
    /// ISO 3166 code where the form or a prefix tells it.
    pub country: Option<&'static str>,
}

/// More are not looked at.
const MAX_TOWNS: usize = 60;
/// Words of a place's name: "Frankfurt am Main", "San Lorenzo de El Escorial".
const MAX_CITY: usize = 5;
/// A cell of more words is running text, where four digits are no postcode.
const MAX_LINE: usize = 14;

/// Countries and the letters that stand before a postcode: `D-80331`.
#[rustfmt::skip]
const COUNTRIES: &[(&str, &str)] = &[
    ("DE", "D"), ("AT", "A"), ("CH", "CH"), ("FR", "F"), ("BE", "B"), ("IT", "I"), ("ES", "E"),
    ("LU", "L"), ("NL", "NL"), ("DK", "DK"), ("PL", "PL"), ("CZ", "CZ"), ("SE", "S"), ("LI", "FL"),
];

/// The towns of the document's addresses, one a cell, in reading order.
pub(super) fn towns(sheet: &Sheet) -> Vec<Town> {
    let town_in = |cell: usize| {
        let line = Line { sheet, cell, words: sheet.cells[cell].words.clone() };
        line.words.clone().find_map(|word| line.town_at(word))
    };
    (0..sheet.cells.len()).filter_map(town_in).take(MAX_TOWNS).collect()
}

/// A cell that may hold a town.
struct Line<'a> {
    sheet: &'a Sheet,
    cell: usize,
    words: Range<usize>,
}

impl Line<'_> {
    /// The word without the signs around it; nothing outside of the cell.
    fn text(&self, at: usize) -> &str {
        let word = self.words.contains(&at).then(|| self.sheet.words[at].text.as_str());
        let is_sign = |c: char| matches!(c, ',' | ';' | '.' | '(' | ')' | '|' | '\u{2022}' | '\u{b7}' | ':');
        word.unwrap_or_default().trim_matches(is_sign)
    }

    fn town_at(&self, word: usize) -> Option<Town> {
        self.dutch(word)
            .or_else(|| self.british(word))
            .or_else(|| self.irish(word))
            .or_else(|| self.american(word))
            .or_else(|| self.digits_first(word))
    }

    fn town(&self, postcode: Range<usize>, city: Range<usize>, country: Option<&'static str>) -> Option<Town> {
        let town = Town { cell: self.cell, postcode, city, country };
        (!town.city.is_empty()).then_some(town)
    }

    /// The words of a place's name that begin here.
    fn place_from(&self, from: usize) -> Range<usize> {
        let end = (from..self.words.end.min(from + MAX_CITY)).take_while(|&at| is_place(self.text(at))).last();
        from..end.map_or(from, |at| at + 1)
    }

    /// The words of a place's name that end here.
    fn place_before(&self, end: usize) -> Range<usize> {
        let begin = (self.words.start..end).rev().take(3).take_while(|&at| is_place(self.text(at))).last();
        begin.unwrap_or(end)..end
    }

    /// The place behind a postcode where no comma parts them, else the one before it.
    fn place_beside(&self, postcode: &Range<usize>) -> Range<usize> {
        let is_parted = self.sheet.words[postcode.end - 1].text.ends_with(',');
        let behind = self.place_from(postcode.end);
        if is_parted || behind.is_empty() { self.place_before(postcode.start) } else { behind }
    }

    /// `3500 MJ Utrecht`, `3500MJ Utrecht`.
    fn dutch(&self, word: usize) -> Option<Town> {
        let is_letters = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
        let here = self.text(word);
        let end = if digits(here) == Some(4) && is_letters(self.text(word + 1)) {
            word + 2
        } else if here.get(..4).and_then(digits) == Some(4) && here.get(4..).is_some_and(is_letters) {
            word + 1
        } else {
            return None;
        };
        self.town(word..end, self.place_from(end), Some("NL"))
    }

    /// `London SW1A 1AA`; the place may stand in the line above.
    fn british(&self, word: usize) -> Option<Town> {
        if !is_outward(self.text(word)) || !is_inward(self.text(word + 1)) {
            return None;
        }
        let postcode = word..word + 2;
        let city = self.place_beside(&postcode);
        Some(Town { cell: self.cell, postcode, city, country: Some("GB") })
    }

    /// `Dublin D12 X4C9`.
    fn irish(&self, word: usize) -> Option<Town> {
        let is_key = |text: &str| {
            matches!(text.as_bytes(), [a, b, c]
                if a.is_ascii_uppercase() && b.is_ascii_digit() && (c.is_ascii_digit() || *c == b'W'))
        };
        let next = self.text(word + 1);
        let is_rest = next.len() == 4
            && next.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            && next.bytes().any(|b| b.is_ascii_digit());
        if !is_key(self.text(word)) || !is_rest {
            return None;
        }
        let postcode = word..word + 2;
        let city = self.place_beside(&postcode);
        self.town(postcode, city, Some("IE"))
    }

    /// `Fremont, CA 94538-1234`.
    fn american(&self, word: usize) -> Option<Town> {
        let state = self.text(word);
        let zip = self.text(word + 1).split('-').next().unwrap_or_default();
        let is_state = state.len() == 2 && state.bytes().all(|b| b.is_ascii_uppercase());
        let is_country = COUNTRIES.iter().any(|(code, _)| *code == state) && state != "DE";
        if !is_state || is_country || digits(zip) != Some(5) {
            return None;
        }
        self.town(word..word + 2, self.place_before(word), Some("US"))
    }

    /// `80331 München`, `DE 80331 München`, `A-1010 Wien`.
    fn digits_first(&self, word: usize) -> Option<Town> {
        let (joined, here) = country_prefix(self.text(word));
        let country = joined.or_else(|| self.country_before(word));
        let next = self.text(word + 1);
        let fits = match digits(here) {
            Some(5) => is_place(next),
            Some(4) => is_place(next) && next.len() > 2 && self.may_be_short(word, here, country),
            _ => false,
        };
        fits.then(|| self.town(word..word + 1, self.place_from(word + 1), country)).flatten()
    }

    /// Four digits are often something else, a year at the beginning of a sentence for one.
    fn may_be_short(&self, word: usize, code: &str, country: Option<&str>) -> bool {
        let begins = word == self.words.start || self.follows_separator(word);
        let is_year = code.starts_with("19") || code.starts_with("20");
        self.words.len() <= MAX_LINE && (country.is_some() || begins && (!is_year || self.words.len() <= 3))
    }

    fn follows_separator(&self, word: usize) -> bool {
        const SEPARATORS: [char; 7] = [',', '-', '|', '\u{2022}', '\u{b7}', '\u{2013}', '\u{25cf}'];
        word > self.words.start && self.sheet.words[word - 1].text.ends_with(SEPARATORS)
    }

    fn country_before(&self, word: usize) -> Option<&'static str> {
        let before = self.text(word.checked_sub(1)?);
        let is_it = |(code, letters): &&(&str, &str)| before == *code || before == *letters;
        COUNTRIES.iter().find(is_it).map(|(code, _)| *code)
    }
}

/// `D-80331` is the country and `80331`.
fn country_prefix(text: &str) -> (Option<&'static str>, &str) {
    let Some((before, rest)) = text.split_once(['-', '\u{2013}']) else {
        return (None, text);
    };
    match COUNTRIES.iter().find(|(code, letters)| before == *code || before == *letters) {
        Some((code, _)) => (Some(code), rest),
        None => (None, text),
    }
}

fn digits(text: &str) -> Option<usize> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then_some(text.len())
}

/// Whether a word may be part of a place's name: it begins with a capital or is a small word of such names.
fn is_place(text: &str) -> bool {
    #[rustfmt::skip]
    const SMALL: &[&str] = &[
        "am", "an", "der", "bei", "im", "la", "le", "les", "de", "di", "sur", "aan", "den", "del", "a.", "d'", "del'",
        "ob", "in", "a", "op",
    ];
    let begins = text.chars().next().is_some_and(char::is_uppercase);
    let has_other = text.contains(|c: char| c.is_ascii_digit() || matches!(c, '@' | '€' | '%'));
    (begins || SMALL.contains(&text)) && !has_other
}

/// The first half of a British postcode.
fn is_outward(text: &str) -> bool {
    let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
    let rest = text.as_bytes().get(letters..).unwrap_or_default();
    (2..=4).contains(&text.len())
        && (1..=2).contains(&letters)
        && rest.first().is_some_and(u8::is_ascii_digit)
        && rest.iter().all(u8::is_ascii_alphanumeric)
}

/// The second half.
fn is_inward(text: &str) -> bool {
    matches!(text.as_bytes(), [a, b, c] if a.is_ascii_digit() && b.is_ascii_uppercase() && c.is_ascii_uppercase())
}

/// Words of the law that end a company's name, as they are written.
#[rustfmt::skip]
const LEGAL_FORMS: &[&str] = &[
    "GmbH", "GMBH", "gGmbH", "Gmbh", "mbH", "AG", "KG", "OHG", "UG", "GbR", "KGaA", "e.K.", "e.V.",
    "eG", "a.G.", "SE", "Ltd", "LTD", "Limited", "LIMITED", "LLC", "L.L.C", "Inc", "INC",
    "Incorporated", "Corp", "Corporation", "PLC", "plc", "LLP", "Pty", "Pvt", "SARL", "Sarl",
    "S.A.R.L", "SAS", "SASU", "S.A.S", "SA", "S.A", "EURL", "SNC", "SCI", "SCOP", "BV", "B.V", "NV",
    "N.V", "VOF", "V.O.F", "BVBA", "SPRL", "SRL", "S.r.l", "S.R.L", "Srl", "srl", "SpA", "S.p.A",
    "S.P.A", "SPA", "Sas", "Snc", "S.n.c", "S.N.C", "SL", "S.L", "SLU", "S.L.U", "S.C", "S.Coop",
    "Oy", "OY", "Oyj", "AB", "A/S", "ApS", "AS", "ASA", "Kft", "Zrt", "s.r.o", "a.s", "d.o.o",
    "z.o.o", "Co", "Company", "Stiftung", "Verein", "Genossenschaft", "Sàrl", "GesmbH", "Ges.m.b.H",
    "OG", "e.U.", "Bhd", "BHD", "S/B", "Pte", "PTE",
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
