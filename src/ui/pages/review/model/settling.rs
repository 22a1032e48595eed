//! What a person chose where somebody else changed the same, and how the other side comes back.

use super::Review;
use crate::domain::{
    invoice::{FieldEdit, Placing},
    reading::PageBox,
};
use crate::ui::components::toast::ToastAction;
use crate::ui::pages::review::{
    clashes::Clashes,
    questions::{Pick, Question, Side},
    words,
};
use crate::ui::state::edits::{Before, Direction};
use leptos::prelude::*;

/// Why a toast can bring nothing back.
pub(super) const LEFT: &str = "You have left that invoice: open it to change it again";

/// One field of what was chosen, with the side that was not.
struct Settled {
    side: Side,
    version: i64,
    /// None: theirs stayed.
    sent: Option<String>,
    /// Where theirs stands.
    place: Option<PageBox>,
}

impl Review {
    /// What is asked where changes of others met the person's own.
    pub fn questions(self) -> Vec<Question> {
        self.clashes.with(Clashes::questions)
    }

    /// Settles all questions. Mine, or both in one, is sent; where it is theirs, the server has it. A toast brings the
    /// other side back: mine, when it was not chosen, is kept nowhere else.
    pub fn settle(self, pick: impl Fn(&Question) -> Pick) {
        let clashes = self.clashes.try_update(std::mem::take).unwrap_or_default();
        if clashes.is_empty() {
            return;
        }
        clashes.all().iter().for_each(|clash| self.take_theirs(&clash.conflict));
        let questions = clashes.questions();
        let picks: Vec<Pick> = questions.iter().map(pick).collect();
        let chosen = questions.into_iter().zip(&picks);
        let mut settled = Vec::new();
        self.as_one(|| settled = chosen.flat_map(|(question, pick)| self.send_chosen(question, *pick)).collect());
        clashes.all().iter().for_each(|clash| self.edits.forget(&clash.key));
        self.toasts.ok_with(said(&picks), ToastAction::new("Undo", move || self.bring_back(&settled)));
        // Their change may have brought others with it: marks, checks, reasons.
        self.reload();
    }

    fn send_chosen(self, question: Question, pick: Pick) -> Vec<Settled> {
        let version = question.version;
        let sent: Vec<Option<String>> = question.sides.iter().map(|side| question.sent(side, pick)).collect();
        let sides = question.sides.into_iter().zip(sent).filter(|(side, _)| side.differs());
        let send = |(side, sent): (Side, Option<String>)| {
            let place = untrack(|| self.place(side.name));
            if let Some(value) = sent.clone() {
                self.send_placed(side.name, version, value, side.place, Direction::Forward);
            }
            Settled { side, version, sent, place }
        };
        sides.map(send).collect()
    }

    /// Undo of what was chosen. Mine comes back also after the page was left.
    fn bring_back(self, settled: &[Settled]) {
        let is_here = !self.is_gone();
        if !is_here && settled.iter().any(|one| one.sent.is_some()) {
            self.toasts.failed(LEFT);
        }
        let bring = |Settled { side, version, sent, place }: &Settled| match sent {
            None => self.bring_mine(side, *version),
            Some(sent) if is_here => self.bring_theirs(side, sent, *place),
            Some(_) => {}
        };
        self.as_one(|| settled.iter().for_each(bring));
    }

    /// As a change of its own, on the version that was told: whoever changed the field since is met again.
    fn bring_mine(self, side: &Side, version: i64) {
        let known = self.detail.try_with_untracked(|detail| detail.fields.get(&side.name)?.place);
        let before = Before { value: side.theirs.clone(), place: known.flatten() };
        let edit = FieldEdit { place: side.place, ..FieldEdit::new(side.name, version, side.mine.clone()) };
        self.note(self.edits.push(self.id, edit, before, Direction::Forward));
    }

    /// Only where what was sent still stands: nothing that came since is overwritten unseen.
    fn bring_theirs(self, side: &Side, sent: &str, place: Option<PageBox>) {
        if untrack(|| self.value(side.name)) != sent {
            let label = words::full_label(side.name);
            return self.toasts.failed([label.as_str(), " was changed again: it stays as it is"].concat());
        }
        let place = if side.place.is_kept() { Placing::Kept } else { Placing::of(place) };
        self.send_placed(side.name, self.version_of(side.name), side.theirs.clone(), place, Direction::Forward);
    }
}

/// What was chosen, in words.
fn said(picks: &[Pick]) -> &'static str {
    let is_all = |pick| picks.iter().all(|picked| *picked == pick);
    match picks.first() {
        Some(Pick::Mine) if is_all(Pick::Mine) => "Mine kept",
        Some(Pick::Theirs) if is_all(Pick::Theirs) => "Theirs kept",
        Some(Pick::Both) if is_all(Pick::Both) => "Both kept",
        _ => "Kept as you chose",
    }
}
