//! The box of the field one is in: moved, resized, put somewhere new and taken away, with the pointer or with keys alone.
//! While it is moved nothing is sent. Kept over other words it fills the field with them, as pointing at them does.

pub mod shape;

use super::{
    cells,
    company::{Others, per_cent},
    fields::focus_from_page,
    model::Review,
    pick::{Picker, in_words, text_for, words_within},
    words,
};
use crate::domain::{
    field::Field,
    invoice::Placing,
    reading::{PageBox, PageWord},
};
use crate::ui::icons::{self, icon};
use crate::ui::layout::keys::{focus, is_alt};
use crate::ui::reactive::{effect, memo};
use leptos::{ev, prelude::*, wasm_bindgen::JsCast};
use shape::Corner;
use web_sys::{Element, HtmlElement, ScrollBehavior, ScrollIntoViewOptions, ScrollLogicalPosition};

const FRAME_ID: &str = "box-frame";
const KEYS_ID: &str = "box-keys";
/// What an arrow key moves by, and with Ctrl: shares of the page.
const STEP: f32 = 0.01;
const FINE: f32 = 0.001;
/// Beyond this share of the page's width the button stands on the left.
const FAR_RIGHT: f32 = 0.8;

const KEYS: [(&str, &str); 6] = [
    ("← ↑ ↓ →", "move"),
    ("Shift", "size"),
    ("Ctrl", "fine"),
    ("Enter", "keep"),
    ("Esc", "put back"),
    ("Del", "remove"),
];

/// A box that is not where the invoice has it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Moved {
    field: Field,
    /// None: the field had no place.
    from: Option<PageBox>,
    to: PageBox,
    /// The person did more than begin.
    touched: bool,
}

/// How the pointer holds the box.
#[derive(Clone, Copy)]
struct Held {
    at: (f32, f32),
    place: PageBox,
    corner: Option<Corner>,
}

/// From context, on the review page.
#[derive(Clone, Copy)]
pub struct Boxes {
    review: Review,
    moved: RwSignal<Option<Moved>>,
    held: StoredValue<Option<Held>>,
    /// The pointer was let go where it had taken hold: the click that follows is meant for the field.
    clicked: StoredValue<bool>,
    /// The focus is on the box.
    focused: RwSignal<bool>,
    /// For screen readers.
    told: RwSignal<String>,
}

impl Boxes {
    pub fn provide(review: Review) {
        let boxes = Boxes {
            review,
            moved: RwSignal::new(None),
            held: StoredValue::new(None),
            clicked: StoredValue::new(false),
            focused: RwSignal::new(false),
            told: RwSignal::new(String::new()),
        };
        boxes.listen();
        provide_context(boxes);
    }

    /// The box to show a frame around, and its field.
    fn shown(self) -> Option<(Field, PageBox)> {
        let field = self.review.active.get().filter(|_| self.review.editable())?;
        let moved = self.moved.get().filter(|moved| moved.field == field);
        Some((field, moved.map(|moved| moved.to).or_else(|| self.review.place(field))?))
    }

    /// Alt+P goes from a field to its box and back.
    fn listen(self) {
        effect(move || {
            let handle = window_event_listener(ev::keydown, move |event| {
                if !is_alt(&event, 'p')
                    || event.default_prevented()
                    || is_dialog_open()
                    || !untrack(|| self.review.editable())
                {
                    return;
                }
                let Some(field) = self.review.active.get_untracked() else { return };
                event.prevent_default();
                if self.focused.get_untracked() { focus_from_page(self.review, field) } else { self.begin(field) }
            });
            on_cleanup(move || handle.remove());
        });
    }

    /// Puts the focus on the field's box; where it has none, on a new one in the middle of what is seen of a page.
    fn begin(self, field: Field) {
        let from = untrack(|| self.review.place(field));
        let Some(to) = from.or_else(|| self.somewhere()) else {
            return self.told.set("This document has no pages to show a place on".to_owned());
        };
        if from.is_none() {
            self.moved.set(Some(Moved { field, from, to, touched: false }));
            self.told.set("New place: move it with the arrow keys, Enter keeps it".to_owned());
        }
        // It is drawn by then.
        request_animation_frame(|| focus(FRAME_ID));
    }

