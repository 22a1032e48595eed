//! Pointing at words of a page fills the field one is in: a click takes a word, dragging takes all words of a frame.
//! With Shift they come behind what is there. Typing does the same without a pointer.

use super::{boxes::shape, cells, model::Review, words};
use crate::api::invoices::load_words;
use crate::domain::{
    dates::{DateOrder, parse, to_iso},
    field::{Field, FieldKind},
    invoice::{InvoiceDetail, Placing},
    money::{Decimal, DecimalMark, parse_amount},
    reading::{PageBox, PageSize, PageWord, Source},
    rows::{Cell, CellKind},
};
use crate::ui::reactive::memo;
use leptos::{ev, prelude::*, task::spawn_local, wasm_bindgen::JsCast};
use web_sys::Element;

/// A shorter way of the pointer is a click: thousandths of the page.
const CLICK: f32 = 0.004;
const NO_WORDS: &str = "The words of this page could not be loaded. Try again";

/// One page of the document, and what is being taken from it.
#[derive(Clone, Copy)]
pub struct Picker {
    review: Review,
    page: u32,
    /// Once they came.
    words: RwSignal<Option<Vec<PageWord>>>,
    is_asking: StoredValue<bool>,
    /// What is done with them once they are there.
    waiting: StoredValue<Vec<WithWords>>,
    /// From where to where the pointer was dragged.
    frame: RwSignal<Option<(Point, Point)>>,
    /// It went down on the box of a value, which a click is meant for.
    on_place: StoredValue<bool>,
}

pub type Point = (f32, f32);

/// Not a `Callback`: that would go with the element that was pressed, which may be gone before the words come.
type WithWords = Box<dyn FnOnce(Vec<PageWord>) + Send + Sync>;

impl Picker {
    pub fn new(review: Review, page: u32) -> Picker {
        Picker {
            review,
            page,
            words: RwSignal::new(None),
            is_asking: StoredValue::new(false),
            waiting: StoredValue::new(Vec::new()),
            frame: RwSignal::new(None),
            on_place: StoredValue::new(false),
        }
    }

    /// One for the page of all components: with the words of its page, and a frame around some of them.
    #[cfg(debug_assertions)]
    pub fn sample(review: Review, words: Vec<PageWord>, frame: (Point, Point)) -> Picker {
        let picker = Picker::new(review, 1);
        picker.words.set(Some(words));
        picker.frame.set(Some(frame));
        picker
    }

    /// Whether pointing would fill a field now.
    pub fn is_ready(self) -> bool {
        self.review.editable() && self.review.active.with(Option::is_some) && self.words.with(Option::is_some)
    }

    /// The pointer came to the page: its words are asked for once.
    pub fn entered(self) {
        let is_known = self.words.with_untracked(Option::is_some);
        if !is_known && untrack(|| self.review.editable()) {
            self.ask();
        }
    }

    /// Gives the words of the page as soon as they are there; none where they can not be had.
    pub fn with_words(self, then: impl FnOnce(Vec<PageWord>) + Send + Sync + 'static) {
        match self.words.get_untracked() {
            Some(words) => then(words),
            None => {
                self.waiting.update_value(|waiting| waiting.push(Box::new(then)));
                self.ask();
            }
        }
    }

    fn ask(self) {
        if self.is_asking.get_value() {
            return;
        }
        self.is_asking.set_value(true);
        spawn_local(async move {
            let found = load_words(self.review.id, self.page).await.ok();
            // It can be tried again with the next visit.
            _ = self.is_asking.try_set_value(false);
            _ = self.words.try_set(found.clone());
            // Where the page was left meanwhile, nothing waits any more.
            let waiting = self.waiting.try_update_value(std::mem::take).unwrap_or_default();
            let words = found.unwrap_or_default();
            waiting.into_iter().for_each(|then| then(words.clone()));
        });
    }

    /// The word at a point goes into the field one is in.
    pub fn clicked(self, at: Point, behind: bool) {
        let field = self.review.active.get_untracked().filter(|_| untrack(|| self.is_ready()));
        if let Some(field) = field {
            self.take(field, (at, at), behind);
        }
    }

    /// The pointer goes down. True: it may take words, and the focus stays.
    pub fn pressed(self, event: &ev::PointerEvent) -> bool {
        let takes = (is_in_a_field() && untrack(|| self.is_ready()))
            || (untrack(|| self.review.taps_fill().is_some()) && panes_take_turns());
        if event.button() != 0 || !takes {
            return false;
        }
        let Some(at) = point(event) else { return false };
        self.on_place.set_value(is_on_a_place(event));
        self.frame.set(Some((at, at)));
        true
    }

