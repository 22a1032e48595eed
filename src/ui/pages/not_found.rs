//! An address that leads nowhere.

use super::invoices::search_from_elsewhere;
use crate::api::auth::current_user;
use crate::ui::components::empty::Empty;
use crate::ui::icons;
use crate::ui::layout::{framed, head::PageHead};
use crate::ui::reactive::effect;
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;

/// The server answers it without asking who is there; the browser puts the frame around it for whoever is signed in.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    let signed_in = RwSignal::new(false);
    effect(move || {
        spawn_local(async move {
            if matches!(current_user().await, Ok(Some(_))) {
                // The page may have been left meanwhile.
                _ = signed_in.try_set(true);
            }
        });
    });
    move || if signed_in.get() { framed(|| within().into_any()) } else { alone().into_any() }
}

/// The same for an address that is known, and leads to nothing here; within the frame.
#[cfg(not(debug_assertions))]
pub fn missing_page() -> impl IntoView {
    crate::api::answer_not_found();
    within()
}

fn within() -> impl IntoView {
    view! {
        <PageHead title="Not found" search=search_from_elsewhere() />
        <div class="page-body">{nothing()}</div>
    }
}

fn alone() -> impl IntoView {
    view! {
        <Title text="Not found" />
        <main class="centre">
            <h1 class="sr-only">"Not found"</h1>
            {nothing()}
        </main>
    }
}

fn nothing() -> impl IntoView {
    view! {
        <Empty
            drawing=icons::SEARCH
            title="There is nothing here"
            hint="The address may be mistyped, or what it showed was removed."
        >
            <a class="btn mt-2" href="/invoices">
                "All invoices"
            </a>
        </Empty>
    }
}
