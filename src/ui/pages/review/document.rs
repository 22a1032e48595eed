//! The left side: pictures of the pages, and over them the places the values were read from.

use super::{
    boxes,
    company::{Others, mark_of, pointed, pointed_away, pointers},
    fields::focus_from_page,
    model::{Pane, Review},
    pick::Picker,
    sheet::Sheet,
    words,
    zoom::Zoom,
};
use crate::domain::{
    field::Field,
    reading::{PageBox, PageSize},
    status::Status,
};
use crate::ui::components::{button::IconButton, empty::Empty, marks::Tone};
use crate::ui::icons;
use crate::ui::reactive::{effect, memo};
use crate::ui::state::page_pictures::{THUMBNAIL, WIDTHS, page_sizes, page_sources, page_url};
use leptos::prelude::*;
use std::collections::BTreeSet;
use web_sys::{Element, ScrollBehavior, ScrollIntoViewOptions, ScrollLogicalPosition};

#[component]
pub fn Document(review: Review) -> impl IntoView {
    // They come with the reading, which may still be under way.
    let pages = memo(move || review.detail.with(|detail| detail.pages.clone()));
    let status = memo(move || review.status());
    let is_data =
        memo(move || review.detail.with(|detail| detail.content_type.contains("xml") && !detail.fields.is_empty()));
    let zoom = Zoom::new();
    follow_active(review);
    move || {
        let pages = pages.get();
        if !pages.is_empty() {
            pictures(review, pages, zoom).into_any()
        } else if is_data.get() {
            written_out(review).into_any()
        } else {
            no_picture(review, status.get()).into_any()
        }
    }
}

fn pictures(review: Review, pages: Vec<PageSize>, zoom: Zoom) -> impl IntoView {
    let count = pages.len();
    let seen = RwSignal::new(1);
    let thumbs = (count > 1).then(|| thumbnails(review, &pages, seen));
    let scrolled = move |_| {
        // Told with the next picture of the screen: by then another invoice may be there.
        let page = zoom.sheets.try_get_untracked().flatten().and_then(|sheets| seen_page(&sheets, count));
        if let Some(page) = page.filter(|page| seen.try_get_untracked() != Some(*page)) {
            seen.set(page);
        }
    };
    let sheets = pages.into_iter().enumerate().map(|(at, size)| sheet(review, zoom, at + 1, size)).collect_view();
    view! {
        <section class="pane pane-doc" aria-label="Document">
            {thumbs}
            <div
                class="sheets"
                tabindex="0"
                node_ref=zoom.sheets
                data-zoom=move || zoom.percent().to_string()
                on:wheel=move |event| zoom.wheel(&event)
                on:scroll=scrolled
            >
                {sheets}
            </div>
            {boxes::keys_view()} {tools(review, zoom)}
        </section>
    }
}

/// The zoom and the file itself, over the pages.
pub fn tools(review: Review, zoom: Zoom) -> impl IntoView {
    view! {
        <div class="doc-tools" role="group" aria-label="Zoom">
            <IconButton label="Smaller (−)" drawing=icons::MINUS on_press=Callback::new(move |()| zoom.change(-1)) />
            <span aria-live="polite">{move || [zoom.percent().to_string().as_str(), " %"].concat()}</span>
            <IconButton label="Larger (+)" drawing=icons::PLUS on_press=Callback::new(move |()| zoom.change(1)) />
            <IconButton label="Fit the width (0)" drawing=icons::FIT on_press=Callback::new(move |()| zoom.fit()) />
            <a
                class="btn btn-quiet btn-icon"
                href=source(review)
                aria-label="Original file"
                title="Original file"
                rel="external"
                download
            >
                {icons::icon(icons::DOWNLOAD)}
            </a>
        </div>
    }
}

fn source(review: Review) -> String {
    ["/api/v1/invoices/", &review.id.to_string(), "/document"].concat()
}

/// XML has no pages: its values are written out.
fn written_out(review: Review) -> impl IntoView {
    view! {
        <section class="pane pane-doc" aria-label="Document">
            <div class="sheets" tabindex="0">
                <Sheet review />
            </div>
        </section>
    }
}

