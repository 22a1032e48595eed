//! Grey shapes of what is coming, of the same size, so that nothing jumps.

use crate::ui::markup::{Markup, el};

const WIDTHS: [&str; 4] = ["w-40", "w-28", "w-36", "w-32"];

/// A line of `width`, a Tailwind class.
pub fn line(width: &'static str) -> Markup {
    el("span").class(["skeleton ", width].concat()).attr("data-testid", "skeleton")
}

/// Rows of a table with `columns` columns. Goes inside a `<tbody>`.
pub fn table_rows(rows: usize, columns: usize) -> impl Iterator<Item = Markup> {
    (0..rows).map(move |row| {
        let first = WIDTHS[row % WIDTHS.len()];
        el("tr").children((0..columns).map(|column| el("td").child(line(if column == 0 { first } else { "w-20" }))))
    })
}
