//! Where the person is on the page: what they look at is not moved, and where they come back to is shown.

use super::shown::Shown;
use crate::domain::invoice::InvoiceQuery;
use crate::ui::layout::LeftInvoice;
use crate::ui::reactive::{effect, effect_from, memo};
use leptos::{prelude::*, wasm_bindgen::JsCast};
use web_sys::{Element, FocusEvent, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

/// Whether somebody points at the rows or has the focus in them, and whether they want to see what waits.
#[derive(Clone, Copy)]
pub struct Attention {
    pointed: RwSignal<bool>,
    focused: RwSignal<bool>,
    /// Rises each time the person asks for what waits.
    pub asked: RwSignal<u32>,
}

impl Attention {
    pub fn new() -> Attention {
        Attention { pointed: RwSignal::new(false), focused: RwSignal::new(false), asked: RwSignal::new(0) }
    }

    pub fn held(self) -> bool {
        // Both are read, so that both are tracked.
        let (pointed, focused) = (self.pointed.get(), self.focused.get());
        pointed || focused
    }

    pub fn point(self, at_rows: bool) {
        set_if_other(self.pointed, at_rows);
    }

    pub fn focus_came(self) {
        set_if_other(self.focused, true);
    }

    /// The focus went, perhaps only to another row.
    pub fn focus_went(self, event: &FocusEvent) {
        let target = |target: Option<web_sys::EventTarget>| target.and_then(|target| target.dyn_into::<Element>().ok());
        let to = target(event.related_target());
        let area = target(event.current_target());
        let stays = area.zip(to).is_some_and(|(area, to)| area.contains(Some(&to)));
        set_if_other(self.focused, stays);
    }

    /// The rows are gone, and nobody can leave them any more.
    pub fn let_go(self) {
        set_if_other(self.pointed, false);
        set_if_other(self.focused, false);
    }

    /// Shows what waits, and puts the focus on the first row instead of the button, which goes.
    pub fn ask(self) {
        self.asked.update(|asked| *asked += 1);
        request_animation_frame(|| focus_on(".row-link"));
    }
}

/// The page may be gone with its signals.
fn set_if_other(signal: RwSignal<bool>, value: bool) {
    if signal.try_get_untracked() == Some(!value) {
        _ = signal.try_set(value);
    }
}

fn element(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

fn focus_on(selector: &str) {
    if let Some(element) = element(selector).and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
        // Refused only by what left the page meanwhile.
        _ = element.focus();
    }
}

/// After the review of an invoice the focus is on its row again.
pub fn return_to_row(shown: Memo<Option<Shown>>) {
    let Some(LeftInvoice(left)) = use_context::<LeftInvoice>() else { return };
    let here = memo(move || shown.with(Option::is_some));
    effect(move || {
        if !here.get() {
            return;
        }
        let Some(id) = left.get() else { return };
        left.set(None);
        let row = ["[data-id='", id.as_str(), "'] .row-link"].concat();
        request_animation_frame(move || focus_on(&row));
    });
}

/// Another page of the list begins at its top.
pub fn begin_at_top(shown: Memo<Option<Shown>>) {
    let page = memo(move || shown.with(|shown| shown.as_ref().map(|shown| shown.query.clone())));
    effect_from(move |before: Option<Option<InvoiceQuery>>| {
        let now = page.get();
        if before.flatten().is_some_and(|before| Some(&before) != now.as_ref())
            && let Some(main) = element("#main")
        {
            main.set_scroll_top(0);
        }
        now
    });
}

/// Keeps the current tab in sight where not all of them fit.
pub fn follow_current_tab(query: Memo<InvoiceQuery>) {
    effect(move || {
        query.track();
        request_animation_frame(|| {
            if let Some(tab) = element(".tab[aria-current]") {
                let options = ScrollIntoViewOptions::new();
                options.set_inline(ScrollLogicalPosition::Center);
                options.set_block(ScrollLogicalPosition::Nearest);
                tab.scroll_into_view_with_scroll_into_view_options(&options);
            }
        });
    });
}
