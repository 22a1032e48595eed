//! The search box: a form that works by itself, so Enter always does.

use crate::ui::icons::{self, icon};
use crate::ui::markup::{dynamic, el};
use leptos::{html, prelude::*};

/// The id that `/` jumps to.
pub const SEARCH_ID: &str = "search";

/// What a page that searches tells its box.
#[derive(Clone, Copy)]
pub struct Search {
    /// Searched for now.
    pub words: Signal<String>,
    /// Other parts of the address, which a search keeps.
    pub kept: Signal<Vec<(&'static str, String)>>,
    /// The address without the words.
    pub without: Signal<String>,
    /// Searches without loading the page anew, so that the focus stays in the box.
    pub run: Callback<String>,
}

impl Search {
    /// On a page that shows no list: leads to the one that does.
    pub fn elsewhere(run: Callback<String>) -> Search {
        Search {
            words: Signal::stored(String::new()),
            kept: Signal::stored(Vec::new()),
            without: Signal::stored("/invoices".to_owned()),
            run,
        }
    }
}

#[component]
pub fn SearchBox(search: Search) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let hidden = dynamic(move || {
        let kept = search.kept.get().into_iter();
        kept.map(|(name, value)| el("input").attr("type", "hidden").attr("name", name).attr("value", value))
            .collect_view()
    });
    let submit = move |event: web_sys::SubmitEvent| {
        if let Some(input) = input.get_untracked() {
            event.prevent_default();
            search.run.run(input.value());
        }
    };
    let clear = move |_| {
        if let Some(input) = input.get_untracked() {
            input.set_value("");
            // Refused only by what left the page.
            _ = input.focus();
        }
    };
    view! {
        <form role="search" action="/invoices" method="get" class="search" on:submit=submit>
            {icon(icons::SEARCH)} {hidden}
            <input
                node_ref=input
                class="input"
                type="search"
                id=SEARCH_ID
                name="q"
                value=search.words.get_untracked()
                prop:value=move || search.words.get()
                aria-label="Search invoices"
                placeholder="Search"
                autocomplete="off"
                enterkeyhint="search"
            />
            {el("kbd").class("kbd").attr("aria-hidden", "true").text("/")}
            <a
                class="search-clear"
                href=move || search.without.get()
                aria-label="Clear the search"
                title="Clear the search"
                on:click=clear
            >
                {icon(icons::CLOSE)}
            </a>
        </form>
    }
}
