//! A map that forgets within a second: spares the database the same question hundreds of times a second, and is
//! never staler than an operator would notice.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How long an answer is believed.
const BELIEVED: Duration = Duration::from_secs(1);

/// Answers kept at most.
const MAX_ENTRIES: usize = 10_000;

/// Answers by question, each for a second.
pub struct BriefCache<K, V> {
    entries: Mutex<HashMap<K, (Instant, V)>>,
}

impl<K, V> Default for BriefCache<K, V> {
    fn default() -> Self {
        BriefCache { entries: Mutex::default() }
    }
}

impl<K: Eq + Hash, V: Clone> BriefCache<K, V> {
    pub fn get(&self, key: &K) -> Option<V> {
        self.get_at(key, Instant::now())
    }

    fn get_at(&self, key: &K, now: Instant) -> Option<V> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, value) = entries.get(key)?;
        (now.duration_since(*since) < BELIEVED).then(|| value.clone())
    }

    pub fn put(&self, key: K, value: V) {
        let now = Instant::now();
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MAX_ENTRIES {
            entries.retain(|_, (since, _)| now.duration_since(*since) < BELIEVED);
        }
        if entries.len() < MAX_ENTRIES {
            entries.insert(key, (now, value));
        }
    }

    pub fn remove(&self, key: &K) {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    pub fn clear(&self) {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_believed_for_a_second() {
        let cache = BriefCache::default();
        cache.put("a", 1);
        let now = Instant::now();
        assert_eq!(cache.get_at(&"a", now), Some(1));
        assert_eq!(cache.get_at(&"a", now + BELIEVED), None);
        cache.remove(&"a");
        assert_eq!(cache.get_at(&"a", now), None);
    }

    #[test]
    fn it_does_not_grow_without_bound() {
        let cache = BriefCache::default();
        for key in 0..=MAX_ENTRIES {
            cache.put(key, ());
        }
        assert!(cache.entries.lock().expect("no panic").len() <= MAX_ENTRIES);
    }
}