    fn somewhere(self) -> Option<PageBox> {
        let pages = self.review.detail.with_untracked(|detail| detail.pages.len());
        let seen = document().query_selector(".sheets").ok().flatten()?.get_bounding_client_rect();
        let middle = seen.top() + seen.height() / 2.0;
        let mut sheets = (1..=pages).filter_map(|number| {
            let id = ["page-", &number.to_string()].concat();
            Some((u32::try_from(number).ok()?, document().get_element_by_id(&id)?.get_bounding_client_rect()))
        });
        // The page at the middle of what is seen, or the last above it.
        let (page, sheet) = sheets.rfind(|(page, sheet)| *page == 1 || sheet.top() <= middle)?;
        let y = (middle - sheet.top()) / sheet.height().max(1.0);
        Some(shape::new_at(page, 0.5, y.clamp(0.0, 1.0) as f32))
    }

    /// Moves the box for now.
    fn move_to(self, field: Field, to: PageBox) {
        let before = self.moved.get_untracked().filter(|moved| moved.field == field);
        let from = before.map_or_else(|| untrack(|| self.review.place(field)), |moved| moved.from);
        self.moved.set(Some(Moved { field, from, to, touched: true }));
    }

    /// Back to where it was.
    fn put_back(self) {
        if self.moved.get_untracked().is_some() {
            self.moved.set(None);
            self.told.set("Place put back".to_owned());
        }
    }

    /// The box stays where it is now.
    fn keep(self, picker: Picker) {
        let Some(moved) = self.moved.get_untracked() else { return };
        if moved.from == Some(moved.to) {
            return self.moved.set(None);
        }
        picker.with_words(move |words| {
            // Once, however long the words took; and not where it was put back meanwhile.
            if self.moved.try_get_untracked().flatten() == Some(moved) {
                self.settle(moved, &words);
                self.moved.set(None);
            }
        });
    }

    /// Other words than before fill the field; the same ones, none, or such as are no value for it leave its value alone.
    fn settle(self, Moved { field, from, to, .. }: Moved, words: &[PageWord]) {
        let text_in = |place: PageBox| in_words(words_within(words, place)).map(|(text, _)| text);
        let before = from.filter(|from| from.page == to.page).and_then(text_in);
        let under = text_in(to).filter(|text| field.row().is_none() && before.as_ref() != Some(text));
        let name = untrack(|| name_of(self.review, field));
        let Some(text) = under else {
            self.review.put_place(field, Placing::At(to));
            return self.told.set([name.as_str(), ": place kept"].concat());
        };
        match text_for(self.review, field, &text) {
            Some(value) => {
                self.review.pick(field, &value, to);
                let now = words::shown(field.kind(), &untrack(|| self.review.value(field)), self.review.numbers);
                self.told.set([name.as_str(), ": place kept, the value is now ", &now].concat());
            }
            None => {
                self.review.put_place(field, Placing::At(to));
                self.told.set([name.as_str(), ": place kept. The words there are no such value"].concat());
            }
        }
    }

    /// Takes the place away, and leaves the value.
    fn remove(self, field: Field) {
        self.moved.set(None);
        if untrack(|| self.review.place(field)).is_some() {
            self.review.remove_place(field);
        }
        focus_from_page(self.review, field);
    }

    /// True: the key was for the box.
    fn pressed(self, picker: Picker, field: Field, place: PageBox, event: &ev::KeyboardEvent) -> bool {
        if event.alt_key() || event.meta_key() {
            return false;
        }
        let key = event.key();
        match key.as_str() {
            "Enter" if !event.ctrl_key() => {
                self.keep(picker);
                focus_from_page(self.review, field);
            }
            "Escape" => {
                self.put_back();
                focus_from_page(self.review, field);
            }
            "Delete" | "Backspace" => self.remove(field),
            "PageDown" => self.turn(field, place, 1),
            "PageUp" => self.turn(field, place, -1),
            _ => {
                let Some((x, y)) = direction(&key) else { return false };
                let by = if event.ctrl_key() { FINE } else { STEP };
                let to = match event.shift_key() {
                    true => shape::resized(place, Corner::BottomRight, x * by, y * by),
                    false => shape::moved(place, x * by, y * by),
                };
                self.move_to(field, to);
                self.told.set(where_words(to));
                follow();
            }
        }
        true
    }

    /// To the same place of the next page or the one before.
    fn turn(self, field: Field, place: PageBox, by: i32) {
        let pages = self.review.detail.with_untracked(|detail| detail.pages.len());
        let page = place.page.saturating_add_signed(by);
        if page == 0 || page as usize > pages {
            return;
        }
        self.move_to(field, PageBox { page, ..place });
        self.told.set(["Page ", &page.to_string()].concat());
        // Its frame is drawn on the other page by then.
        request_animation_frame(|| {
            focus(FRAME_ID);
            follow();
        });
    }

