//! An address that leads nowhere.

use crate::ui::components::empty::Empty;
use crate::ui::icons;
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <Title text="Not found" />
        <main class="centre">
            <h1 class="sr-only">"Not found"</h1>
            <Empty
                drawing=icons::SEARCH
                title="There is nothing here"
                hint="The address may be mistyped, or what it showed was removed."
            >
                <a class="btn mt-2" href="/invoices">
                    "All invoices"
                </a>
            </Empty>
        </main>
    }
}
