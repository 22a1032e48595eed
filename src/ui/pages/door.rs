//! The routes of those who are not signed in. Their code is a file of its own: who is signed in never loads it.

use super::{setup::SetupPage, sign_in::SignInPage};
use crate::ui::components::failure::part_missing;
use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};
use leptos_router::LazyRoute;

#[derive(Clone, Copy)]
enum Page {
    SignIn,
    Setup,
}

pub struct SignInRoute;
pub struct SetupRoute;

impl LazyRoute for SignInRoute {
    fn data() -> Self {
        SignInRoute
    }

    async fn view(_: Self) -> AnyView {
        view_of(Page::SignIn).await
    }

    async fn preload() {
        _ = door_page_preload().await;
    }
}

impl LazyRoute for SetupRoute {
    fn data() -> Self {
        SetupRoute
    }

    async fn view(_: Self) -> AnyView {
        view_of(Page::Setup).await
    }

    async fn preload() {
        _ = door_page_preload().await;
    }
}

async fn view_of(page: Page) -> AnyView {
    door_page(page).await.unwrap_or_else(|error| part_missing("door_page", &error))
}

#[wasm_split(door_page, wasm_split_path = leptos::wasm_split, fallible, preload(door_page_preload))]
fn door_page(page: Page) -> Result<AnyView, SplitLoaderError> {
    Ok(match page {
        Page::SignIn => view! { <SignInPage /> }.into_any(),
        Page::Setup => view! { <SetupPage /> }.into_any(),
    })
}
