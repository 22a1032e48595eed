//! One browser: a storage, and tabs that share it.

use ap_intake::{
    domain::{
        events::{Mutation, MutationResult},
        field::Field,
        ids::InvoiceId,
        invoice::InvoiceDetail,
    },
    ui::{
        pages::review::{clashes::Clashes, drafts::Drafts, merge},
        state::edits::{outbox::Outbox, stored::Entries},
    },
};
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, VecDeque},
};

/// The browser's storage.
#[derive(Default)]
pub struct Storage(RefCell<BTreeMap<String, String>>);

impl Storage {
    pub fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }
}

impl Entries for Storage {
    fn names(&self) -> Vec<String> {
        self.0.borrow().keys().cloned().collect()
    }

    fn read(&self, name: &str) -> Option<String> {
        self.0.borrow().get(name).cloned()
    }

    fn write(&self, name: &str, text: &str) {
        self.0.borrow_mut().insert(name.to_owned(), text.to_owned());
    }

    fn remove(&self, name: &str) {
        self.0.borrow_mut().remove(name);
    }
}

/// The page of the invoice in a tab.
pub struct Page {
    pub detail: InvoiceDetail,
    pub drafts: Drafts,
    pub clashes: Clashes,
    /// Every value that was ever shown in a field.
    pub shown: BTreeSet<(Field, String)>,
}

impl Page {
    pub fn new(detail: InvoiceDetail) -> Page {
        Page { detail, drafts: Drafts::default(), clashes: Clashes::default(), shown: BTreeSet::new() }
    }

    /// The value to show: the person's own, as long as it is on its way, else the server's.
    pub fn value<'a>(&'a self, outbox: &'a Outbox, field: Field) -> &'a str {
        outbox.value(self.detail.summary.id, field).unwrap_or_else(|| merge::saved(&self.detail, field))
    }
}

pub struct Tab {
    pub outbox: Outbox,
    pub page: Option<Page>,
    /// An answer to a request for the invoice that is under way.
    pub answer: Option<InvoiceDetail>,
    /// It asked who lives; these answered.
    pub asked: Option<Vec<String>>,
    pub is_frozen: bool,
    pub is_offline: bool,
    pub up: VecDeque<Mutation>,
    pub down: VecDeque<MutationResult>,
}

impl Tab {
    pub fn new(client_id: String, detail: InvoiceDetail, alive: Vec<String>) -> Tab {
        Tab {
            outbox: Outbox::new(client_id),
            page: Some(Page::new(detail)),
            answer: None,
            asked: Some(alive),
            is_frozen: false,
            is_offline: false,
            up: VecDeque::new(),
            down: VecDeque::new(),
        }
    }

    /// Whether nothing is under way here and nothing waits for the person.
    pub fn is_at_rest(&self) -> bool {
        let waits_for_nobody = self.page.as_ref().is_some_and(|page| page.clashes.is_empty());
        self.outbox.is_empty() && self.up.is_empty() && self.down.is_empty() && waits_for_nobody
    }

    /// Nothing refused is left that the page does not ask about.
    pub fn holds_nothing(&self, invoice: InvoiceId) -> bool {
        self.outbox.held(invoice).is_empty()
    }

    /// Notes what the person sees: in fields in which nothing is being typed.
    pub fn look(&mut self, fields: &[Field]) {
        let Some(page) = self.page.as_mut().filter(|_| !self.is_frozen) else { return };
        for field in fields.iter().filter(|field| !page.drafts.contains(**field)) {
            let value = page.value(&self.outbox, *field).to_owned();
            page.shown.insert((*field, value));
        }
    }
}