    pub fn moved(self, event: &ev::PointerEvent) {
        let (Some((from, _)), Some(to)) = (self.frame.get_untracked(), point(event)) else { return };
        if !is_click((from, to))
            && let Some(sheet) = sheet_of(event)
        {
            // The frame goes on beyond the edge of the page, and its end is no click on what is below.
            _ = sheet.set_pointer_capture(event.pointer_id());
        }
        self.frame.set(Some((from, to)));
    }

    pub fn released(self, event: &ev::PointerEvent) {
        let Some(frame) = self.frame.get_untracked() else { return };
        self.frame.set(None);
        if self.on_place.get_value() && is_click(frame) {
            return;
        }
        let Some(field) = self.review.active.get_untracked() else { return };
        let behind = event.shift_key();
        match self.words.with_untracked(Option::is_some) {
            true => self.take(field, frame, behind),
            // A finger comes without a warning.
            false => self.with_words(move |_| self.take_late(field, frame, behind)),
        }
    }

    /// The words came after the finger had gone. They are for the field that one was in then, and for no other that one
    /// is in by now.
    fn take_late(self, field: Field, frame: (Point, Point), behind: bool) {
        let is_meant = self.review.active.get_untracked() == Some(field) && untrack(|| self.review.editable());
        if !is_meant {
            return;
        }
        match self.words.with_untracked(Option::is_some) {
            true => self.take(field, frame, behind),
            false => {
                // Several taps may have waited: it is said once.
                self.review.toasts.take_back(NO_WORDS);
                self.review.toasts.failed(NO_WORDS);
            }
        }
    }

    fn take(self, field: Field, frame: (Point, Point), behind: bool) {
        let chosen = self.words.with_untracked(|words| words.as_deref().map(|words| chosen(words, frame)));
        let Some(chosen) = chosen else { return };
        match in_words(chosen) {
            Some((text, place)) => fill(self.review, field, &text, place, behind),
            // Where the page has no words, as on a scan, the frame is still the place of a value that had none.
            None if untrack(|| self.review.place(field)).is_some() => {}
            None => {
                if let Some(place) = shape::between(self.page, frame) {
                    self.review.put_place(field, Placing::At(place));
                }
            }
        }
    }

    pub fn cancelled(self) {
        self.frame.set(None);
    }

    /// The frame and the words in it, drawn over the page.
    pub fn drawn(self, size: PageSize) -> impl IntoView {
        let shown = memo(move || {
            let frame = self.frame.get()?;
            let words = self.words.with(|words| words.as_deref().map(|words| chosen(words, frame)))?;
            Some((frame, words.iter().map(|word| word.place).collect::<Vec<_>>()))
        });
        let rect = move |class: &'static str, (x, y, w, h): (f32, f32, f32, f32)| {
            use super::document::tenths;
            view! {
                <rect
                    class=class
                    x=tenths(x * size.width)
                    y=tenths(y * size.height)
                    width=tenths(w * size.width)
                    height=tenths(h * size.height)
                ></rect>
            }
        };
        move || {
            shown.get().map(|((from, to), words)| {
                let frame = (from.0.min(to.0), from.1.min(to.1), (from.0 - to.0).abs(), (from.1 - to.1).abs());
                let words =
                    words.into_iter().map(|word| rect("picked", (word.x, word.y, word.w, word.h))).collect_view();
                view! {
                    {rect("pick-frame", frame)}
                    {words}
                }
            })
        }
    }
}

/// Whether the focus is in the control of a value that takes text; the button of a row does not.
fn is_in_a_field() -> bool {
    document().active_element().is_some_and(|control| {
        control.matches("input[id^=field-], textarea[id^=field-], input[data-cell]").unwrap_or(false)
    })
}

/// Whether page and values take turns, as on a phone. The page that was chosen there stays chosen when the phone is turned
/// and both have room; then a tap is meant for no field.
fn panes_take_turns() -> bool {
    let switch = document().query_selector(".pane-switch").ok().flatten();
    switch.is_some_and(|switch| switch.get_bounding_client_rect().height() > 0.0)
}

/// The box of a value is a button of its own.
fn is_on_a_place(event: &ev::PointerEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| target.closest(".place").ok().flatten().is_some())
}

