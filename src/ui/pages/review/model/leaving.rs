//! The page is left, or come back to: what was typed is sent; what can not be is said, and kept until then.

use super::{Drafts, Review};
use crate::domain::{field::Field, invoice::FieldEdit, rows::Row};
use crate::ui::components::toast::ToastAction;
use crate::ui::layout::keys::leave_control;
use crate::ui::pages::review::words;
use crate::ui::state::edits::{Direction, LeftDraft};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use std::time::Duration;

impl Review {
    /// Goes on from what an earlier visit left. Call before the page listens to its changes: by then they have to be noted.
    pub(super) fn come_back(self) {
        let sent = self.edits.changes_of(self.id);
        self.undo.update(|undo| sent.iter().for_each(|pending| undo.note(pending, None)));
        for LeftDraft { field, draft, reason } in self.edits.come_back(self.id) {
            self.drafts.update(|drafts| drafts.put(field, draft));
            self.refused.update(|refused| drop(refused.insert(field, reason)));
        }
        let navigate = use_navigate();
        let href = ["/invoices/", &self.id.to_string()].concat();
        let back = ToastAction::new("Look at it", move || navigate(&href, NavigateOptions::default()));
        on_cleanup(move || self.leave(back));
    }

    /// Sends what is being typed, also into a control that has the focus. Gives whether something stays that can not be
    /// sent.
    pub(super) fn holds_unsent(self) -> bool {
        leave_control();
        self.take_drafts();
        self.refused.with_untracked(|refused| !refused.is_empty())
    }

    /// The page goes, and with it its controls. What was typed is looked at now, and sent only when the other page stands:
    /// until then this one still listens to changes, of values that are gone.
    fn leave(self, back: ToastAction) {
        let Some(drafts) = self.drafts.try_get_untracked().filter(|drafts| !drafts.is_empty()) else { return };
        let mut refused = self.refused.get_untracked();
        let (mut sent, mut unsent) = (Vec::new(), Vec::new());
        for field in drafts.fields() {
            let Some(draft) = drafts.get(field).cloned() else { continue };
            let known = refused.remove(&field);
            match known.map_or_else(|| self.left(&drafts, field, &draft.text), Err) {
                Ok(Some(value)) => sent.push(self.change(FieldEdit::new(field, draft.seen, value))),
                Ok(None) => {}
                Err(reason) => unsent.push(LeftDraft { field, draft, reason }),
            }
        }
        let title = self.detail.with_untracked(|detail| detail.summary.title());
        let send = move || {
            sent.into_iter()
                .for_each(|(edit, before)| drop(self.edits.push(self.id, edit, before, Direction::Forward)));
            if unsent.is_empty() {
                return;
            }
            let labels: Vec<String> = unsent.iter().map(|unsent| words::full_label(unsent.field)).collect();
            self.toasts.failed_with([title.as_str(), ": not saved yet: ", &labels.join(", ")].concat(), back);
            self.edits.leave(self.id, unsent);
        };
        set_timeout(send, Duration::ZERO);
    }

    /// What a draft comes to, None where it changes nothing; or why it is no such value.
    fn left(self, drafts: &Drafts, field: Field, text: &str) -> Result<Option<String>, String> {
        let now = untrack(|| self.value(field));
        let value = match field.row() {
            None => words::normalise(field.kind(), text, self.numbers)?,
            Some(_) => text.to_owned(),
        };
        let is_blank = |text: &str| Row::parse(field, text).is_none_or(|row| row.is_blank());
        let is_nothing = field.row().is_some() && Row::parse(field, &now).is_none() && is_blank(text);
        Ok((!is_nothing && drafts.is_change(field, &value, &now)).then_some(value))
    }
}
