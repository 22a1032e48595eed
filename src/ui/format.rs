//! How values are written for people. The same text on the server and in the browser: nothing here asks a clock or a locale database.

/// How a person writes amounts: which sign groups thousands and which begins the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum NumberStyle {
    /// `1,190.00`
    #[default]
    Point,
    /// `1.190,00`
    Comma,
    /// `1 190,00`, with a narrow space that does not break.
    Space,
}

impl NumberStyle {
    /// From the first language of an `Accept-Language` header (RFC 9110, 12.5.4).
    pub fn from_accept_language(header: &str) -> Self {
        let first = header.split([',', ';']).next().unwrap_or("").trim();
        match first.split('-').next().unwrap_or("").to_ascii_lowercase().as_str() {
            "de" if first.ends_with("CH") || first.ends_with("LI") => NumberStyle::Point,
            "de" | "nl" | "it" | "es" | "pt" | "da" | "tr" | "el" | "id" | "hr" | "sl" | "ro" => NumberStyle::Comma,
            "fr" | "pl" | "cs" | "sk" | "sv" | "nb" | "no" | "nn" | "fi" | "hu" | "bg" | "uk" | "lt" | "lv" | "et" => {
                NumberStyle::Space
            }
            _ => NumberStyle::Point,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            NumberStyle::Point => "point",
            NumberStyle::Comma => "comma",
            NumberStyle::Space => "space",
        }
    }

    pub fn parse(text: &str) -> Self {
        match text {
            "comma" => NumberStyle::Comma,
            "space" => NumberStyle::Space,
            _ => NumberStyle::Point,
        }
    }

    fn signs(self) -> (char, char) {
        match self {
            NumberStyle::Point => (',', '.'),
            NumberStyle::Comma => ('.', ','),
            NumberStyle::Space => ('\u{202f}', ','),
        }
    }
}

/// An exact decimal (`1190.5`) with thousands grouped and at least two decimals: `1,190.50`.
/// Decimals beyond two are kept, so nothing is rounded away. Text that is no decimal comes back as it is.
pub fn amount(text: &str, style: NumberStyle) -> String {
    decimal(text, style, 2)
}

/// An exact decimal with thousands grouped and its own decimals: quantities, rates.
pub fn quantity(text: &str, style: NumberStyle) -> String {
    decimal(text, style, 0)
}

fn decimal(text: &str, style: NumberStyle, least_decimals: usize) -> String {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(decimals) {
        return text.to_owned();
    }
    let (group, point) = style.signs();
    let mut out = String::with_capacity(text.len() + whole.len() / 3 + 4);
    if negative {
        out.push('\u{2212}');
    }
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(group);
        }
        out.push(digit);
    }
    // "12.500" written with four decimals in the document still reads as 12.50.
    let kept = decimals.trim_end_matches('0');
    let width = kept.len().max(least_decimals);
    if width > 0 {
        out.push(point);
        out.push_str(kept);
        out.extend(std::iter::repeat_n('0', width - kept.len()));
    }
    out
}

/// What a person typed as an amount, as an exact decimal: `1.190,00`, `1,190.00`, `1 190,5` and `1190.5` are all understood.
/// One separator alone is the decimal sign of `style` unless exactly three digits follow it and it is that style's group sign.
/// `None` when it is no number.
pub fn parse_amount(typed: &str, style: NumberStyle) -> Option<String> {
    let cleaned: String = typed
        .chars()
        .filter(|sign| !sign.is_whitespace() && *sign != '\'' && *sign != '\u{2019}')
        .map(|sign| if sign == '\u{2212}' { '-' } else { sign })
        .collect();
    let (negative, rest) = match cleaned.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, cleaned.as_str()),
    };
    let point = decimal_sign_at(rest, style);
    let mut out = String::from(if negative { "-" } else { "" });
    let mut digits = 0;
    for (at, sign) in rest.char_indices() {
        match sign {
            '0'..='9' => {
                digits += 1;
                out.push(sign);
            }
            '.' | ',' if Some(at) == point => {
                if digits == 0 {
                    out.push('0');
                }
                out.push('.');
            }
            '.' | ',' => {}
            _ => return None,
        }
    }
    (digits > 0 && digits <= 20).then_some(out)
}

