//! What a person is asked where somebody else changed the same, as plain data: what stands on each side, and what of it
//! was chosen.

use super::clashes::Clash;
use crate::domain::{
    field::Field,
    invoice::{FieldConflict, FieldSides, Placing},
};
use std::collections::BTreeMap;

/// Which side counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    Mine,
    Theirs,
    /// Both changes of a longer text.
    Both,
}

/// One field of a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    pub name: Field,
    /// The value that the person saw, where it is still known.
    pub base: Option<String>,
    pub mine: String,
    pub theirs: String,
    /// What the person said of where the value stands.
    pub place: Placing,
    /// Whether the person changed this very field; else `mine` is what they saw beside the one they changed.
    is_own: bool,
}

impl Side {
    /// Whether there is anything to choose.
    pub fn differs(&self) -> bool {
        self.mine != self.theirs || !self.place.is_kept()
    }
}

/// What is chosen at once: a field, or those that share its version, such as the amounts.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The field whose version it is.
    pub group: Field,
    /// In the order of the form; never empty.
    pub sides: Vec<Side>,
    pub merged: Option<String>,
    /// What is chosen is sent on this version.
    pub version: i64,
    pub actor: String,
    pub at: i64,
}

impl Question {
    pub fn of(clash: &Clash) -> Question {
        let FieldConflict { name, base, mine, theirs, merged, group, version, actor, at } = clash.conflict.clone();
        let own = FieldSides { name, base, mine, theirs };
        let all = if group.is_empty() { vec![own] } else { group };
        let side = |FieldSides { name: of, base, mine, theirs }| {
            let is_own = of == name;
            let place = if is_own { clash.place } else { Placing::Kept };
            Side { name: of, base, mine, theirs: theirs.unwrap_or_default(), place, is_own }
        };
        let sides = all.into_iter().map(side).collect();
        Question { group: name.version_group(), sides, merged, version, actor, at }
    }

    /// Takes in another change of the person to the same group. What the later refusal tells of the others counts.
    pub fn join(&mut self, mut other: Question) {
        if other.version > self.version {
            std::mem::swap(self, &mut other);
        }
        for side in other.sides {
            match self.sides.iter_mut().find(|known| known.name == side.name) {
                Some(known) if side.is_own => {
                    (known.mine, known.place, known.is_own) = (side.mine, side.place, true);
                }
                Some(_) => {}
                None => self.sides.push(side),
            }
        }
        self.sides.sort_by_key(|side| side.name);
    }

    /// What is sent of a field; None: theirs stays, which the server has.
    pub fn sent(&self, side: &Side, pick: Pick) -> Option<String> {
        match pick {
            Pick::Mine => side.differs().then(|| side.mine.clone()),
            Pick::Theirs => None,
            Pick::Both => self.merged.clone(),
        }
    }

    /// What nobody has to choose: of texts that go together both, with which nothing is lost; else what the server has.
    fn usual(&self) -> Pick {
        if self.merged.is_some() { Pick::Both } else { Pick::Theirs }
    }

    fn theirs(&self) -> Vec<(Field, String)> {
        self.sides.iter().map(|side| (side.name, side.theirs.clone())).collect()
    }
}

/// A pick, and what it was picked against.
#[derive(Clone, Debug, PartialEq)]
struct Answer {
    pick: Pick,
    theirs: Vec<(Field, String)>,
}

/// What the person has pressed, until it is sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answers(BTreeMap<Field, Answer>);

impl Answers {
    /// What counts now; None: they changed it since the person chose, who has to choose again.
    pub fn to(&self, question: &Question) -> Option<Pick> {
        let Some(answer) = self.0.get(&question.group) else { return Some(question.usual()) };
        let is_there = answer.pick != Pick::Both || question.merged.is_some();
        (is_there && answer.theirs == question.theirs()).then_some(answer.pick)
    }

    pub fn choose(&mut self, question: &Question, pick: Pick) {
        self.0.insert(question.group, Answer { pick, theirs: question.theirs() });
    }

