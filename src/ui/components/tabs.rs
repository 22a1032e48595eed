//! Tabs are links with counts: each is a place of its own, with or without JavaScript.

use crate::ui::markup::{Markup, el};

pub struct Tab {
    pub label: &'static str,
    pub href: String,
    /// Shown when there is one.
    pub count: Option<i64>,
    pub current: bool,
}

pub fn tabs(name: &'static str, tabs: Vec<Tab>, testid: &'static str) -> Markup {
    let links = tabs.into_iter().map(|tab| {
        let count = tab.count.map(|count| el("span").class("count").text(count.to_string()));
        let mut link = el("a").class("tab").attr("href", tab.href);
        if tab.current {
            link = link.attr("aria-current", "page");
        }
        link.text(tab.label).children(count)
    });
    el("nav").class("tabs").attr("aria-label", name).attr("data-testid", testid).children(links)
}
