//! Grey shapes of what is coming, of the same size, so that nothing jumps.

use leptos::prelude::*;

const WIDTHS: [&str; 4] = ["w-40", "w-28", "w-36", "w-32"];

/// A line of `width`, a Tailwind class.
pub fn line(width: &'static str) -> impl IntoView {
    view! { <span class=["skeleton ", width].concat() data-testid="skeleton"></span> }
}

/// Rows of a table with `columns` columns. Goes inside a `<tbody>`.
pub fn table_rows(rows: usize, columns: usize) -> impl IntoView {
    (0..rows)
        .map(|row| {
            let cells = (0..columns)
                .map(|column| {
                    let width = if column == 0 { WIDTHS[row % WIDTHS.len()] } else { "w-20" };
                    view! { <td>{line(width)}</td> }
                })
                .collect_view();
            view! { <tr>{cells}</tr> }
        })
        .collect_view()
}
