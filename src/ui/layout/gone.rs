//! A control that goes with its page says nothing any more.

use crate::ui::reactive::effect;
use leptos::{ev, prelude::*};
use leptos_router::hooks::use_location;

/// Tells controls that go with their page from those of the page that is shown.
///
/// Browsers tell a focused control that it changed and lost the focus while it is being taken off the page (on Back and
/// Forward nobody took the focus off it before). The page's signals go at the same moment, but what shows them is still
/// there for a few tasks more and would ask for them in vain. What was typed is not lost: the page sends it when it goes.
#[derive(Clone, Copy)]
pub struct GoneControls {
    pathname: Memo<String>,
    /// The page on which a control was last used.
    used_on: StoredValue<String>,
}

impl GoneControls {
    /// Call inside the router.
    pub fn new() -> GoneControls {
        let gone = GoneControls { pathname: use_location().pathname, used_on: StoredValue::new(String::new()) };
        // What got the focus before the page was taken over told nobody.
        effect(move || {
            if document().active_element().is_some_and(|focused| focused.tag_name() != "BODY") {
                gone.used();
            }
        });
        gone
    }

    /// A control of the page got the focus or is used: not every browser gives a button the focus that is pressed.
    pub fn used(self) {
        self.used_on.set_value(self.pathname.get_untracked());
    }

    /// Keeps an event from a control that was used on another page.
    pub fn silence(self, event: &ev::Event) {
        let is_gone =
            self.pathname.with_untracked(|now| self.used_on.try_with_value(|then| !then.is_empty() && then != now));
        // None: the frame itself goes.
        if is_gone.unwrap_or(true) {
            event.stop_immediate_propagation();
        }
    }
}
