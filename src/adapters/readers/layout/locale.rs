//! How the document writes: its language, its decimal mark, the order of day and month.

use super::amounts::undress;
use super::labels::{Found, Lang};
use super::sheet::Sheet;
use crate::domain::dates::DateOrder;
use crate::domain::money::DecimalMark;

pub(super) struct Locale {
    pub mark: DecimalMark,
    pub order: DateOrder,
    /// How sure the order is, 0 to 1: an American date may always be a European one.
    pub order_confidence: f32,
}

impl Locale {
    /// Decides by all of the document's numbers, dates and labels together.
    pub fn decide(sheet: &Sheet, found: &[Found]) -> Locale {
        let lang = language(found);
        let mark = decimal_mark(sheet, lang);
        let (order, order_confidence) = date_order(sheet, lang);
        Locale { mark, order, order_confidence }
    }

    /// The decimal mark that the document does not use.
    pub fn other_mark(&self) -> DecimalMark {
        match self.mark {
            DecimalMark::Point => DecimalMark::Comma,
            DecimalMark::Comma => DecimalMark::Point,
        }
    }

    pub fn decimal(&self) -> char {
        match self.mark {
            DecimalMark::Point => '.',
            DecimalMark::Comma => ',',
        }
    }
}

/// The language of most labels, weighted by what they say.
fn language(found: &[Found]) -> Lang {
    let mut best = (Lang::En, 0u32);
    for lang in [Lang::En, Lang::De, Lang::Fr, Lang::Nl, Lang::It, Lang::Es] {
        let score = found.iter().filter(|f| f.lang == lang).map(|f| u32::from(f.weight)).sum();
        if score > best.1 {
            best = (lang, score);
        }
    }
    best.0
}

fn decimal_mark(sheet: &Sheet, lang: Lang) -> DecimalMark {
    let (mut point, mut comma) = (0i32, 0i32);
    for word in &sheet.words {
        if let Some(dressed) = undress(&word.text) {
            match mark_of(dressed.number) {
                Some((DecimalMark::Point, weight)) => point += weight,
                Some((DecimalMark::Comma, weight)) => comma += weight,
                None => {}
            }
        }
    }
    match point.cmp(&comma) {
        std::cmp::Ordering::Greater => DecimalMark::Point,
        std::cmp::Ordering::Less => DecimalMark::Comma,
        std::cmp::Ordering::Equal if lang == Lang::En => DecimalMark::Point,
        std::cmp::Ordering::Equal => DecimalMark::Comma,
    }
}

/// What one number says of the decimal mark, and how strongly.
fn mark_of(number: &str) -> Option<(DecimalMark, i32)> {
    let number = number.trim_matches(|c: char| !c.is_ascii_digit());
    let last = number.rfind(['.', ','])?;
    let mark = if number[last..].starts_with(',') { DecimalMark::Comma } else { DecimalMark::Point };
    let other = if mark == DecimalMark::Comma { DecimalMark::Point } else { DecimalMark::Comma };
    let behind = number.len() - last - 1;
    let same = number.matches(&number[last..=last]).count();
    let mixed = number.contains('.') && number.contains(',');
    match (mixed, same, behind) {
        (true, 1, _) => Some((mark, 4)),
        (false, 1, 2) => Some((mark, 3)),
        (false, 1, 1 | 4) => Some((mark, 1)),
        // `1.234.567`: groups, so the other mark is the decimal one. `08.10.2015` has no groups of three.
        (false, 2.., 3) if number.split(&number[last..=last]).skip(1).all(|group| group.len() == 3) => Some((other, 3)),
        _ => None,
    }
}

/// Day or month first, by the dates that can be only one of both; else by language and place.
fn date_order(sheet: &Sheet, lang: Lang) -> (DateOrder, f32) {
    let (mut day_first, mut month_first) = (0, 0);
    for word in &sheet.words {
        let mut parts = word.text.trim_matches(|c: char| !c.is_ascii_digit()).split(['/', '-']);
        let (Some(a), Some(b), Some(c), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        let (Ok(a), Ok(b)) = (a.parse::<u32>(), b.parse::<u32>()) else {
            continue;
        };
        if c.len() != 2 && c.len() != 4 || a == 0 || b == 0 {
            continue;
        }
        day_first += u32::from((13..=31).contains(&a) && b <= 12);
        month_first += u32::from((13..=31).contains(&b) && a <= 12);
    }
    match day_first.cmp(&month_first) {
        std::cmp::Ordering::Greater => (DateOrder::DayMonth, 1.0),
        std::cmp::Ordering::Less => (DateOrder::MonthDay, 1.0),
        std::cmp::Ordering::Equal if lang == Lang::En && is_american(sheet) => (DateOrder::MonthDay, 0.85),
        std::cmp::Ordering::Equal if lang == Lang::En => (DateOrder::DayMonth, 0.6),
        std::cmp::Ordering::Equal => (DateOrder::DayMonth, 0.98),
    }
}

/// Whether the document comes from the United States: a state with its postcode, or the country's name.
fn is_american(sheet: &Sheet) -> bool {
    const STATES: &str = "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM \
                          NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC";
    sheet.words.windows(2).any(|pair| {
        let (state, zip) = (pair[0].text.trim_end_matches(','), pair[1].text.trim_end_matches(','));
        let digits = zip.split('-').next().unwrap_or_default();
        let is_state = state.len() == 2 && STATES.split(' ').any(|other| other == state);
        (is_state && digits.len() == 5 && digits.bytes().all(|b| b.is_ascii_digit()))
            || (pair[0].text == "United" && pair[1].text.starts_with("States"))
            || pair[0].text == "USA"
    })
}
