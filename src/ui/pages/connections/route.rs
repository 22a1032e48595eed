//! The route of the connections. Its code is in a file with that of the settings: few people ever open it.

use super::ConnectionsPage;
use crate::ui::components::failure::part_missing;
use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};
use leptos_router::LazyRoute;

pub struct ConnectionsRoute;

impl LazyRoute for ConnectionsRoute {
    fn data() -> Self {
        ConnectionsRoute
    }

    async fn view(_: Self) -> AnyView {
        connections_page().await.unwrap_or_else(|error| part_missing("administration", &error))
    }

    /// The browser takes the page over only once its code is there.
    async fn preload() {
        // A failure shows when the page is opened, which tries again.
        _ = connections_page_preload().await;
    }
}

#[wasm_split(administration, wasm_split_path = leptos::wasm_split, fallible, preload(connections_page_preload))]
fn connections_page() -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <ConnectionsPage /> }.into_any())
}
