//! Sums as people type them into an amount: `2*19,90+5`.

use super::money::Decimal;

/// Brackets within brackets.
const MAX_DEPTH: u8 = 8;
/// Signs of a sum.
const MAX_LENGTH: usize = 200;

/// Whether a text is a sum and not one number: an operator stands behind its first sign, or brackets anywhere.
pub fn is_sum(text: &str) -> bool {
    let mut signs = text.trim().trim_start_matches('=').chars();
    let first = signs.next();
    first == Some('(') || signs.any(|sign| operator(sign).is_some())
}

/// What a sum comes to; None: it is none, or divides by nothing. `number` reads one number of it. `+ − * / × ÷ :` and
/// brackets; multiplication goes first. An `=` in front does no harm.
pub fn evaluate(text: &str, number: impl Fn(&str) -> Option<Decimal>) -> Option<Decimal> {
    let text = text.trim().trim_start_matches('=');
    if text.len() > MAX_LENGTH {
        return None;
    }
    let mut sum = Sum { rest: text, number: &number, depth: 0 };
    let value = sum.terms()?;
    sum.rest.trim().is_empty().then_some(value)
}

struct Sum<'a> {
    rest: &'a str,
    number: &'a dyn Fn(&str) -> Option<Decimal>,
    depth: u8,
}

impl Sum<'_> {
    fn terms(&mut self) -> Option<Decimal> {
        let mut value = self.factors()?;
        while let Some(sign) = self.take(&['+', '-']) {
            let other = self.factors()?;
            value = if sign == '+' { value.checked_add(other)? } else { value.checked_sub(other)? };
        }
        Some(value)
    }

    fn factors(&mut self) -> Option<Decimal> {
        let mut value = self.factor()?;
        while let Some(sign) = self.take(&['*', '/']) {
            let other = self.factor()?;
            value = if sign == '*' { value.checked_mul(other)? } else { value.checked_div(other)? };
        }
        Some(value)
    }

    fn factor(&mut self) -> Option<Decimal> {
        if self.take(&['-']).is_some() {
            return self.number().map(|value| -value);
        }
        self.number()
    }

    fn number(&mut self) -> Option<Decimal> {
        self.rest = self.rest.trim_start();
        if let Some(inner) = self.rest.strip_prefix('(') {
            self.depth += 1;
            if self.depth > MAX_DEPTH {
                return None;
            }
            self.rest = inner;
            let value = self.terms()?;
            self.rest = self.rest.trim_start().strip_prefix(')')?;
            self.depth -= 1;
            return Some(value);
        }
        let end = self.rest.find(|sign| operator(sign).is_some()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        self.rest = rest;
        (self.number)(digits.trim())
    }

    fn take(&mut self, wanted: &[char]) -> Option<char> {
        let rest = self.rest.trim_start();
        let sign = rest.chars().next()?;
        let found = operator(sign).filter(|found| wanted.contains(found))?;
        self.rest = &rest[sign.len_utf8()..];
        Some(found)
    }
}

/// The plain form of an operator or a bracket.
fn operator(sign: char) -> Option<char> {
    match sign {
        '+' | '(' | ')' | '*' | '/' => Some(sign),
        '-' | '\u{2212}' => Some('-'),
        '\u{d7}' => Some('*'),
        '\u{f7}' | ':' => Some('/'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(text: &str) -> Option<String> {
        evaluate(text, |digits| digits.replace(',', ".").parse().ok()).map(|value| value.normalize().to_string())
    }

    #[test]
    fn sums_come_to_what_they_come_to() {
        for (text, expected) in [
            ("2*19,90+5", "44.8"),
            ("= 100 + 19", "119"),
            ("100−19", "81"),
            ("(1+2)×3", "9"),
            ("1+2*3", "7"),
            ("10:4", "2.5"),
            ("-3+5", "2"),
            ("3*-2", "-6"),
            ("10-2-3", "5"),
        ] {
            assert!(is_sum(text), "{text}");
            assert_eq!(value(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["1/0", "1+", "(1", "1)", "", "1 2+3", "a+b", "--1", &"(".repeat(99), &"1+".repeat(150)] {
            assert_eq!(value(text), None, "{text}");
        }
        for text in ["119", "-12,5", "1.190,00", "+3", "=4"] {
            assert!(!is_sum(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in r"[-+*/()×÷:=., 0-9−]{0,60}") {
            _ = value(&text);
        }
    }
}