/// Of a document that was not read there is nothing but the file.
pub fn no_picture(review: Review, status: Status) -> impl IntoView {
    let (title, hint) = match status {
        Status::Failed => ("No picture of this document", "It could not be read, so there are no pages to show."),
        Status::Uploaded | Status::Queued | Status::Processing => {
            ("No picture yet", "The pages show here once the document has been read.")
        }
        _ => ("No picture of this document", "There are no pages to show. The original file is kept."),
    };
    view! {
        <section class="pane pane-doc" aria-label="Document">
            <div class="col-span-2">
                <Empty drawing=icons::DOCUMENT title hint>
                    <a class="btn mt-2" href=source(review) rel="external" download>
                        {icons::icon(icons::DOWNLOAD)}
                        "Original file"
                    </a>
                </Empty>
            </div>
        </section>
    }
}

/// Brings the place of the focused field into view.
fn follow_active(review: Review) {
    effect(move || {
        let Some(field) = review.active.get() else { return };
        match review.pane.get() {
            Pane::Values => bring_into_view(field),
            // On a phone it is shown only by then.
            Pane::Document => request_animation_frame(move || bring_into_view(field)),
        }
    });
}

fn bring_into_view(field: Field) {
    let Some(place) = document().get_element_by_id(&place_id(field)) else { return };
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    options.set_inline(ScrollLogicalPosition::Nearest);
    options.set_behavior(ScrollBehavior::Auto);
    place.scroll_into_view_with_scroll_into_view_options(&options);
}

fn place_id(field: Field) -> String {
    ["place-", &field.name()].concat()
}

/// The page in the upper part of what is seen; at the end the last one, however short it is. None: it is between two.
fn seen_page(sheets: &Element, count: usize) -> Option<usize> {
    let end = sheets.scroll_height() - sheets.client_height();
    if end > 0 && sheets.scroll_top() >= end - 1 {
        return Some(count);
    }
    let area = sheets.get_bounding_client_rect();
    let (x, y) = (area.x() + area.width() / 2.0, area.y() + area.height() / 4.0);
    let page = document().element_from_point(x as f32, y as f32)?.closest(".page-sheet").ok()??;
    page.id().strip_prefix("page-")?.parse().ok()
}

fn thumbnails(review: Review, pages: &[PageSize], seen: RwSignal<usize>) -> impl IntoView + use<> {
    let links = (1..)
        .zip(pages)
        .map(|(number, size)| {
            let text = number.to_string();
            let href = ["#page-", text.as_str()].concat();
            let name = ["Page ", text.as_str()].concat();
            view! {
                <a
                    class="thumb"
                    href=href
                    rel="external"
                    aria-label=name
                    aria-current=move || (seen.get() == number).then_some("true")
                >
                    <img
                        src=page_url(review.id, number, THUMBNAIL)
                        alt=""
                        width=whole(size.width)
                        height=whole(size.height)
                        loading="lazy"
                    />
                    <span aria-hidden="true">{text}</span>
                </a>
            }
        })
        .collect_view();
    view! {
        <nav class="thumbs" aria-label="Pages">
            {links}
        </nav>
    }
}

fn sheet(review: Review, zoom: Zoom, number: usize, size: PageSize) -> impl IntoView {
    let text = number.to_string();
    let picture = view! {
        <img
            sizes=move || page_sizes(zoom.percent())
            srcset=page_sources(review.id, number)
            src=page_url(review.id, number, WIDTHS[0])
            alt=["Page ", text.as_str(), " of the document"].concat()
            width=whole(size.width)
            height=whole(size.height)
            loading=if number == 1 { "eager" } else { "lazy" }
        />
    };
    sheet_of(review, Picker::new(review, u32::try_from(number).unwrap_or(1)), number, size, picture.into_any())
}

