//! Dates as documents write them, and ISO 8601.

use serde::{Deserialize, Serialize};
pub use time::Date;
use time::Month;

/// Which comes first in a date of digits alone, `03/04/2026`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    DayMonth,
    MonthDay,
}

/// Reads `2026-11-02` exactly.
pub fn parse_iso(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    date(number(text.get(..4)?)?, number(text.get(5..7)?)?, number(text.get(8..)?)?)
}

/// Writes `2026-11-02`.
pub fn to_iso(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

/// Reads a date as documents write it, in English, German, French, Dutch, Italian or Spanish: `02.11.2026`, `2/11/26`,
/// `2026-11-02`, `2. November 2026`, `November 2, 2026`, `2 nov. 2026`, `2 de noviembre de 2026`, `02-NOV-2026`.
///
/// `order` settles dates of digits and slashes or hyphens; with points the day is always first, and a number over 12
/// is never a month. Two-digit years are of this century. Years before 1970 and after 2100 are no invoice's.
pub fn parse(text: &str, order: DateOrder) -> Option<Date> {
    if text.len() > 40 {
        return None;
    }
    let mut parts = Parts::default();
    let mut separator = ' ';
    let mut rest = text.trim();
    while let Some(first) = rest.chars().next() {
        let end = if first.is_ascii_digit() {
            rest.find(|c: char| !c.is_ascii_digit())
        } else if first.is_alphabetic() {
            rest.find(|c: char| !c.is_alphabetic())
        } else {
            if separator == ' ' && matches!(first, '.' | '/' | '-') {
                separator = first;
            }
            Some(first.len_utf8())
        };
        let (part, tail) = rest.split_at(end.unwrap_or(rest.len()));
        rest = tail;
        if first.is_ascii_digit() {
            parts.add_number(part)?;
        } else if first.is_alphabetic() {
            parts.add_word(part)?;
        } else if !matches!(first, '.' | '/' | '-' | ',' | ' ' | '\u{a0}' | '\'' | '\u{2019}') {
            return None;
        }
    }
    parts.settle(separator, order)
}

#[derive(Default)]
struct Parts {
    /// The numbers in their order, and how many digits each had.
    numbers: [(i32, usize); 3],
    count: usize,
    month: Option<i32>,
    /// How many numbers stood before the month's name.
    before_month: usize,
}

impl Parts {
    fn add_number(&mut self, part: &str) -> Option<()> {
        let slot = self.numbers.get_mut(self.count)?;
        *slot = (number(part)?, part.len());
        self.count += 1;
        Some(())
    }

    fn add_word(&mut self, part: &str) -> Option<()> {
        let word = part.to_lowercase();
        if let Some(month) = month_of(&word) {
            if self.month.is_some() {
                return None;
            }
            self.month = Some(month);
            self.before_month = self.count;
            return Some(());
        }
        // `2nd of November`, `1er novembre`, `2 de noviembre del 2026`.
        matches!(word.as_str(), "st" | "nd" | "rd" | "th" | "er" | "de" | "del" | "of" | "º" | "ª").then_some(())
    }

    fn settle(self, separator: char, order: DateOrder) -> Option<Date> {
        let [a, b, c] = self.numbers;
        match (self.month, self.count) {
            (Some(month), 2) if self.before_month <= 1 => {
                if a.1 == 4 && self.before_month == 1 {
                    date(a.0, month, b.0)
                } else {
                    date(year(b)?, month, a.0)
                }
            }
            (Some(_), _) => None,
            (None, 3) if a.1 == 4 => date(a.0, b.0, c.0),
            (None, 3) if separator == ' ' => None,
            (None, 3) if a.1 <= 2 && b.1 <= 2 => {
                let year = year(c)?;
                let day_first = separator == '.' || a.0 > 12 || (order == DateOrder::DayMonth && b.0 <= 12);
                if day_first { date(year, b.0, a.0) } else { date(year, a.0, b.0) }
            }
            _ => None,
        }
    }
}

fn number(text: &str) -> Option<i32> {
    (text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn year((value, digits): (i32, usize)) -> Option<i32> {
    match digits {
        2 => Some(2000 + value),
        4 => Some(value),
        _ => None,
    }
}

fn date(year: i32, month: i32, day: i32) -> Option<Date> {
    if !(1970..=2100).contains(&year) {
        return None;
    }
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    Date::from_calendar_date(year, month, u8::try_from(day).ok()?).ok()
}

/// Beginnings of the months' names, longest first where one begins another; with the shortest form that may stand.
#[rustfmt::skip]
const MONTHS: [(i32, &[&str]); 12] = [
    (
        1,
        &[
            "january", "januar", "jänner", "janvier", "januari", "gennaio", "enero",
        ],
    ),
    (
        2,
        &[
            "february", "februar", "feber", "février", "fevrier", "februari", "febbraio", "febrero",
        ],
    ),
    (
        3,
        &[
            "march", "märz", "maerz", "mrz", "mars", "maart", "mrt", "marzo",
        ],
    ),
    (4, &["april", "avril", "aprile", "abril"]),
    (5, &["may", "mai", "mei", "maggio", "mayo"]),
    (6, &["june", "juni", "juin", "giugno", "junio"]),
    (7, &["july", "juli", "juillet", "luglio", "julio"]),
    (8, &["august", "août", "aout", "augustus", "agosto"]),
    (
        9,
        &[
            "september",
            "septembre",
            "settembre",
            "septiembre",
            "setiembre",
        ],
    ),
    (10, &["october", "oktober", "octobre", "ottobre", "octubre"]),
    (11, &["november", "novembre", "noviembre"]),
    (
        12,
        &[
            "december",
            "dezember",
            "décembre",
            "decembre",
            "dicembre",
            "diciembre",
        ],
    ),
];

/// The month of a name or its abbreviation, in lower case: at least three letters, and of one month only.
fn month_of(word: &str) -> Option<i32> {
    if word.chars().count() < 3 {
        return None;
    }
    let mut found = None;
    for (month, names) in MONTHS {
        if names.iter().any(|name| name.starts_with(word)) {
            if found.is_some_and(|other| other != month) {
                return None;
            }
            found = Some(month);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn iso(text: &str, order: DateOrder) -> Option<String> {
        parse(text, order).map(to_iso)
    }

    #[test]
    fn reads_six_languages() {
        for (text, want) in [
            ("02.11.2026", "2026-11-02"),
            ("2.11.26", "2026-11-02"),
            ("02/11/2026", "2026-11-02"),
            ("8-9-2022", "2022-09-08"),
            ("2026-11-02", "2026-11-02"),
            ("2026/11/02", "2026-11-02"),
            ("11/22/2026", "2026-11-22"),
            ("2. November 2026", "2026-11-02"),
            ("November 2, 2026", "2026-11-02"),
            ("August 3 , 2014", "2014-08-03"),
            ("2nd of November 2026", "2026-11-02"),
            ("1er août 2026", "2026-08-01"),
            ("2 févr. 2026", "2026-02-02"),
            ("2 mrt 2026", "2026-03-02"),
            ("15 maggio 2026", "2026-05-15"),
            ("2 de noviembre de 2026", "2026-11-02"),
            ("02-NOV-2026", "2026-11-02"),
            ("3. März 2026", "2026-03-03"),
        ] {
            assert_eq!(iso(text, DateOrder::DayMonth).as_deref(), Some(want), "{text}");
        }
        assert_eq!(iso("03/04/2026", DateOrder::MonthDay).as_deref(), Some("2026-03-04"));
        assert_eq!(iso("03.04.2026", DateOrder::MonthDay).as_deref(), Some("2026-04-03"));
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in
            ["", "31.02.2026", "12.34", "1.2.3.4", "2026", "ju 2 2026", "99/99/2026", "02 11 2026", "Nr 2 mai 2026"]
        {
            assert_eq!(iso(text, DateOrder::DayMonth), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn reads_back_every_day(day in 1i64..47_000) {
            let date = Date::from_calendar_date(1970, Month::January, 1).unwrap() + time::Duration::days(day);
            prop_assert_eq!(parse_iso(&to_iso(date)), Some(date));
            let local = format!("{:02}.{:02}.{}", date.day(), u8::from(date.month()), date.year());
            prop_assert_eq!(parse(&local, DateOrder::MonthDay), Some(date));
        }

        #[test]
        fn never_panics(text in "\\PC{0,45}") {
            let _ = parse(&text, DateOrder::DayMonth);
            let _ = parse_iso(&text);
        }
    }
}
