//! Parts of tables.

use crate::ui::icons::{self, icon};
use leptos::prelude::*;

/// How a column is sorted now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sorted {
    Not,
    Up,
    Down,
}

/// A head cell that sorts: a plain link to the same list in another order.
pub fn sort_head(label: &'static str, sorted: Sorted, href: String, class: &'static str) -> impl IntoView {
    let aria = match sorted {
        Sorted::Not => None,
        Sorted::Up => Some("ascending"),
        Sorted::Down => Some("descending"),
    };
    let drawing = if sorted == Sorted::Down { icons::SORT_DOWN } else { icons::SORT_UP };
    view! {
        <th scope="col" class=class aria-sort=aria>
            // Where the words end at the right, the arrow stands before them: it is the words that line up.
            <a class="sort" href=href data-on=aria.map(|_| "")>
                <span>{label}</span>
                {icon(drawing)}
            </a>
        </th>
    }
}
