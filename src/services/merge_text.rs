//! Two people changed the same text: what it is with both changes in it.

/// Longer texts are put one after the other, so that comparing them stays quick.
const LONGEST: usize = 20_000;
/// Stands for a line break while each word has a line of its own.
const BREAK: char = '\u{1}';

/// `mine` and `theirs` were both made of `base`. Where they changed other words, both changes; where the same, one text
/// after the other. None: one of them is in the other, so there is nothing to put together.
pub fn merged(base: &str, mine: &str, theirs: &str) -> Option<String> {
    if mine.contains(theirs) || theirs.contains(mine) {
        return None;
    }
    let is_short = [base, mine, theirs].iter().all(|text| text.len() <= LONGEST && !text.contains(BREAK));
    let woven = is_short.then(|| diffy::merge(&words(base), &words(theirs), &words(mine)).ok()).flatten();
    Some(woven.map_or_else(|| [theirs, mine].join("\n"), |woven| text(&woven)))
}

/// Each word, and what stands between two, on a line of its own.
fn words(text: &str) -> String {
    let mut lines = String::with_capacity(text.len() * 2);
    let mut was_space = None;
    for sign in text.chars() {
        let is_space = sign.is_whitespace();
        if was_space.is_some_and(|was_space| was_space != is_space) {
            lines.push('\n');
        }
        lines.push(if sign == '\n' { BREAK } else { sign });
        was_space = Some(is_space);
    }
    lines.push('\n');
    lines
}

fn text(words: &str) -> String {
    words.chars().filter(|sign| *sign != '\n').map(|sign| if sign == BREAK { '\n' } else { sign }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn changes_of_other_words_are_woven() {
        let base = "Ring before delivery.\nGate 4.";
        let both = merged(base, "Ring before delivery.\nGate 5.", "Call before delivery.\nGate 4.");
        assert_eq!(both.as_deref(), Some("Call before delivery.\nGate 5."));
    }

    #[test]
    fn changes_of_the_same_words_stand_one_after_the_other() {
        assert_eq!(merged("", "Late.", "Two boxes missing.").as_deref(), Some("Two boxes missing.\nLate."));
        assert_eq!(merged("Gate 4", "Gate 5", "Gate 6").as_deref(), Some("Gate 6\nGate 5"));
    }

    #[test]
    fn a_text_that_holds_the_other_is_whole() {
        assert_eq!(merged("a", "a b", "a b c"), None);
        assert_eq!(merged("a", "a", "b a"), None);
    }

    proptest! {
        #[test]
        fn words_come_back(said in "[ -~\n\t\u{a0}-\u{17f}]{0,80}") {
            prop_assert_eq!(text(&words(&said)), said);
        }

        /// What only one of them added is in it.
        #[test]
        fn nothing_new_is_lost(base in "[a-c \n]{0,20}", mine in "[x ]{1,8}", theirs in "[y ]{1,8}") {
            let (mine, theirs) = ([mine.as_str(), &base].concat(), [base.as_str(), &theirs].concat());
            if let Some(both) = merged(&base, &mine, &theirs) {
                let count = |text: &str, sign| text.matches(sign).count();
                prop_assert!(count(&both, 'x') >= count(&mine, 'x') && count(&both, 'y') >= count(&theirs, 'y'));
            }
        }
    }
}
