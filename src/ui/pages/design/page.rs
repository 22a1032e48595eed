//! The page, and what holds its samples together.

use super::{basics, floats, forms, invoice, lists, people};
use crate::ui::components::search::Search;
use crate::ui::layout::head::PageHead;
use crate::ui::markup::el;
use leptos::prelude::*;

#[component]
pub fn DesignPage() -> impl IntoView {
    view! {
        <PageHead title="Design" search=search() />
        <div class="page-body grid-cols-[minmax(0,1fr)] gap-8!" data-testid="design">
            {basics::parts()} {forms::parts()} {lists::parts()} {people::parts()} {invoice::parts()} {floats::parts()}
        </div>
    }
}

/// The box in the head is the sample: it has one id, and a page one search. It begins filled and finds nothing.
fn search() -> Search {
    let words = RwSignal::new("example".to_owned());
    Search {
        words: words.into(),
        kept: Signal::stored(Vec::new()),
        without: Signal::stored("/design".to_owned()),
        run: Callback::new(move |searched| words.set(searched)),
    }
}

/// Titles differ from each other and from the names of the regions in the samples.
pub fn part(title: &'static str, shown: impl IntoView + 'static) -> AnyView {
    view! {
        <section class="grid grid-cols-[minmax(0,1fr)] gap-3" aria-label=title>
            <h2 class="text-lg font-semibold">{title}</h2>
            {shown.into_any()}
        </section>
    }
    .into_any()
}

pub fn row(shown: impl IntoView) -> impl IntoView {
    view! { <div class="flex flex-wrap items-center gap-3">{shown}</div> }
}

/// Side by side where there is room.
pub fn columns(shown: impl IntoView) -> impl IntoView {
    view! {
        <div class="grid gap-x-6 gap-y-3 items-start grid-cols-[repeat(auto-fill,minmax(min(24rem,100%),1fr))]">
            {shown}
        </div>
    }
}

/// A sample under the name of its state.
pub fn named(state: &'static str, shown: impl IntoView + 'static) -> AnyView {
    view! {
        <div class="grid grid-cols-[minmax(0,1fr)] gap-1">
            {el("p").class("hint").text(state)} <div class="min-w-0">{shown.into_any()}</div>
        </div>
    }
    .into_any()
}

pub fn nothing() -> Callback<()> {
    Callback::new(|()| ())
}
