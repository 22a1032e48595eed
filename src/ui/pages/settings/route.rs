//! The route of the settings. Its code is in a file with that of the connections: both are opened rarely.

use super::SettingsPage;
use crate::ui::components::failure::part_missing;
use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};
use leptos_router::LazyRoute;

pub struct SettingsRoute;

impl LazyRoute for SettingsRoute {
    fn data() -> Self {
        SettingsRoute
    }

    async fn view(_: Self) -> AnyView {
        settings_page().await.unwrap_or_else(|error| part_missing("administration", &error))
    }

    /// The browser takes the page over only once its code is there.
    async fn preload() {
        // A failure shows when the page is opened, which tries again.
        _ = settings_page_preload().await;
    }
}

#[wasm_split(administration, wasm_split_path = leptos::wasm_split, fallible, preload(settings_page_preload))]
fn settings_page() -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <SettingsPage /> }.into_any())
}