    /// Forgets what was answered to questions that are no longer asked.
    pub fn keep(&mut self, questions: &[Question]) {
        self.0.retain(|group, _| questions.iter().any(|question| question.group == *group));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::pages::review::clashes::Clashes;
    use crate::ui::state::edits::Pending;

    fn sides(name: Field, base: &str, mine: &str, theirs: &str) -> FieldSides {
        FieldSides { name, base: Some(base.to_owned()), mine: mine.to_owned(), theirs: Some(theirs.to_owned()) }
    }

    fn conflict(own: FieldSides, group: Vec<FieldSides>) -> FieldConflict {
        let FieldSides { name, base, mine, theirs } = own;
        FieldConflict { name, base, mine, theirs, merged: None, group, version: 2, actor: String::new(), at: 0 }
    }

    fn questions(conflicts: &[FieldConflict]) -> Vec<Question> {
        let mut clashes = Clashes::default();
        for (number, conflict) in (1..).zip(conflicts) {
            clashes.meet(&Pending::for_test(number, conflict.name, 1), vec![conflict.clone()]);
        }
        clashes.questions()
    }

    fn note(theirs: &str) -> Question {
        questions(&[conflict(sides(Field::Note, "a", "b", theirs), Vec::new())]).remove(0)
    }

    #[test]
    fn amounts_are_one_question_with_all_that_was_changed() {
        let net = sides(Field::NetTotal, "100", "90", "100");
        let gross = sides(Field::GrossTotal, "119", "119", "120");
        // The person changed the net amount, then the VAT; the other one the gross.
        let tax = sides(Field::TaxTotal, "19", "17", "19");
        let first = conflict(net.clone(), vec![net, gross.clone()]);
        let second = conflict(tax.clone(), vec![tax, gross]);
        for asked in [questions(&[first.clone(), second.clone()]), questions(&[second, first])] {
            assert_eq!(asked.len(), 1);
            let question = &asked[0];
            let shown: Vec<_> = question.sides.iter().map(|side| (side.name, side.mine.as_str())).collect();
            assert_eq!(shown, [(Field::NetTotal, "90"), (Field::TaxTotal, "17"), (Field::GrossTotal, "119")]);
            let sent = |pick| question.sides.iter().filter_map(|side| question.sent(side, pick)).collect::<Vec<_>>();
            assert_eq!(sent(Pick::Mine), ["90", "17", "119"]);
            assert_eq!(sent(Pick::Theirs), Vec::<String>::new());
        }
    }

    #[test]
    fn what_the_person_changed_counts_and_not_what_they_saw_beside_it() {
        let net = |mine| sides(Field::NetTotal, "100", mine, "101");
        let gross = |mine| sides(Field::GrossTotal, "119", mine, "119");
        let asked =
            questions(&[conflict(net("90"), Vec::new()), conflict(gross("107"), vec![net("100"), gross("107")])]);
        let mine: Vec<&str> = asked[0].sides.iter().map(|side| side.mine.as_str()).collect();
        assert_eq!(mine, ["90", "107"]);
    }

    #[test]
    fn a_choice_stays_when_another_question_comes() {
        let (mut answers, known) = (Answers::default(), note("c"));
        assert_eq!(answers.to(&known), Some(Pick::Theirs), "what the server has");
        answers.choose(&known, Pick::Mine);
        let other = conflict(sides(Field::BuyerName, "a", "b", "c"), Vec::new());
        let own = conflict(sides(Field::Note, "a", "b", "c"), Vec::new());
        let asked = questions(&[own, other]);
        answers.keep(&asked);
        assert_eq!(
            asked.iter().map(|question| answers.to(question)).collect::<Vec<_>>(),
            [Some(Pick::Mine), Some(Pick::Theirs)]
        );
        answers.keep(&[]);
        assert_eq!(answers, Answers::default());
    }

    #[test]
    fn a_choice_against_another_value_is_asked_again() {
        let mut answers = Answers::default();
        for pick in [Pick::Mine, Pick::Theirs] {
            answers.choose(&note("c"), pick);
            answers.keep(&[note("d")]);
            assert_eq!(answers.to(&note("d")), None);
        }
        answers.choose(&note("d"), Pick::Mine);
        assert_eq!(answers.to(&note("d")), Some(Pick::Mine));
    }

    #[test]
    fn both_in_one_counts_as_long_as_there_is_such_a_text() {
        let mut answers = Answers::default();
        let together = Question { merged: Some("b c".to_owned()), ..note("c") };
        assert_eq!(answers.to(&together), Some(Pick::Both), "nothing is lost with it");
        assert_eq!(together.sent(&together.sides[0], Pick::Both).as_deref(), Some("b c"));
        answers.choose(&together, Pick::Both);
        assert_eq!(answers.to(&note("c")), None);
    }
}
