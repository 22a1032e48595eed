//! A page of the document with all that lies over it, and what stands in its place.

use super::page::{columns, named, part};
use super::samples::{LIVE, around, company, detail, review};
use crate::domain::{
    reading::{PageBox, PageSize, PageWord},
    status::Status,
};
use crate::ui::markup::{Markup, el};
use crate::ui::pages::review::{
    boxes::{Boxes, keys_view},
    document::{no_picture, sheet_of, tools},
    model::Review,
    pick::Picker,
    sheet::Sheet,
    zoom::Zoom,
};
use leptos::prelude::*;

const SIZE: PageSize = PageSize { width: 595.0, height: 240.0 };

/// The words of the page: left, top, what is written.
const WORDS: [(f32, f32, &str); 9] = [
    (0.06, 0.20, "2026-117"),
    (0.06, 0.30, "2026-11-02"),
    (0.06, 0.40, "2026-12-02"),
    (0.06, 0.60, "DE123456788"),
    (0.06, 0.68, "RF18 5390 0754 7034"),
    (0.06, 0.78, "DE89 3704 0044 0532 0130 00"),
    (0.72, 0.20, "Delivered"),
    (0.72, 0.60, "1,000.00"),
    (0.72, 0.78, "1,190.02"),
];
/// What is being drawn: around "Delivered".
const FRAME: ((f32, f32), (f32, f32)) = ((0.70, 0.16), (0.88, 0.30));

/// The field one is in has a frame that can be taken hold of; a place is hovered by pointing at it.
pub fn parts(review: Review) -> AnyView {
    Boxes::provide(review);
    let picker = Picker::sample(review, words(), FRAME);
    let page = view! {
        <div class="relative @container">
            {sheet_of(review, picker, 1, SIZE, picture().into_any())}
            {keys_view()}
        </div>
    };
    let tools = view! { <div class="flex [&>*]:static!">{tools(review, Zoom::new())}</div> };
    part(
        "Places on the page",
        columns((
            named("Plain, to check, failed, of others, the one that is active, and a frame being drawn", page),
            named("Over the pages", tools),
        )),
    )
}

/// What there is instead of pictures.
pub fn without_picture(open: Review) -> AnyView {
    let failed = || {
        let review = review(detail(2, Status::Failed, Vec::new()));
        no_picture(review, Status::Failed).into_any()
    };
    part(
        "Without a picture",
        columns((
            named("Only data: written out", view! { <Sheet review=open /> }),
            named("Not read", around(LIVE, company(0, &[]), failed)),
        )),
    )
}

fn words() -> Vec<PageWord> {
    let word = |(x, y, text): (f32, f32, &str)| PageWord {
        text: text.to_owned(),
        place: PageBox { page: 1, x, y, w: 0.012 * text.len() as f32, h: 0.06 },
    };
    WORDS.map(word).into()
}

/// Drawn here: there is no document to have a picture of.
fn picture() -> Markup {
    let word = |(x, y, text): (f32, f32, &'static str)| {
        let share = |share: f32| ((share * 100.0).round() as u32).to_string();
        let style = ["position: absolute; left: ", &share(x), "%; top: ", &share(y), "%"].concat();
        el("span").attr("style", style).text(text)
    };
    el("div")
        .attr("role", "img")
        .attr("aria-label", "Page 1 of the document")
        .attr("style", "aspect-ratio: 595 / 240; color: black; font-size: 0.75rem; line-height: 1")
        .children(WORDS.map(word))
}