fn sheet_of(event: &ev::PointerEvent) -> Option<Element> {
    event.current_target()?.dyn_into().ok()
}

/// Where the pointer is, as shares of the page.
fn point(event: &ev::PointerEvent) -> Option<Point> {
    let place = sheet_of(event)?.get_bounding_client_rect();
    let share = |at: i32, start: f64, size: f64| ((f64::from(at) - start) / size.max(1.0)).clamp(0.0, 1.0) as f32;
    Some((share(event.client_x(), place.left(), place.width()), share(event.client_y(), place.top(), place.height())))
}

pub fn is_click((from, to): (Point, Point)) -> bool {
    (from.0 - to.0).abs() < CLICK && (from.1 - to.1).abs() < CLICK
}

/// The words of a frame: those whose middle is in it; where it is but a point, the word under it.
fn chosen(words: &[PageWord], (from, to): (Point, Point)) -> Vec<PageWord> {
    let is_click = is_click((from, to));
    let within = |at: f32, one: f32, other: f32| (one.min(other)..=one.max(other)).contains(&at);
    let is_in = |word: &&PageWord| {
        let PageBox { x, y, w, h, .. } = word.place;
        if is_click {
            return within(to.0, x, x + w) && within(to.1, y, y + h);
        }
        within(x + w / 2.0, from.0, to.0) && within(y + h / 2.0, from.1, to.1)
    };
    words.iter().filter(is_in).cloned().collect()
}

/// The words whose middle is in a box.
pub fn words_within(words: &[PageWord], place: PageBox) -> Vec<PageWord> {
    let is_in = |word: &&PageWord| {
        let PageBox { x, y, w, h, .. } = word.place;
        (place.x..=place.x + place.w).contains(&(x + w / 2.0)) && (place.y..=place.y + place.h).contains(&(y + h / 2.0))
    };
    words.iter().filter(is_in).cloned().collect()
}

/// Words as one text, line by line from the left, and the box around them.
pub fn in_words(mut words: Vec<PageWord>) -> Option<(String, PageBox)> {
    words.sort_by(|one, other| one.place.y.total_cmp(&other.place.y));
    let mut lines: Vec<Vec<PageWord>> = Vec::new();
    for word in words {
        let middle = word.place.y + word.place.h / 2.0;
        let is_beside = |line: &Vec<PageWord>| line.first().is_some_and(|first| middle < first.place.y + first.place.h);
        match lines.last_mut().filter(|line| is_beside(line)) {
            Some(line) => line.push(word),
            None => lines.push(vec![word]),
        }
    }
    lines.iter_mut().for_each(|line| line.sort_by(|one, other| one.place.x.total_cmp(&other.place.x)));
    let place = lines.iter().flatten().map(|word| word.place).reduce(PageBox::around)?;
    let texts: Vec<&str> = lines.iter().flatten().map(|word| word.text.as_str()).collect();
    Some((texts.join(" "), place))
}

/// Writes the text into the field one is in; of a line, into the cell. `behind`: after what is there.
fn fill(review: Review, field: Field, text: &str, place: PageBox, behind: bool) {
    if field.row().is_some() {
        return fill_cell(review, field, text, behind);
    }
    let text = match field.kind() {
        FieldKind::Amount | FieldKind::Date => text_for(review, field, text),
        _ => Some(after(behind, &untrack(|| review.text(field)), text)),
    };
    match text {
        Some(text) => review.pick(field, &text, place),
        None => review.say_not_taken(field),
    }
}

/// Words of the page as they are typed into a field; None: they are no value for it.
pub fn text_for(review: Review, field: Field, text: &str) -> Option<String> {
    let kind = field.kind();
    match kind {
        FieldKind::Amount => {
            amount(review, text).map(|read| words::shown(kind, &cells::kept(Cell::Net, read), review.numbers))
        }
        // Dates have one form only in their control.
        FieldKind::Date => parse(text, order_of(review)).map(to_iso),
        _ => words::normalise(kind, text, review.numbers).is_ok().then(|| text.to_owned()),
    }
}