/// Where the decimal sign stands, if there is one.
fn decimal_sign_at(text: &str, style: NumberStyle) -> Option<usize> {
    let last = text.rfind(['.', ','])?;
    let sign = text[last..].chars().next()?;
    let others = text.chars().filter(|other| matches!(other, '.' | ',')).count();
    if others == 1 {
        let after = text.len() - last - 1;
        let is_group = sign == style.signs().0 && after == 3;
        return (!is_group).then_some(last);
    }
    // Two kinds of signs: the last is the decimal sign. The same sign twice only groups.
    (text.matches(sign).count() == 1).then_some(last)
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `2026-11-02` as `02 Nov 2026`. Text that is no ISO date comes back as it is.
pub fn date(iso: &str) -> String {
    let mut parts = iso.splitn(3, '-');
    let (Some(year), Some(month), Some(day)) = (parts.next(), parts.next(), parts.next()) else {
        return iso.to_owned();
    };
    let name = month.parse::<usize>().ok().and_then(|month| MONTHS.get(month.wrapping_sub(1)));
    match name {
        Some(name) if day.len() == 2 && year.len() == 4 => [day, " ", name, " ", year].concat(),
        _ => iso.to_owned(),
    }
}

/// Milliseconds since 1970 as `02 Nov 2026, 14:05`, UTC.
pub fn moment(milliseconds: i64) -> String {
    let minute_of_day = milliseconds.div_euclid(60_000).rem_euclid(1_440);
    let mut out = day(milliseconds);
    out.push_str(", ");
    out.push_str(&two_digits(minute_of_day / 60));
    out.push(':');
    out.push_str(&two_digits(minute_of_day % 60));
    out
}

/// Milliseconds since 1970 as `02 Nov 2026`, UTC.
pub fn day(milliseconds: i64) -> String {
    let (year, month, day) = civil(milliseconds.div_euclid(86_400_000));
    let name = MONTHS.get(month.wrapping_sub(1)).copied().unwrap_or_default();
    [&two_digits(day as i64), " ", name, " ", &year.to_string()].concat()
}

fn two_digits(number: i64) -> String {
    let text = number.to_string();
    if text.len() == 1 { ["0", &text].concat() } else { text }
}

/// Year, month and day of a number of days since 1970-01-01, in the proleptic Gregorian calendar.
/// Eras of 400 years begin on 1 March, so that the leap day is the last of its year.
fn civil(days: i64) -> (i64, usize, usize) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month as usize, day as usize)
}

/// Groups of four, as IBANs are printed (ISO 13616): `DE89 3704 0044 …`.
pub fn groups_of_four(code: &str) -> String {
    let mut out = String::with_capacity(code.len() + code.len() / 4);
    for (at, sign) in code.chars().filter(|sign| !sign.is_whitespace()).enumerate() {
        if at > 0 && at.is_multiple_of(4) {
            out.push(' ');
        }
        out.push(sign);
    }
    out
}

/// `30`, `1 invoice`, `2 invoices`: a count with its noun.
pub fn counted(count: i64, one: &str, many: &str) -> String {
    let number = count.to_string();
    [number.as_str(), " ", if count == 1 { one } else { many }].concat()
}

/// Bytes as `312 KB` or `4.2 MB`, of 1000.
pub fn bytes(size: i64) -> String {
    if size < 1_000_000 {
        return [(size.max(0) + 999).div_euclid(1_000).to_string().as_str(), " KB"].concat();
    }
    let tenths = (size + 50_000) / 100_000;
    [(tenths / 10).to_string().as_str(), ".", (tenths % 10).to_string().as_str(), " MB"].concat()
}

