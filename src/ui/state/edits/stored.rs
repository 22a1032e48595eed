//! Unsent changes in the browser's storage: one entry each, so that tabs never write over each other's.

use super::queue::Pending;
use crate::domain::{events::MutationKey, ids::UserId};
use leptos::prelude::window;
use web_sys::Storage;

/// What an entry is called: this, the user, the client, the number.
const STORED: &str = "ap-intake-edit:";

/// Texts under names.
pub trait Entries {
    fn names(&self) -> Vec<String>;
    fn read(&self, name: &str) -> Option<String>;
    fn write(&self, name: &str, text: &str);
    fn remove(&self, name: &str);
}

impl Entries for Storage {
    fn names(&self) -> Vec<String> {
        (0..self.length().unwrap_or_default()).filter_map(|at| self.key(at).ok().flatten()).collect()
    }

    fn read(&self, name: &str) -> Option<String> {
        self.get_item(name).ok().flatten()
    }

    fn write(&self, name: &str, text: &str) {
        _ = self.set_item(name, text);
    }

    fn remove(&self, name: &str) {
        _ = self.remove_item(name);
    }
}

/// The storage that all tabs share, where there is one.
pub fn browser() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// Keeps a change until [`forget`]. A full or forbidden storage costs what a reload would lose; it is sent all the same.
pub fn keep(storage: &impl Entries, user: UserId, pending: &Pending) {
    if let Ok(text) = serde_json::to_string(pending) {
        storage.write(&name(user, &pending.key), &text);
    }
}

pub fn forget(storage: &impl Entries, user: UserId, key: &MutationKey) {
    storage.remove(&name(user, key));
}

/// Whether anybody left anything.
pub fn is_empty(storage: &impl Entries) -> bool {
    !storage.names().iter().any(|name| name.starts_with(STORED))
}

/// What this user left unsent, but for the clients named.
pub fn left_by(storage: &impl Entries, user: UserId, except: &[String]) -> Vec<Pending> {
    let start = start(user);
    let names = storage.names().into_iter().filter(|name| name.starts_with(&start));
    let all = names.filter_map(|name| serde_json::from_str::<Pending>(&storage.read(&name)?).ok());
    all.filter(|pending| !except.contains(&pending.key.client_id)).collect()
}

fn start(user: UserId) -> String {
    [STORED, &user.to_string(), ":"].concat()
}

fn name(user: UserId, key: &MutationKey) -> String {
    [start(user).as_str(), &key.client_id, ":", &key.mutation_id.to_string()].concat()
}
