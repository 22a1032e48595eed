//! The search box: a form that works by itself, so Enter always does.

use crate::ui::icons::{self, icon};
use leptos::prelude::*;

/// The id that `/` jumps to.
pub const SEARCH_ID: &str = "search";

/// Searches invoices. `value` is what is being searched for now; `kept` are the other parts of the address to keep.
#[component]
pub fn SearchBox(#[prop(into)] value: String, #[prop(optional)] kept: Vec<(&'static str, String)>) -> impl IntoView {
    let hidden =
        kept.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view();
    view! {
        <form role="search" action="/invoices" method="get" class="search">
            {icon(icons::SEARCH)} {hidden}
            <input
                class="input"
                type="search"
                id=SEARCH_ID
                name="q"
                value=value
                aria-label="Search invoices"
                placeholder="Search"
                autocomplete="off"
                enterkeyhint="search"
            />
            <kbd class="kbd" aria-hidden="true">
                "/"
            </kbd>
        </form>
    }
}