/// The cell whose control has the focus says which it is.
fn fill_cell(review: Review, field: Field, text: &str, behind: bool) {
    let named = document().active_element().and_then(|control| control.get_attribute("data-cell"));
    let (Some(row), Some(named)) = (untrack(|| review.row(field)), named) else { return };
    let Some(cell) = row.cells().iter().copied().find(|cell| cell.name() == named) else { return };
    let read = match cell.kind() {
        CellKind::Text => Some(after(behind, row.get(cell), text)),
        _ => amount(review, text).map(|read| cells::shown(cell, &cells::kept(cell, read), review.numbers)),
    };
    match read {
        Some(text) => review.type_cell(field, cell, &text),
        None => review.say_not_taken(field),
    }
}

fn after(behind: bool, before: &str, text: &str) -> String {
    if behind && !before.is_empty() { [before, " ", text].concat() } else { text.to_owned() }
}

/// The number in words of this document, without currency or percent.
fn amount(review: Review, text: &str) -> Option<Decimal> {
    review.detail.with_untracked(|detail| parse_amount(&figures(text), mark_of(detail)))
}

fn figures(text: &str) -> String {
    let is_outside = |sign: char| !sign.is_ascii_digit() && !matches!(sign, '.' | ',' | '-' | '\u{2212}' | '(' | ')');
    text.trim_matches(is_outside).trim().to_owned()
}

/// What was read from the document, as it stands there and as it was understood.
fn read_from(detail: &InvoiceDetail, kind: FieldKind) -> impl Iterator<Item = (&str, &str)> {
    let read = detail.fields.iter().filter(move |(field, value)| field.kind() == kind && value.source != Source::User);
    read.map(|(_, value)| (value.raw.as_deref().unwrap_or(&value.value), value.value.as_str()))
}

/// How this document writes its amounts, by those that were read.
fn mark_of(detail: &InvoiceDetail) -> DecimalMark {
    let only = |mark: DecimalMark, other: DecimalMark| {
        read_from(detail, FieldKind::Amount).any(|(raw, value)| {
            let is = |mark| parse_amount(&figures(raw), mark) == value.parse().ok();
            is(mark) && !is(other)
        })
    };
    if only(DecimalMark::Comma, DecimalMark::Point) { DecimalMark::Comma } else { DecimalMark::Point }
}

/// How this document writes its dates, by those that were read.
fn order_of(review: Review) -> DateOrder {
    let is_month_first = review.detail.with_untracked(|detail| {
        read_from(detail, FieldKind::Date).any(|(raw, value)| {
            let is = |order| parse(raw, order).map(to_iso).as_deref() == Some(value);
            is(DateOrder::MonthDay) && !is(DateOrder::DayMonth)
        })
    });
    if is_month_first { DateOrder::MonthDay } else { DateOrder::DayMonth }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, x: f32, y: f32) -> PageWord {
        PageWord { text: text.to_owned(), place: PageBox { page: 1, x, y, w: 0.1, h: 0.02 } }
    }

    #[test]
    fn a_click_takes_a_word_and_a_frame_takes_those_within() {
        let words =
            [word("Acme", 0.1, 0.1), word("GmbH", 0.25, 0.101), word("Street", 0.1, 0.13), word("far", 0.8, 0.1)];
        let text = |from, to| in_words(chosen(&words, (from, to))).map(|(text, _)| text);
        assert_eq!(text((0.26, 0.11), (0.26, 0.11)).as_deref(), Some("GmbH"));
        assert_eq!(text((0.05, 0.09), (0.4, 0.16)).as_deref(), Some("Acme GmbH Street"));
        assert_eq!(text((0.4, 0.16), (0.05, 0.09)).as_deref(), Some("Acme GmbH Street"), "from any corner");
        assert_eq!(text((0.5, 0.5), (0.5, 0.5)), None);
    }

    #[test]
    fn the_box_is_around_all_of_them() {
        let (_, place) = in_words(vec![word("b", 0.3, 0.12), word("a", 0.1, 0.1)]).unwrap();
        assert!((place.x - 0.1).abs() < 1e-6 && (place.w - 0.3).abs() < 1e-6 && (place.h - 0.04).abs() < 1e-6);
    }

    #[test]
    fn figures_come_without_what_stands_around_them() {
        assert_eq!(figures("1.190,00 €"), "1.190,00");
        assert_eq!(figures("EUR -12.50"), "-12.50");
        assert_eq!(figures("19 %"), "19");
        assert_eq!(figures("€ .50"), ".50");
        assert_eq!(
            parse_amount(&figures("RE-2026-117"), DecimalMark::Point),
            None,
            "a number of an invoice is no amount"
        );
    }
}
