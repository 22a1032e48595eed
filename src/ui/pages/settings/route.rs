//! The route of the settings. Its code is a file of its own: it is opened rarely.

use super::SettingsPage;
use crate::ui::components::failure::part_missing;
use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};
use leptos_router::LazyRoute;

/// The part's name in the manifest that cargo-leptos writes.
const PART: &str = "settings_page";

pub struct SettingsRoute;

impl LazyRoute for SettingsRoute {
    fn data() -> Self {
        SettingsRoute
    }

    async fn view(_: Self) -> AnyView {
        leptos::prefetch_lazy_fn_on_server(PART);
        settings_page().await.unwrap_or_else(|error| part_missing(PART, &error))
    }

    /// The browser takes the page over only once its code is there.
    async fn preload() {
        // A failure shows when the page is opened, which tries again.
        _ = settings_page_preload().await;
    }
}

#[wasm_split(settings_page, wasm_split_path = leptos::wasm_split, fallible, preload(settings_page_preload))]
fn settings_page() -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <SettingsPage /> }.into_any())
}