    fn took_hold(self, place: PageBox, event: &ev::PointerEvent) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let Some((frame, target)) = frame_of(event).zip(target) else { return };
        if event.button() != 0 || target.closest("button").ok().flatten().is_some() {
            return;
        }
        let handle = target.closest("[data-corner]").ok().flatten();
        let corner = handle.and_then(|handle| Corner::parse(&handle.get_attribute("data-corner")?));
        self.held.set_value(point(event).map(|at| Held { at, place, corner }));
        self.clicked.set_value(false);
        _ = frame.set_pointer_capture(event.pointer_id());
    }

    fn dragged(self, field: Field, event: &ev::PointerEvent) {
        let (Some(Held { at, place, corner }), Some(now)) = (self.held.get_value(), point(event)) else { return };
        let (x, y) = (now.0 - at.0, now.1 - at.1);
        let to = match corner {
            Some(corner) => shape::resized(place, corner, x, y),
            None => shape::moved(place, x, y),
        };
        if to != place || self.moved.with_untracked(Option::is_some) {
            self.move_to(field, to);
        }
    }

    /// A click on it goes to the field; beside it, on what a corner can be held by, it is meant for the words there.
    fn let_go(self, picker: Picker, event: &ev::PointerEvent) {
        let Some(held) = self.held.try_update_value(Option::take).flatten() else { return };
        let Some(now) = point(event) else { return };
        if super::pick::is_click((held.at, now)) {
            self.moved.set(None);
            match held.corner {
                Some(_) => picker.clicked(now, event.shift_key()),
                None => self.clicked.set_value(true),
            }
        } else {
            self.keep(picker);
        }
    }

    /// The last that is heard of a tap. What it leads to is not shown before: on a phone it stands in the page's place,
    /// and there the rest of the tap would press what is under the finger.
    fn clicked(self, field: Field) {
        if self.clicked.try_update_value(std::mem::take) == Some(true) {
            focus_from_page(self.review, field);
        }
    }
}

/// The frame around the box of the field one is in, on one page.
pub fn frame(picker: Picker, number: usize) -> impl IntoView {
    let boxes: Boxes = expect_context();
    let here = memo(move || boxes.shown().filter(|(_, place)| place.page as usize == number));
    let field = memo(move || here.get().map(|(field, _)| field));
    move || field.get().map(|field| frame_view(boxes, picker, field, here))
}

fn frame_view(boxes: Boxes, picker: Picker, field: Field, here: Memo<Option<(Field, PageBox)>>) -> impl IntoView {
    let others: Others = expect_context();
    let place = move || here.try_get().flatten().map(|(_, place)| place);
    let now = move || untrack(place);
    let share = move |of: fn(PageBox) -> f32| per_cent(place().map_or(0, |place| ten_thousandths(of(place))));
    // A line is called by what it says, which may change under the box.
    let name = move || name_of(boxes.review, field);
    let remove = move || ["Remove the place of ", &name()].concat();
    let label = move || {
        let page = place().map_or(1, |place| place.page).to_string();
        ["Place of ", &name(), " on page ", &page].concat()
    };
    let handles = Corner::ALL
        .map(|corner| {
            view! {
                <span class="box-handle" data-corner=corner.as_str() data-testid=["box-", corner.as_str()].concat()>
                    <span></span>
                </span>
            }
        })
        .collect_view();
    view! {
        <div
            class="box-frame"
            id=FRAME_ID
            data-testid="box-frame"
            data-left=move || place().is_some_and(|place| place.x + place.w > FAR_RIGHT).then_some("")
            role="application"
            tabindex="-1"
            aria-label=label
            aria-describedby=KEYS_ID
            style:left=move || share(|place| place.x)
            style:top=move || share(|place| place.y)
            style:width=move || share(|place| place.w)
            style:height=move || share(|place| place.h)
            on:focus=move |_| {
                boxes.focused.set(true);
                // They are asked for now, so that the box need not wait for them.
                picker.entered();
                others.focus(Some(field), true);
            }
            on:blur=move |_| {
                _ = boxes.focused.try_set(false);
                others.focus(None, false);
                left(boxes, picker);
            }
            on:keydown=move |event| {
                if now().is_some_and(|place| boxes.pressed(picker, field, place, &event)) {
                    event.prevent_default();
                    event.stop_propagation();
                }
            }
            on:mousedown=|event| event.prevent_default()
            on:pointerdown=move |event| {
                event.stop_propagation();
                now().inspect(|place| boxes.took_hold(*place, &event));
            }
            on:pointermove=move |event| boxes.dragged(field, &event)
            on:pointerup=move |event| boxes.let_go(picker, &event)
            on:click=move |_| boxes.clicked(field)
            on:pointercancel=move |_| {
                boxes.held.set_value(None);
                boxes.put_back();
            }
        >
            {handles}
            <button
                type="button"
                class="box-remove"
                tabindex="-1"
                aria-label=remove
                title="Remove this place (Del)"
                on:click=move |_| boxes.remove(field)
            >
                {icon(icons::CLOSE)}
            </button>
        </div>
    }
}

