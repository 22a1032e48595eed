//! The page is left, or come back to: what was typed is sent; what can not be is said, and kept until then.

use super::{Drafts, Review};
use crate::ui::components::toast::ToastAction;
use crate::ui::layout::keys::leave_control;
use crate::ui::pages::review::words;
use crate::ui::state::edits::LeftDraft;
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

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

    /// The page goes, and with it its controls.
    fn leave(self, back: ToastAction) {
        if self.drafts.try_with_untracked(Drafts::is_empty) != Some(false) {
            return;
        }
        self.take_drafts();
        let unsent = self.unsent();
        if unsent.is_empty() {
            return;
        }
        let labels: Vec<String> = unsent.iter().map(|unsent| words::full_label(unsent.field)).collect();
        let title = self.detail.with_untracked(|detail| detail.summary.title());
        self.toasts.failed_with([title.as_str(), ": not saved yet: ", &labels.join(", ")].concat(), back);
        self.edits.leave(self.id, unsent);
    }

    /// What was refused and is still there to be corrected.
    fn unsent(self) -> Vec<LeftDraft> {
        let refused = self.refused.get_untracked().into_iter();
        self.drafts.with_untracked(|drafts| {
            let unsent = |(field, reason)| Some(LeftDraft { field, draft: drafts.get(field)?.clone(), reason });
            refused.filter_map(unsent).collect()
        })
    }
}
