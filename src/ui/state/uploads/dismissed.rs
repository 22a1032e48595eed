//! Uploads whose end the person has seen and put away. Kept in this browser, so that a reload does not bring them back.

use crate::domain::ids::TaskId;
use leptos::prelude::window;

const KEY: &str = "uploads-dismissed";
/// The server tells of the last day's uploads, 50 at most; older ones need not be remembered.
const MOST: usize = 100;

/// Browser only.
pub fn all() -> Vec<TaskId> {
    let kept = storage().and_then(|storage| storage.get_item(KEY).ok().flatten());
    read(&kept.unwrap_or_default())
}

pub fn add(tasks: &[TaskId]) {
    if tasks.is_empty() {
        return;
    }
    if let Some(storage) = storage() {
        // A browser that keeps nothing shows them once more.
        _ = storage.set_item(KEY, &written(all(), tasks));
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

fn read(text: &str) -> Vec<TaskId> {
    text.split(' ').filter_map(|id| id.parse().ok()).collect()
}

/// The newest last.
fn written(mut known: Vec<TaskId>, more: &[TaskId]) -> String {
    known.extend(more);
    let oldest = known.len().saturating_sub(MOST);
    known[oldest..].iter().map(TaskId::to_string).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn what_is_written_is_read_and_the_oldest_are_forgotten() {
        let ids: Vec<_> = (0..=MOST as u128).map(|number| TaskId(Uuid::from_u128(number))).collect();
        let kept = read(&written(ids[..MOST].to_vec(), &ids[MOST..]));
        assert_eq!(kept, ids[1..]);
        assert!(read("").is_empty() && read("nonsense").is_empty());
    }
}