/// The focus went elsewhere on the page: as with a value, what was done counts. Not so where only the window was left,
/// or nothing was done yet.
fn left(boxes: Boxes, picker: Picker) {
    let Some(Some(moved)) = boxes.moved.try_get_untracked() else { return };
    let is_moving_on = document().get_element_by_id(FRAME_ID).is_none();
    if is_moving_on || !document().has_focus().unwrap_or(true) {
        return;
    }
    if moved.touched { boxes.keep(picker) } else { boxes.moved.set(None) }
}

/// What the keys do, while the focus is on a box; and what is told to screen readers.
pub fn keys_view() -> impl IntoView {
    let boxes: Boxes = expect_context();
    let keys = KEYS
        .map(|(key, does)| {
            view! {
                <span>
                    <kbd class="kbd">{key}</kbd>
                    {does}
                </span>
            }
        })
        .collect_view();
    view! {
        <p class="box-keys" id=KEYS_ID data-on=move || boxes.focused.get().then_some("")>
            {keys}
        </p>
        <span class="sr-only" role="status" data-testid="box-told">
            {move || boxes.told.get()}
        </span>
    }
}

/// A line by what it says: there are others.
fn name_of(review: Review, field: Field) -> String {
    if field.row().is_none() {
        return words::full_label(field);
    }
    let value = review.value(field);
    cells::row_name(field, &value, &value)
}

fn is_dialog_open() -> bool {
    document().query_selector("dialog[open]").ok().flatten().is_some()
}

fn direction(key: &str) -> Option<(f32, f32)> {
    match key {
        "ArrowLeft" => Some((-1.0, 0.0)),
        "ArrowRight" => Some((1.0, 0.0)),
        "ArrowUp" => Some((0.0, -1.0)),
        "ArrowDown" => Some((0.0, 1.0)),
        _ => None,
    }
}

/// `12 % from the left, 30 % from the top, 20 % wide`.
fn where_words(place: PageBox) -> String {
    let per_cent = |share: f32| ((share * 100.0).round() as u32).to_string();
    let (left, top, wide) = (per_cent(place.x), per_cent(place.y), per_cent(place.w));
    [left.as_str(), " % from the left, ", &top, " % from the top, ", &wide, " % wide"].concat()
}

fn ten_thousandths(share: f32) -> u16 {
    (share.clamp(0.0, 1.0) * 10_000.0).round() as u16
}

/// Keeps the box in view.
fn follow() {
    let Some(frame) = document().get_element_by_id(FRAME_ID) else { return };
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    options.set_inline(ScrollLogicalPosition::Nearest);
    options.set_behavior(ScrollBehavior::Auto);
    frame.scroll_into_view_with_scroll_into_view_options(&options);
}

fn frame_of(event: &ev::PointerEvent) -> Option<HtmlElement> {
    event.current_target()?.dyn_into().ok()
}

/// Where the pointer is, as shares of the page that the frame is on. It may be beyond its edges.
fn point(event: &ev::PointerEvent) -> Option<(f32, f32)> {
    let sheet = frame_of(event)?.closest(".page-sheet").ok().flatten()?.get_bounding_client_rect();
    let share = |at: i32, start: f64, size: f64| ((f64::from(at) - start) / size.max(1.0)) as f32;
    Some((share(event.client_x(), sheet.left(), sheet.width()), share(event.client_y(), sheet.top(), sheet.height())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_box_is_is_said_in_whole_per_cent() {
        let place = PageBox { page: 1, x: 0.124, y: 0.3, w: 0.2, h: 0.02 };
        assert_eq!(where_words(place), "12 % from the left, 30 % from the top, 20 % wide");
    }

    #[test]
    fn shares_beyond_the_page_end_at_its_edge() {
        assert_eq!((ten_thousandths(0.12345), ten_thousandths(1.2), ten_thousandths(-1.0)), (1_235, 10_000, 0));
    }
}
