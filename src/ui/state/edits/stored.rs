//! Unsent changes and decisions in the browser's storage: one entry each, so that tabs never write over each other's.

use super::{decisions::PendingDecision, queue::Pending};
use crate::domain::{events::MutationKey, ids::UserId};
use leptos::prelude::window;
use serde::{Serialize, de::DeserializeOwned};
use web_sys::Storage;

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

/// What is kept: a change, or a decision.
pub trait Unsent: Serialize + DeserializeOwned {
    /// What its entries are called: this, the user, the client, the number.
    const STORED: &'static str;

    fn key(&self) -> &MutationKey;
}

impl Unsent for Pending {
    const STORED: &'static str = "ap-intake-edit:";

    fn key(&self) -> &MutationKey {
        &self.key
    }
}

impl Unsent for PendingDecision {
    const STORED: &'static str = "ap-intake-decision:";

    fn key(&self) -> &MutationKey {
        &self.key
    }
}

/// Keeps it until [`forget`]. A full or forbidden storage costs what a reload would lose; it is sent all the same.
pub fn keep<T: Unsent>(storage: &impl Entries, user: UserId, unsent: &T) {
    if let Ok(text) = serde_json::to_string(unsent) {
        storage.write(&name::<T>(user, unsent.key()), &text);
    }
}

pub fn forget<T: Unsent>(storage: &impl Entries, user: UserId, key: &MutationKey) {
    storage.remove(&name::<T>(user, key));
}

/// Whether anybody left anything.
pub fn is_empty(storage: &impl Entries) -> bool {
    let is_one = |name: &String| name.starts_with(Pending::STORED) || name.starts_with(PendingDecision::STORED);
    !storage.names().iter().any(is_one)
}

/// What this user left unsent, but for the clients named.
pub fn left_by<T: Unsent>(storage: &impl Entries, user: UserId, except: &[String]) -> Vec<T> {
    let start = start::<T>(user);
    let names = storage.names().into_iter().filter(|name| name.starts_with(&start));
    let all = names.filter_map(|name| serde_json::from_str::<T>(&storage.read(&name)?).ok());
    all.filter(|unsent| !except.contains(&unsent.key().client_id)).collect()
}

fn start<T: Unsent>(user: UserId) -> String {
    [T::STORED, &user.to_string(), ":"].concat()
}

fn name<T: Unsent>(user: UserId, key: &MutationKey) -> String {
    [start::<T>(user).as_str(), &key.client_id, ":", &key.mutation_id.to_string()].concat()
}
