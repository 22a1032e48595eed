//! Why invoices are rejected: a catalogue that an admin keeps. Codes are for programs and never change; words are the
//! clerk's.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Reasons there are from the start: code and words.
const BUILT_IN: [(&str, &str); 8] = [
    ("wrong_amount", "Amount is wrong"),
    ("not_ordered", "Not ordered or not delivered"),
    ("wrong_buyer", "Not addressed to us"),
    ("duplicate", "Already invoiced"),
    ("missing_data", "Required data is missing"),
    ("wrong_account", "Bank account is not the supplier's"),
    ("suspicious", "Looks fraudulent"),
    ("other", "Another reason"),
];

/// The most reasons, and the most characters of one.
pub const MOST_REASONS: usize = 50;
pub const MOST_LETTERS: usize = 60;
/// The most letters of a code that is made of words.
const MOST_CODE: usize = 40;

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RejectReason {
    /// Empty for one that is new: its code is made of its words.
    pub code: String,
    pub words: String,
    /// Not offered any more. It stays in the catalogue, so that its code is never used for another.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_off: bool,
}

/// The catalogue: what is kept of it, and the built-in ones that nobody changed.
pub fn catalogue(kept: Vec<RejectReason>) -> Vec<RejectReason> {
    let mut all = kept;
    for (code, words) in BUILT_IN {
        if all.iter().all(|reason| reason.code != code) {
            all.push(RejectReason { code: code.to_owned(), words: words.to_owned(), is_off: false });
        }
    }
    all
}

/// The catalogue after an admin's changes: each reason of `asked` that has a code takes the place of the one that has it,
/// those without are added. None goes: what `asked` leaves out stays as it is.
pub fn changed(now: &[RejectReason], asked: &[RejectReason]) -> Result<Vec<RejectReason>, String> {
    let mut all = now.to_vec();
    for reason in asked {
        let words = reason.words.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.is_empty() || words.chars().count() > MOST_LETTERS {
            return Err(format!("A reason has 1 to {MOST_LETTERS} characters"));
        }
        let is_off = reason.is_off;
        if reason.code.is_empty() {
            let code = new_code(&words, &all);
            all.push(RejectReason { code, words, is_off });
            continue;
        }
        let known = all.iter_mut().find(|known| known.code == reason.code);
        let known = known.ok_or_else(|| format!("There is no reason with the code {}", reason.code))?;
        (known.words, known.is_off) = (words, is_off);
    }
    if all.len() > MOST_REASONS {
        return Err(format!("At most {MOST_REASONS} reasons"));
    }
    let offered: Vec<String> = all.iter().filter(|one| !one.is_off).map(|one| one.words.to_lowercase()).collect();
    if offered.is_empty() {
        return Err("One reason at least has to be offered".to_owned());
    }
    if offered.iter().collect::<BTreeSet<_>>().len() < offered.len() {
        return Err("Two reasons say the same".to_owned());
    }
    Ok(all)
}

/// A code made of words, that no other reason has.
fn new_code(words: &str, taken: &[RejectReason]) -> String {
    let mut plain = String::new();
    for sign in words.to_lowercase().chars().take(MOST_CODE) {
        if sign.is_ascii_alphanumeric() {
            plain.push(sign);
        } else if !plain.is_empty() && !plain.ends_with('_') {
            plain.push('_');
        }
    }
    let plain = plain.trim_end_matches('_');
    let plain = if plain.is_empty() { "reason" } else { plain };
    let is_free = |code: &String| taken.iter().all(|reason| reason.code != *code);
    let numbered = (2..).map(|number| format!("{plain}_{number}"));
    std::iter::once(plain.to_owned()).chain(numbered).find(is_free).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(code: &str, words: &str, is_off: bool) -> RejectReason {
        RejectReason { code: code.into(), words: words.into(), is_off }
    }

    #[test]
    fn reasons_are_renamed_switched_off_and_added() {
        let now = catalogue(Vec::new());
        assert_eq!(now.len(), BUILT_IN.len());
        let asked = [
            reason("duplicate", " Paid  already ", false),
            reason("other", "Another reason", true),
            reason("", "Price: too high!", false),
        ];
        let all = changed(&now, &asked).unwrap();
        let of = |code: &str| all.iter().find(|one| one.code == code).unwrap();
        assert_eq!(of("duplicate").words, "Paid already");
        assert!(of("other").is_off && !of("wrong_amount").is_off);
        assert_eq!(of("price_too_high").words, "Price: too high!");
        // Kept and read again, nothing is there twice.
        assert_eq!(catalogue(all.clone()), all);
        // The same words again, once the first is off, make another code.
        let off = changed(&all, &[reason("price_too_high", "Price: too high!", true)]).unwrap();
        let again = changed(&off, &[reason("", "Price – too high", false)]).unwrap();
        assert_eq!(again.last().unwrap().code, "price_too_high_2");
        assert_eq!(changed(&now, &[reason("", "価格", false)]).unwrap().last().unwrap().code, "reason");
    }

    #[test]
    fn what_makes_no_catalogue_is_refused() {
        let now = catalogue(Vec::new());
        let all_off: Vec<_> = now.iter().map(|one| reason(&one.code, &one.words, true)).collect();
        let many: Vec<_> = (0..MOST_REASONS).map(|number| reason("", &format!("Reason {number}"), false)).collect();
        for wrong in [
            vec![reason("", "  ", false)],
            vec![reason("", &"x".repeat(MOST_LETTERS + 1), false)],
            vec![reason("unheard_of", "What", false)],
            vec![reason("", "another REASON", false)],
            all_off,
            many,
        ] {
            assert!(changed(&now, &wrong).is_err(), "{wrong:?}");
        }
    }
}