/// The letters of an avatar: first and last name's, else the first two.
pub fn initials(name: &str) -> String {
    let mut words = name.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or("?");
    let letters: String = match words.next_back() {
        Some(last) => first.chars().take(1).chain(last.chars().take(1)).collect(),
        None => first.chars().take(2).collect(),
    };
    letters.to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped_and_never_rounded() {
        assert_eq!(amount("1190", NumberStyle::Point), "1,190.00");
        assert_eq!(amount("1234567.5", NumberStyle::Comma), "1.234.567,50");
        assert_eq!(amount("-0.125", NumberStyle::Point), "\u{2212}0.125");
        assert_eq!(amount("999", NumberStyle::Space), "999,00");
        assert_eq!(amount("1000", NumberStyle::Space), "1\u{202f}000,00");
        assert_eq!(amount("12.500000", NumberStyle::Point), "12.50");
        assert_eq!(quantity("12.500000", NumberStyle::Point), "12.5");
        assert_eq!(amount("about 5", NumberStyle::Point), "about 5");
        assert_eq!(amount("", NumberStyle::Point), "");
        assert_eq!(amount("1e5", NumberStyle::Point), "1e5");
    }

    #[test]
    fn typed_amounts_are_understood_in_both_styles() {
        for style in [NumberStyle::Point, NumberStyle::Comma, NumberStyle::Space] {
            assert_eq!(parse_amount("1.190,00", style).as_deref(), Some("1190.00"));
            assert_eq!(parse_amount("1,190.00", style).as_deref(), Some("1190.00"));
            assert_eq!(parse_amount("1 190,5", style).as_deref(), Some("1190.5"));
            assert_eq!(parse_amount("1'190.05", style).as_deref(), Some("1190.05"));
            assert_eq!(parse_amount("1.234.567", style).as_deref(), Some("1234567"));
            assert_eq!(parse_amount("\u{2212}12,5", style).as_deref(), Some("-12.5"));
            assert_eq!(parse_amount("", style), None);
            assert_eq!(parse_amount("-", style), None);
            assert_eq!(parse_amount("12 EUR", style), None);
        }
        assert_eq!(parse_amount("1,190", NumberStyle::Point).as_deref(), Some("1190"));
        assert_eq!(parse_amount("1,190", NumberStyle::Comma).as_deref(), Some("1.190"));
        assert_eq!(parse_amount(".5", NumberStyle::Point).as_deref(), Some("0.5"));
    }

    #[test]
    fn shown_amounts_can_be_typed_back() {
        for style in [NumberStyle::Point, NumberStyle::Comma, NumberStyle::Space] {
            for exact in ["0.00", "5.10", "1234.50", "-98765432.01"] {
                assert_eq!(parse_amount(&amount(exact, style), style).as_deref(), Some(exact));
            }
        }
    }

    #[test]
    fn dates_and_moments() {
        assert_eq!(date("2026-11-02"), "02 Nov 2026");
        assert_eq!(date("2026-13-02"), "2026-13-02");
        assert_eq!(date("soon"), "soon");
        assert_eq!(moment(0), "01 Jan 1970, 00:00");
        assert_eq!(moment(951_782_400_000), "29 Feb 2000, 00:00");
        assert_eq!(moment(1_793_628_300_000), "02 Nov 2026, 14:05");
        assert_eq!(moment(-60_000), "31 Dec 1969, 23:59");
    }

    #[test]
    fn small_words() {
        assert_eq!(groups_of_four("DE89370400440532013000"), "DE89 3704 0044 0532 0130 00");
        assert_eq!(bytes(312_001), "313 KB");
        assert_eq!(bytes(4_249_000), "4.2 MB");
        assert_eq!(initials("Ada King Lovelace"), "AL");
        assert_eq!(initials("clerk"), "CL");
        assert_eq!(initials(""), "?");
        assert_eq!(NumberStyle::from_accept_language("de-DE,de;q=0.9"), NumberStyle::Comma);
        assert_eq!(NumberStyle::from_accept_language("de-CH"), NumberStyle::Point);
        assert_eq!(NumberStyle::from_accept_language(""), NumberStyle::Point);
    }
}
