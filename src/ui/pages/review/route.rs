//! The route of an invoice. Its code is a file of its own, which the browser loads when it is first needed.

use super::ReviewPage;
use crate::ui::components::failure::part_missing;
use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};
use leptos_router::LazyRoute;

pub struct ReviewRoute;

impl LazyRoute for ReviewRoute {
    fn data() -> Self {
        ReviewRoute
    }

    async fn view(_: Self) -> AnyView {
        review_page().await.unwrap_or_else(|error| part_missing("review_page", &error))
    }

    async fn preload() {
        // A failure shows when the page is opened, which tries again.
        _ = review_page_preload().await;
    }
}

#[wasm_split(review_page, wasm_split_path = leptos::wasm_split, fallible, preload(review_page_preload))]
fn review_page() -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <ReviewPage /> }.into_any())
}
