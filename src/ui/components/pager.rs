//! Pages of a list, as plain links.

use crate::ui::format::counted;
use crate::ui::icons::{self, Icon, icon};
use leptos::{either::Either, prelude::*};

/// Which rows of how many are shown, and the ways back and forth.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// From 1; 0 when there are none.
    pub first: i64,
    pub last: i64,
    pub total: i64,
    /// Links to the pages beside this one.
    pub previous: Option<String>,
    pub next: Option<String>,
}

pub fn pager(place: Place, one: &'static str, many: &'static str) -> impl IntoView {
    let total = counted(place.total, one, many);
    if place.previous.is_none() && place.next.is_none() {
        return Either::Left(view! { <p class="pager">{total}</p> });
    }
    let shown = [place.first.to_string().as_str(), "–", &place.last.to_string(), " of ", &total].concat();
    Either::Right(view! {
        <nav class="pager" aria-label="Pages">
            <span>{shown}</span>
            <span class="flex gap-1">
                {step(place.previous, "Previous page", icons::LEFT)} {step(place.next, "Next page", icons::RIGHT)}
            </span>
        </nav>
    })
}

fn step(link: Option<String>, name: &'static str, drawing: Icon) -> impl IntoView {
    match link {
        Some(href) => Either::Left(view! {
            <a class="btn btn-icon btn-sm" href=href aria-label=name title=name>
                {icon(drawing)}
            </a>
        }),
        None => Either::Right(view! {
            <span class="btn btn-icon btn-sm" role="link" aria-disabled="true" aria-label=name>
                {icon(drawing)}
            </span>
        }),
    }
}
