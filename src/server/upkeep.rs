//! Takes out what is no longer needed: ended sessions, old answers to repeated requests, old events, what
//! people were told long ago.

use crate::db::{
    Store, StoreResult, events, learned, locks, mutations, notifications, now_ms, requests, sessions, work_items,
};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(600);
const DAY_MS: i64 = 86_400_000;

/// Answers to requests with an `Idempotency-Key` are kept this long.
const ANSWERS_KEPT_MS: i64 = 7 * DAY_MS;

/// A browser that comes back later than this numbers its changes anew.
const MUTATIONS_KEPT_MS: i64 = 30 * DAY_MS;

/// Events can be replayed this long.
const EVENTS_KEPT_MS: i64 = 7 * DAY_MS;

/// What a person saw can be looked up this long, what they never saw for half a year.
const READ_KEPT_MS: i64 = 30 * DAY_MS;
const UNREAD_KEPT_MS: i64 = 180 * DAY_MS;

/// Work items that are done.
const WORK_ITEMS_KEPT_MS: i64 = 90 * DAY_MS;

/// Runs until `stop`.
pub async fn run(store: Store, stop: CancellationToken) {
    let mut turns = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = turns.tick() => {}
        }
        if let Err(error) = once(&store).await {
            tracing::warn!(%error, "upkeep failed");
        }
    }
}

async fn once(store: &Store) -> StoreResult<()> {
    let now = now_ms();
    let mut tx = store.begin_quiet().await?;
    sessions::session_delete_expired(&mut tx, now).await?;
    events::event_delete_before(&mut tx, now - EVENTS_KEPT_MS).await?;
    requests::request_delete_before(&mut tx, now - ANSWERS_KEPT_MS).await?;
    mutations::mutation_delete_before(&mut tx, now - MUTATIONS_KEPT_MS).await?;
    locks::lock_delete_before(&mut tx, now - DAY_MS).await?;
    notifications::notification_delete_before(&mut tx, now - READ_KEPT_MS, now - UNREAD_KEPT_MS).await?;
    work_items::work_item_delete_done_before(&mut tx, now - WORK_ITEMS_KEPT_MS).await?;
    tx.commit().await?;
    // Serial with what learns: a supplier that is given a rule meanwhile would be taken for one without.
    let mut tx = store.begin().await?;
    learned::learned_delete_forgotten_before(&mut tx, now - DAY_MS).await?;
    tx.commit().await?;
    Ok(())
}