/// A page: its picture, and over it the places of values, what is pointed at, and the pointers of others.
pub fn sheet_of(review: Review, picker: Picker, number: usize, size: PageSize, picture: AnyView) -> impl IntoView {
    let text = number.to_string();
    let view_box = ["0 0 ", &whole(size.width), " ", &whole(size.height)].concat();
    let places = memo(move || places_on(review, number));
    let others: Others = expect_context();
    let takes = memo(move || picker.is_ready());
    let keeps_focus = StoredValue::new(false);
    view! {
        <div
            class="page-sheet"
            id=["page-", text.as_str()].concat()
            data-takes=move || takes.get().then_some("")
            on:pointerenter=move |_| picker.entered()
            on:pointerdown=move |event| keeps_focus.set_value(picker.pressed(&event))
            on:mousedown=move |event| {
                if keeps_focus.get_value() {
                    event.prevent_default();
                }
            }
            on:pointermove=move |event| {
                pointed(others, number, &event);
                picker.moved(&event);
            }
            on:pointerup=move |event| picker.released(&event)
            on:pointercancel=move |_| picker.cancelled()
            on:pointerleave=move |_| pointed_away(others)
        >
            {picture}
            <svg viewBox=view_box preserveAspectRatio="none">
                <For each=move || places.get() key=place_key let:place>
                    {place_view(review, others, place, size)}
                </For>
                {picker.drawn(size)}
            </svg>
            {boxes::frame(picker, number)}
            {pointers(others, number)}
        </div>
    }
}

/// Fields read from this page. The box of a value that was cleared is of no use, but to who is in its field.
fn places_on(review: Review, number: usize) -> Vec<(Field, PageBox)> {
    let active = review.active.get();
    let known = review.detail.with(|detail| detail.fields.keys().copied().collect::<Vec<_>>());
    let fields = known.into_iter().chain(review.edits.fields_of(review.id)).collect::<BTreeSet<Field>>();
    let placed = fields.into_iter().filter_map(|field| Some((field, review.place(field)?)));
    let is_here = |(field, place): &(Field, PageBox)| {
        place.page as usize == number && (active == Some(*field) || !review.value(*field).is_empty())
    };
    placed.filter(is_here).collect()
}

/// A box that moved is another one.
fn place_key((field, place): &(Field, PageBox)) -> (Field, [u32; 4]) {
    (*field, [place.x, place.y, place.w, place.h].map(f32::to_bits))
}

/// A box around the words of a value; in the colour of whoever else is in its field.
fn place_view(review: Review, others: Others, (field, place): (Field, PageBox), size: PageSize) -> impl IntoView {
    let mark = mark_of(others, field);
    // A little air around the words.
    let air = size.height * 0.003;
    let tone = move || match review.known(field).tone() {
        Tone::Warn => Some("warn"),
        Tone::Bad => Some("bad"),
        _ => None,
    };
    let name = move || [field.label(), ": ", &words::value_words(field, &review.value(field), review.numbers)].concat();
    view! {
        <rect
            class="place"
            id=place_id(field)
            data-testid=["field-box-", &field.name()].concat()
            data-tone=tone
            data-on=move || (review.active.get() == Some(field)).then_some("")
            data-who=move || mark.get().map(|(colour, _)| colour)
            role="button"
            tabindex="-1"
            aria-label=name
            x=tenths(place.x * size.width - air)
            y=tenths(place.y * size.height - air)
            width=tenths(place.w * size.width + 2.0 * air)
            height=tenths(place.h * size.height + 2.0 * air)
            rx="2"
            on:click=move |_| focus_from_page(review, field)
        ></rect>
    }
}

/// Points, rounded up to whole ones.
fn whole(points: f32) -> String {
    (points.ceil().max(1.0) as u32).to_string()
}

/// Points with one decimal. Integers are printed, because printing floats is large in WASM.
pub fn tenths(points: f32) -> String {
    let tenths = (points.max(0.0) * 10.0).round() as u32;
    [(tenths / 10).to_string().as_str(), ".", &(tenths % 10).to_string()].concat()
}

#[cfg(test)]
mod tests {
    use super::{tenths, whole};

    #[test]
    fn points_are_printed_without_floats() {
        assert_eq!(tenths(12.34), "12.3");
        assert_eq!(tenths(-3.0), "0.0");
        assert_eq!(tenths(f32::NAN), "0.0");
        assert_eq!(whole(595.28), "596");
        assert_eq!(whole(f32::INFINITY), u32::MAX.to_string());
    }
}
