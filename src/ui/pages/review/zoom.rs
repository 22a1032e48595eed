//! How large the pages are shown: by keys, by buttons, and by Ctrl and the wheel, which is also what two fingers on a touch
//! pad send.

use crate::ui::layout::keys::is_plain;
use crate::ui::reactive::effect;
use leptos::{ev, html::Div, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, WheelEvent};

/// Per cent of the width that fits. Each has its rule in the style sheet, so that no inline style is needed.
const STEPS: [u16; 7] = [50, 75, 100, 125, 150, 200, 300];
const FITS: usize = 2;
/// How far the wheel is turned for a step, in pixels: less than a notch of a mouse, and a small move of two fingers.
const TURN: f64 = 40.0;
/// A notch of a mouse: several of them that come as one turn are as many steps.
const NOTCH: f64 = 120.0;
/// Pixels of a line, for wheels that count these.
const LINE: f64 = 33.0;

/// The zoom of all pages of a document.
#[derive(Clone, Copy)]
pub struct Zoom {
    step: RwSignal<usize>,
    /// Since the last step.
    turned: StoredValue<f64>,
    /// What scrolls.
    pub sheets: NodeRef<Div>,
}

impl Zoom {
    /// Fits the width, and hears the keys while its page is there.
    pub fn new() -> Zoom {
        let zoom = Zoom { step: RwSignal::new(FITS), turned: StoredValue::new(0.0), sheets: NodeRef::new() };
        zoom.hear_keys();
        zoom
    }

    pub fn percent(self) -> u16 {
        STEPS[self.step.get().min(STEPS.len() - 1)]
    }

    /// So many steps larger, or smaller. What is in the middle stays there.
    pub fn change(self, by: isize) {
        self.go(self.step.get_untracked().saturating_add_signed(by), None);
    }

    /// As wide as there is room.
    pub fn fit(self) {
        self.go(FITS, None);
    }

    /// The wheel over the pages. With Ctrl it zooms, and what is under the pointer stays there.
    pub fn wheel(self, event: &WheelEvent) {
        if !event.ctrl_key() {
            return;
        }
        // Or the browser zooms everything.
        event.prevent_default();
        let pixels = if event.delta_mode() == WheelEvent::DOM_DELTA_LINE { LINE } else { 1.0 };
        let turned = self.turned.get_value() + event.delta_y() * pixels;
        let by = steps(turned);
        self.turned.set_value(if by == 0 { turned } else { 0.0 });
        if by != 0 {
            let at = (f64::from(event.client_x()), f64::from(event.client_y()));
            self.go(self.step.get_untracked().saturating_add_signed(by), Some(at));
        }
    }

    fn go(self, step: usize, around: Option<(f64, f64)>) {
        let step = step.min(STEPS.len() - 1);
        if step == self.step.get_untracked() {
            return;
        }
        let held = self.sheets.get_untracked().and_then(|sheets| Held::at(&sheets, around));
        self.step.set(step);
        if let Some(held) = held {
            request_animation_frame(move || held.put_back());
        }
    }

    /// `+`, `−` and `0` anywhere on the page, unless they are typed into something.
    fn hear_keys(self) {
        effect(move || {
            let handle = window_event_listener(ev::keydown, move |event| {
                if !is_plain(&event) {
                    return;
                }
                match event.key().as_str() {
                    "+" | "=" => self.change(1),
                    "-" | "\u{2212}" => self.change(-1),
                    "0" => self.fit(),
                    _ => return,
                }
                event.prevent_default();
            });
            on_cleanup(move || handle.remove());
        });
    }
}

/// So many steps larger for a turn away from oneself.
fn steps(turned: f64) -> isize {
    if turned.abs() < TURN { 0 } else { ((turned.abs() / NOTCH).round().max(1.0) * -turned.signum()) as isize }
}

/// A point of a page, and where it was on the screen.
struct Held {
    scrolls: HtmlElement,
    sheet: Element,
    /// In parts of the page.
    part: (f64, f64),
    seen: (f64, f64),
}

impl Held {
    /// The point of a page that is shown at `seen`, or in the middle.
    fn at(scrolls: &HtmlElement, seen: Option<(f64, f64)>) -> Option<Held> {
        let seen = seen.unwrap_or_else(|| {
            let shown = scrolls.get_bounding_client_rect();
            (shown.x() + shown.width() / 2.0, shown.y() + shown.height() / 2.0)
        });
        let sheets = scrolls.query_selector_all(".page-sheet").ok()?;
        let sheets = (0..sheets.length()).filter_map(|at| sheets.get(at)?.dyn_into::<Element>().ok());
        // The last one that begins above, so that between two pages it is the upper.
        let sheet = sheets
            .enumerate()
            .take_while(|(at, sheet)| *at == 0 || sheet.get_bounding_client_rect().y() <= seen.1)
            .last()
            .map(|(_, sheet)| sheet)?;
        let place = sheet.get_bounding_client_rect();
        let part = ((seen.0 - place.x()) / place.width().max(1.0), (seen.1 - place.y()) / place.height().max(1.0));
        Some(Held { scrolls: scrolls.clone(), sheet, part, seen })
    }

    /// Scrolls so that it is where it was.
    fn put_back(self) {
        let place = self.sheet.get_bounding_client_rect();
        let x = place.x() + self.part.0 * place.width() - self.seen.0;
        let y = place.y() + self.part.1 * place.height() - self.seen.1;
        self.scrolls.scroll_by_with_x_and_y(x, y);
    }
}

#[cfg(test)]
mod tests {
    use super::steps;

    #[test]
    fn notches_are_steps_and_small_moves_add_up() {
        let found = [-120.0, 120.0, -360.0, -100.0, 53.0, 39.0, -39.0].map(steps);
        assert_eq!(found, [1, -1, 3, 1, -1, 0, 0]);
    }
}
