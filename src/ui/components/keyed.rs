//! Lists whose rows come, go and move.

use leptos::prelude::*;
use std::sync::Arc;

/// A row for each key. A row stays as long as its key does, and moves with it. Boxed, so that the browser carries the
/// code of moving rows once, and not once for each list.
pub fn keyed(
    keys: impl Fn() -> Vec<u128> + Send + Sync + 'static,
    row: impl Fn(u128) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    rows(Box::new(keys), Arc::new(row))
}

type Keys = Box<dyn Fn() -> Vec<u128> + Send + Sync>;
type Row = Arc<dyn Fn(u128) -> AnyView + Send + Sync>;

fn rows(keys: Keys, row: Row) -> AnyView {
    view! {
        <For each=keys key=|key| *key let:key>
            {row(key)}
        </For>
    }
    .into_any()
}
