//! Words that OCR spoiled, as labels are compared: a letter taken for another, two words without their space.
//! Only tokens are mended, which nobody sees; never the words of a text layer.

use super::labels;

/// Shorter words are too much like others.
const MIN_LENGTH: usize = 4;
/// From this length on any one letter may be wrong; in shorter words only one that looks alike.
const LONG: usize = 6;
/// Halves of a word that lost its space.
const MIN_HALF: usize = 3;

/// The words of labels that a token most probably was: one, or two.
pub(super) fn mend(token: &str) -> Option<Vec<String>> {
    if !token.is_ascii() || token.len() < MIN_LENGTH || token.len() > 24 || labels::is_known_word(token) {
        return None;
    }
    if !token.bytes().any(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    let digits = token.bytes().filter(u8::is_ascii_digit).count();
    if digits * 3 > token.len() {
        return None;
    }
    let similar = labels::known_words_of(token.len()).find(|word| is_similar(token, word));
    if let Some(word) = similar {
        return Some(vec![word.to_owned()]);
    }
    let halves = (MIN_HALF..=token.len().saturating_sub(MIN_HALF)).map(|at| token.split_at(at));
    let known = |half: &str| labels::is_known_word(half);
    let (first, second) = halves.into_iter().find(|(first, second)| known(first) && known(second))?;
    Some(vec![first.to_owned(), second.to_owned()])
}

/// Whether the two, of the same length, differ in one letter that OCR may have got wrong.
fn is_similar(token: &str, word: &str) -> bool {
    let mut different = token.bytes().zip(word.bytes()).filter(|(a, b)| a != b);
    let Some((read, meant)) = different.next() else {
        return false;
    };
    different.next().is_none() && (looks_like(read, meant) || word.len() >= LONG)
}

/// Letters and digits that are taken for each other.
fn looks_like(a: u8, b: u8) -> bool {
    const ALIKE: [&[u8]; 11] =
        [b"o0cqdu", b"il1tjf", b"s5", b"b8h", b"z2", b"g9qc", b"eca", b"nmhru", b"vyu", b"a4", b"rtf"];
    ALIKE.iter().any(|group| group.contains(&a) && group.contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misread_words_become_those_of_labels() {
        for (read, meant) in [("t0tal", "total"), ("tutal", "total"), ("gash", "cash"), ("inv0ice", "invoice")] {
            assert_eq!(mend(read), Some(vec![meant.to_owned()]), "{read}");
        }
        assert_eq!(mend("totalgst"), Some(vec!["total".to_owned(), "gst".to_owned()]));
        assert_eq!(mend("taxinvoice"), Some(vec!["tax".to_owned(), "invoice".to_owned()]));
    }

    #[test]
    fn others_stay() {
        for word in ["total", "hotel", "12345", "b8", "re2026", "miller", "x1y2z3", "größe"] {
            assert_eq!(mend(word), None, "{word}");
        }
    }
}
