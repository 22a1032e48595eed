//! A comment that is being written outlives its page and a reload of the tab; with the tab it goes.

use crate::domain::ids::{InvoiceId, UserId};
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
}

fn storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}
