//! A comment that is being written, or that the server has not taken yet, outlives its page and a reload of the tab; with
//! the tab it goes.

use crate::domain::{
    comment::NewComment,
    ids::{InvoiceId, UserId},
};
use leptos::prelude::window;
use web_sys::Storage;

/// Where it is kept: by who writes, and about what.
#[derive(Clone, Copy)]
pub struct CommentDraft {
    pub writer: UserId,
    pub invoice: InvoiceId,
}

impl CommentDraft {
    fn name(self) -> String {
        ["ap-intake-comment ", &self.writer.to_string(), " ", &self.invoice.to_string()].concat()
    }

    fn unsent_name(self) -> String {
        [&self.name(), " unsent"].concat()
    }

    /// What was written before; None: nothing.
    pub fn read(self) -> Option<String> {
        storage()?.get_item(&self.name()).ok().flatten()
    }

    /// Keeps what stands there now. A full or forbidden storage costs what a reload would lose.
    pub fn keep(self, text: &str) {
        let Some(storage) = storage() else { return };
        _ = match text.trim() {
            "" => storage.remove_item(&self.name()),
            _ => storage.set_item(&self.name(), text),
        };
    }

    /// Those that the server has not taken yet, oldest first.
    pub fn unsent(self) -> Vec<NewComment> {
        let text = storage().and_then(|storage| storage.get_item(&self.unsent_name()).ok().flatten());
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    /// Keeps one until the server has it, in its last form.
    pub fn keep_unsent(self, comment: &NewComment) {
        let mut unsent = self.unsent();
        unsent.retain(|kept| kept.key != comment.key);
        unsent.push(comment.clone());
        self.put_unsent(&unsent);
    }

    /// The server has it, or it was given up.
    pub fn forget_unsent(self, comment: &NewComment) {
        let mut unsent = self.unsent();
        unsent.retain(|kept| kept.key != comment.key);
        self.put_unsent(&unsent);
    }

    fn put_unsent(self, unsent: &[NewComment]) {
        let Some(storage) = storage() else { return };
        let name = self.unsent_name();
        _ = match serde_json::to_string(unsent) {
            Ok(text) if !unsent.is_empty() => storage.set_item(&name, &text),
            _ => storage.remove_item(&name),
        };
    }
}

fn storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}
