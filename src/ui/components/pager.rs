//! Pages of a list, as plain links.

use crate::ui::format::counted;
use crate::ui::icons::{self, Icon, icon};
use crate::ui::markup::{Markup, el};

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

pub fn pager(place: Place, one: &'static str, many: &'static str) -> Markup {
    let total = counted(place.total, one, many);
    if place.previous.is_none() && place.next.is_none() {
        return el("p").class("pager").text(total);
    }
    let shown = [place.first.to_string().as_str(), "–", &place.last.to_string(), " of ", &total].concat();
    let steps = el("span").class("flex gap-1").child(step(place.previous, "Previous page", icons::LEFT)).child(step(
        place.next,
        "Next page",
        icons::RIGHT,
    ));
    el("nav").class("pager").attr("aria-label", "Pages").child(el("span").text(shown)).child(steps)
}

fn step(link: Option<String>, name: &'static str, drawing: Icon) -> Markup {
    let step = match link {
        Some(href) => el("a").attr("href", href).attr("title", name),
        None => el("span").attr("role", "link").attr("aria-disabled", "true"),
    };
    step.class("btn btn-icon btn-sm").attr("aria-label", name).child(icon(drawing))
}
