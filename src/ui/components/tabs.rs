//! Tabs are links with counts: each is a place of its own, with or without JavaScript.

use leptos::prelude::*;

pub struct Tab {
    pub label: &'static str,
    pub href: String,
    /// Shown when there is one.
    pub count: Option<i64>,
    pub current: bool,
}

pub fn tabs(name: &'static str, tabs: Vec<Tab>, testid: &'static str) -> impl IntoView {
    let links = tabs
        .into_iter()
        .map(|tab| {
            view! {
                <a class="tab" href=tab.href aria-current=tab.current.then_some("page")>
                    {tab.label}
                    {tab.count.map(|count| view! { <span class="count">{count.to_string()}</span> })}
                </a>
            }
        })
        .collect_view();
    view! {
        <nav class="tabs" aria-label=name data-testid=testid>
            {links}
        </nav>
    }
}
