//! Mentions in plain text: `@` and a name. Where they stand, and what a person may be about to write.

use crate::domain::{comment::Person, ids::UserId};

/// A piece of a text, and whom it mentions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    pub text: &'a str,
    pub person: Option<&'a Person>,
}

/// Takes a text apart at its mentions. Of two names that fit, the longer one counts; of two people of one name, the
/// first.
pub fn pieces<'a>(text: &'a str, people: &'a [Person]) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let (mut done, mut from) = (0, 0);
    while let Some(found) = text[from..].find('@') {
        let at = from + found;
        from = at + 1;
        let Some(person) = named(text, at, people) else { continue };
        let end = from + person.name.len();
        if at > done {
            pieces.push(Piece { text: &text[done..at], person: None });
        }
        pieces.push(Piece { text: &text[at..end], person: Some(person) });
        (done, from) = (end, end);
    }
    if done < text.len() {
        pieces.push(Piece { text: &text[done..], person: None });
    }
    pieces
}

/// Whose name follows the `@` at this place, standing alone: `a@b.example` is no mention.
fn named<'a>(text: &str, at: usize, people: &'a [Person]) -> Option<&'a Person> {
    if text[..at].chars().next_back().is_some_and(char::is_alphanumeric) {
        return None;
    }
    let rest = &text[at + 1..];
    let fits = |person: &&Person| {
        let after = rest.strip_prefix(person.name.as_str());
        after.is_some_and(|after| !after.chars().next().is_some_and(char::is_alphanumeric))
    };
    // The longest; of those, the first.
    people.iter().filter(fits).reduce(|best, next| if next.name.len() > best.name.len() { next } else { best })
}

/// What stands between the last `@` and the caret, while it may become a name; with the place of the `@`. `caret` counts
/// as browsers do, in UTF-16.
pub fn begun(text: &str, caret: usize) -> Option<(usize, &str)> {
    let before = &text[..byte_place(text, caret)];
    let at = before.rfind('@')?;
    let typed = &before[at + 1..];
    let stands_alone = !before[..at].chars().next_back().is_some_and(char::is_alphanumeric);
    (stands_alone && !typed.contains('\n')).then_some((at, typed))
}

fn byte_place(text: &str, utf16: usize) -> usize {
    let mut units = 0;
    for (place, sign) in text.char_indices() {
        if units >= utf16 {
            return place;
        }
        units += sign.len_utf16();
    }
    text.len()
}

/// Where a caret stands after the first `bytes` of a text, as browsers count.
pub fn caret_after(text: &str, bytes: usize) -> u32 {
    text[..bytes].chars().map(char::len_utf16).sum::<usize>() as u32
}

/// The people of whom a name, or a later word of it, begins like this, but for whoever writes. At most `most`.
pub fn fitting(people: &[Person], typed: &str, writer: UserId, most: usize) -> Vec<Person> {
    let typed = typed.to_lowercase();
    let fits = |person: &&Person| {
        let name = person.name.to_lowercase();
        name.starts_with(&typed) || name.match_indices(' ').any(|(place, _)| name[place + 1..].starts_with(&typed))
    };
    people.iter().filter(|person| person.id != writer).filter(fits).take(most).cloned().collect()
}

/// Whoever's name stands in a text, each once.
pub fn mentions_in(text: &str, people: &[Person]) -> Vec<UserId> {
    let mut ids: Vec<UserId> = pieces(text, people).iter().filter_map(|piece| Some(piece.person?.id)).collect();
    ids.sort();
    ids.dedup();
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people() -> Vec<Person> {
        let names = ["Ann", "Ann Lee", "Björn Åberg", "Ann Lee"];
        let person = |(number, name): (usize, &str)| Person {
            id: UserId(uuid::Uuid::from_u128(number as u128)),
            name: name.to_owned(),
        };
        names.into_iter().enumerate().map(person).collect()
    }

    #[test]
    fn mentions_are_found_where_a_name_stands_alone() {
        let people = people();
        let found = |text: &str| {
            let found = pieces(text, &people);
            assert_eq!(found.iter().map(|piece| piece.text).collect::<String>(), text, "nothing is lost");
            found.iter().filter_map(|piece| Some(piece.person?.id.0.as_u128())).collect::<Vec<_>>()
        };
        assert_eq!(found("@Ann Lee, and @Ann: see @Björn Åberg."), [1, 0, 2]);
        assert_eq!(found("ann@Ann @Anna @ @@Ann"), [0]);
        assert_eq!(found(""), []);
        assert_eq!(found("🙂@Björn Åberg🙂"), [2]);
    }

    #[test]
    fn what_is_begun_ends_at_the_caret() {
        assert_eq!(begun("Hello @An you", 9), Some((6, "An")));
        assert_eq!(begun("🙂 @Bj", 6), Some((5, "Bj")));
        assert_eq!(begun("@", 1), Some((0, "")));
        assert_eq!(begun("mail a@b", 8), None);
        assert_eq!(begun("@Ann\nnext", 9), None);
        assert_eq!(begun("none", 99), None);
        assert_eq!(caret_after("🙂 @Björn", 5), 3);
    }

    #[test]
    fn people_are_found_by_any_of_their_names() {
        let names = |typed: &str| {
            fitting(&people(), typed, UserId(uuid::Uuid::from_u128(0)), 3)
                .into_iter()
                .map(|one| one.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(names("LEE"), ["Ann Lee", "Ann Lee"]);
        assert_eq!(names("åb"), ["Björn Åberg"]);
        assert_eq!(names("ann l"), ["Ann Lee", "Ann Lee"]);
        assert_eq!(names("").len(), 3);
        assert!(names("x").is_empty());
    }
}
