//! Unsent changes in the browser's storage: one entry each, so that tabs never write over each other's.

use super::queue::Pending;
use crate::domain::{events::MutationKey, ids::UserId};
use leptos::prelude::window;
use web_sys::Storage;

/// What an entry is called: this, the user, the client, the number.
const STORED: &str = "ap-intake-edit:";

/// Keeps a change until [`forget`]. A full or forbidden storage costs what a reload would lose; it is sent all the same.
pub fn keep(user: UserId, pending: &Pending) {
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(pending)) {
        _ = storage.set_item(&name(user, &pending.key), &text);
    }
}

pub fn forget(user: UserId, key: &MutationKey) {
    if let Some(storage) = storage() {
        _ = storage.remove_item(&name(user, key));
    }
}

/// Whether anybody left anything.
pub fn is_empty() -> bool {
    names(STORED).is_empty()
}

/// What this user left unsent, but for the tabs named.
pub fn left_by(user: UserId, except: &[String]) -> Vec<Pending> {
    let Some(storage) = storage() else { return Vec::new() };
    let texts = names(&start(user)).into_iter().filter_map(|name| storage.get_item(&name).ok().flatten());
    let all = texts.filter_map(|text| serde_json::from_str::<Pending>(&text).ok());
    all.filter(|pending| !except.contains(&pending.key.client_id)).collect()
}

pub(super) fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

fn start(user: UserId) -> String {
    [STORED, &user.to_string(), ":"].concat()
}

fn name(user: UserId, key: &MutationKey) -> String {
    [start(user).as_str(), &key.client_id, ":", &key.mutation_id.to_string()].concat()
}

fn names(start: &str) -> Vec<String> {
    let Some(storage) = storage() else { return Vec::new() };
    let count = storage.length().unwrap_or_default();
    (0..count).filter_map(|at| storage.key(at).ok().flatten()).filter(|key| key.starts_with(start)).collect()
}
