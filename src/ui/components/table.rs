//! Parts of tables.

use crate::ui::icons::{self, icon};
use crate::ui::markup::{Markup, el};

/// How a column is sorted now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sorted {
    Not,
    Up,
    Down,
}

/// A head cell that sorts: a plain link to the same list in another order.
pub fn sort_head(label: &'static str, sorted: Sorted, href: String, class: &'static str) -> Markup {
    let drawing = icon(if sorted == Sorted::Down { icons::SORT_DOWN } else { icons::SORT_UP });
    let cell = el("th").attr("scope", "col").class(class);
    // Where the words end at the right, the arrow stands before them: it is the words that line up.
    let link = el("a").class("sort").attr("href", href);
    let (cell, link) = match sorted {
        Sorted::Not => (cell, link),
        Sorted::Up => (cell.attr("aria-sort", "ascending"), link.attr("data-on", "")),
        Sorted::Down => (cell.attr("aria-sort", "descending"), link.attr("data-on", "")),
    };
    cell.child(link.child(el("span").text(label)).child(drawing))
}
