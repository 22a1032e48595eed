//! The lines and the VAT rows: tables in which the row one is in becomes a form. Leaving a row sends it as one change.

use super::{
    cells,
    company::{Others, mark_of, mark_view},
    fields::{control_id, field_notes, has_notes, look_on, notes_id, open_around, opening},
    model::{Review, Rows},
    words,
};
use crate::domain::{
    field::Field,
    money::Decimal,
    rows::{Cell, CellKind, Row},
};
use crate::ui::icons::{self, Icon, icon};
use crate::ui::layout::keys;
use crate::ui::markup::{dynamic, el};
use crate::ui::reactive::{effect, memo};
use leptos::{ev, prelude::*, wasm_bindgen::JsCast};
use web_sys::{DataTransfer, Element, HtmlInputElement};

const LINE_COLUMNS: [Cell; 6] =
    [Cell::Description, Cell::Quantity, Cell::Unit, Cell::UnitPrice, Cell::TaxRate, Cell::Net];
/// In a second line of the row one is in; to look at they stand under the description.
const LINE_MORE: [Cell; 2] = [Cell::ItemNumber, Cell::TaxCategory];
const VAT_COLUMNS: [Cell; 4] = [Cell::TaxCategory, Cell::TaxRate, Cell::Base, Cell::Tax];

/// One of the two tables.
#[derive(Clone, Copy)]
struct Grid {
    review: Review,
    rows: Rows,
    columns: &'static [Cell],
    /// Cells for which there is no column.
    more: &'static [Cell],
    /// The row that is a form now.
    editing: RwSignal<Option<Field>>,
}

#[component]
pub fn Lines(review: Review) -> impl IntoView {
    lines(review, RwSignal::new(None))
}

/// The lines; `editing` is the row that is a form.
pub fn lines(review: Review, editing: RwSignal<Option<Field>>) -> AnyView {
    let grid = Grid { review, rows: Rows::Lines, columns: &LINE_COLUMNS, more: &LINE_MORE, editing };
    let sum = memo(move || sum(review));
    let foot = move || {
        sum.get().map(|sum| {
            view! {
                <tfoot>
                    <tr>
                        <th scope="row" colspan=(LINE_COLUMNS.len() - 1).to_string()>
                            "Sum of lines"
                        </th>
                        <td class="end num" data-testid="lines-sum">
                            {cells::shown(Cell::Net, &sum, review.numbers)}
                        </td>
                    </tr>
                </tfoot>
            }
        })
    };
    fold(grid, "Lines", "Add line", true, foot.into_any())
}

#[component]
pub fn Vat(review: Review) -> impl IntoView {
    vat(review, RwSignal::new(None))
}

/// The VAT rows; `editing` is the one that is a form.
pub fn vat(review: Review, editing: RwSignal<Option<Field>>) -> AnyView {
    let grid = Grid { review, rows: Rows::Vat, columns: &VAT_COLUMNS, more: &[], editing };
    fold(grid, "VAT", "Add VAT row", false, ().into_any())
}

/// What the lines come to that have an amount; None: none has.
fn sum(review: Review) -> Option<String> {
    let rows = review.rows(Rows::Lines).into_iter().filter_map(|field| review.row(field));
    let summed = rows.filter(|row| !row.is_informative());
    let amounts: Vec<Decimal> = summed.filter_map(|row| row.get(Cell::Net).parse().ok()).collect();
    let sum = amounts.iter().try_fold(Decimal::ZERO, |sum, amount| sum.checked_add(*amount))?;
    if amounts.is_empty() {
        return None;
    }
    Some(cells::kept(Cell::Net, sum))
}

fn fold(grid: Grid, title: &'static str, add: &'static str, is_open: bool, foot: AnyView) -> AnyView {
    let Grid { review, rows, .. } = grid;
    let fields = memo(move || review.rows(rows));
    let is_shown = memo(move || review.editable() || fields.with(|fields| !fields.is_empty()));
    let class = if rows == Rows::Lines {
        "table table-compact table-rows table-lines"
    } else {
        "table table-compact table-rows"
    };
    let has_rows = memo(move || fields.with(|fields| !fields.is_empty()));
    let needs = memo(move || fields.get().into_iter().any(|field| review.known(field).needs_a_look()));
    open_looked_at(grid, fields);
    view! {
        <div hidden=move || !is_shown.get()>
            <details class="fold" node_ref=opening(needs) open=is_open || needs.get_untracked()>
                <summary>
                    {icon(icons::RIGHT)} {title} <span class="count">{move || fields.with(Vec::len).to_string()}</span>
                </summary>
                <div>
                    <table class=class hidden=move || !has_rows.get() aria-label=title>
                        {head(grid)}
                        <tbody>
                            <For each=move || fields.get() key=|field| *field let:field>
                                {row(grid, field)}
                            </For>
                        </tbody>
                        {foot}
                    </table>
                    {move || review.editable().then(|| add_button(grid, add))}
                </div>
            </details>
        </div>
    }
    .into_any()
}

/// The row that needs a look becomes a form, with the focus where something is wrong.
fn open_looked_at(grid: Grid, fields: Memo<Vec<Field>>) {
    effect(move || {
        let Some(field) = grid.review.looked_at.get() else { return };
        if fields.with_untracked(|fields| fields.contains(&field)) {
            let cell = untrack(|| faults(grid, field)).first().copied().unwrap_or(grid.columns[0]);
            open(grid, field, cell);
        }
    });
}

/// The cells of a row in which something is wrong; its first one stands for what no cell is known of.
fn faults(grid: Grid, field: Field) -> Vec<Cell> {
    let review = grid.review;
    let refused = review.refused.with(|refused| refused.get(&field).map(|reason| cells::named_in(reason)));
    let failed = review.detail.with(|detail| {
        let failed = words::checks_of(detail, field).filter(|check| check.is_failure());
        failed.map(|check| cells::concerned(&check.rule)).collect::<Vec<_>>()
    });
    let has = |cell: &Cell| grid.columns.contains(cell) || grid.more.contains(cell);
    refused.into_iter().chain(failed).map(|cell| cell.filter(has).unwrap_or(grid.columns[0])).collect()
}

fn head(grid: Grid) -> impl IntoView {
    let cells = grid.columns.iter().map(|cell| {
        view! {
            <th scope="col" class=class_of(*cell)>
                {cell.label()}
            </th>
        }
    });
    view! {
        <thead>
            <tr>{cells.collect_view()}</tr>
        </thead>
    }
}

fn class_of(cell: Cell) -> &'static str {
    match cell {
        Cell::Description => "cell-wide",
        Cell::Unit | Cell::TaxCategory => "cell-short",
        Cell::Quantity | Cell::TaxRate => "end num cell-number",
        _ => "end num cell-amount",
    }
}

fn add_button(grid: Grid, words: &'static str) -> impl IntoView {
    view! {
        <button
            type="button"
            class="btn btn-quiet mt-1"
            data-testid=if grid.rows == Rows::Lines { "add-line" } else { "add-vat-row" }
            on:click=move |_| {
                if let Some(field) = grid.review.add_row(grid.rows, None) {
                    open(grid, field, grid.columns[0]);
                }
            }
        >
            {icon(icons::PLUS)}
            {words}
        </button>
    }
}

/// Makes a form of a row, with the focus in one of its cells.
fn open(grid: Grid, field: Field, cell: Cell) {
    if !untrack(|| grid.review.editable()) {
        return;
    }
    grid.review.begin(field);
    grid.editing.set(Some(field));
    let id = cell_id(grid, field, cell);
    request_animation_frame(move || {
        let control = document().get_element_by_id(&id);
        if let Some(control) = control.and_then(|control| control.dyn_into::<HtmlInputElement>().ok()) {
            open_around(&control);
            _ = control.focus();
            control.select();
        }
    });
}

/// The first cell carries the row's own id: that is where the focus goes when the row is meant.
fn cell_id(grid: Grid, field: Field, cell: Cell) -> String {
    if cell == grid.columns[0] { control_id(field) } else { ["cell-", &field.name(), "-", cell.name()].concat() }
}

fn row(grid: Grid, field: Field) -> AnyView {
    let Grid { review, editing, .. } = grid;
    let is_edited = memo(move || editing.get() == Some(field) && review.editable());
    let noted = memo(move || has_notes(review, field));
    // Read once for all its cells.
    let value = memo(move || review.row(field));
    let width = grid.columns.len().to_string();
    let note_width = width.clone();
    view! {
        {move || if is_edited.get() { form(grid, field, value) } else { plain(grid, field, value, noted) }}
        {move || {
            let width = width.clone();
            is_edited.get().then(|| tools(grid, field, width))
        }}
        {move || {
            let width = note_width.clone();
            noted
                .get()
                .then(|| {
                    view! {
                        <tr class="row-note" data-row=field.name()>
                            <td colspan=width id=notes_id(field) aria-live="polite">
                                {move || field_notes(review, field)}
                            </td>
                        </tr>
                    }
                })
        }}
    }
    .into_any()
}

type Value = Memo<Option<Row>>;

fn text_of(grid: Grid, value: Value, cell: Cell) -> String {
    let text = value.with(|row| row.as_ref().map(|row| row.get(cell).to_owned()).unwrap_or_default());
    cells::shown(cell, &text, grid.review.numbers)
}

/// The same in a control, which holds one line: it would drop the line breaks, and what was never touched would differ
/// from what is kept.
fn typed_text(grid: Grid, value: Value, cell: Cell) -> String {
    cells::one_line(&text_of(grid, value, cell))
}

/// A row to look at. Its first cell is a button, so that the keyboard gets there; a click on any other opens it too.
/// `noted`: something stands under it.
fn plain(grid: Grid, field: Field, value: Value, noted: Memo<bool>) -> AnyView {
    let Grid { review, columns, .. } = grid;
    let others: Others = expect_context();
    let mark = mark_of(others, field);
    let fresh = memo(move || review.fresh.with(|fresh| fresh.contains(&field)));
    let first = columns[0];
    let name = move || {
        let text = text_of(grid, value, first);
        if text.is_empty() { "(empty)".to_owned() } else { text }
    };
    let cells = columns[1..].iter().map(|cell| {
        let cell = *cell;
        let text = memo(move || text_of(grid, value, cell));
        view! {
            <td class=class_of(cell) on:click=move |_| open(grid, field, cell)>
                {move || text.get()}
            </td>
        }
    });
    let is_informative = memo(move || value.with(|row| row.as_ref().is_some_and(Row::is_informative)));
    let aside = memo(move || match value.get() {
        Some(Row::Line(line)) => cells::aside(&line, field.row().unwrap_or_default(), review.numbers),
        _ => None,
    });
    let id = control_id(field);
    view! {
        <tr
            class="row-plain"
            class:row-informative=move || is_informative.get()
            class:fresh=move || fresh.get()
            data-on=move || (review.active.get() == Some(field)).then_some("")
            data-row=field.name()
            data-who=move || mark.get().map(|(colour, _)| colour)
            on:focusin=move |_| review.active.set(Some(field))
        >
            <td class=class_of(first)>
                <button
                    type="button"
                    class="row-open"
                    id=id.clone()
                    data-testid=id
                    disabled=move || !review.editable()
                    aria-label=move || ["Edit ", field.label(), ": ", &name()].concat()
                    aria-describedby=move || noted.get().then(|| notes_id(field))
                    on:click=move |_| open(grid, field, first)
                >
                    {name}
                </button>
                {dynamic(move || aside.get().map(|words| el("p").class("row-aside").text(words)))}
                {mark_view(field, mark)}
            </td>
            {cells.collect_view()}
        </tr>
    }
    .into_any()
}

/// The row as a form.
fn form(grid: Grid, field: Field, value: Value) -> AnyView {
    let Grid { review, columns, more, .. } = grid;
    let others: Others = expect_context();
    let faults = memo(move || faults(grid, field));
    let cells = columns.iter().map(|cell| {
        view! { <td class=class_of(*cell)>{control(grid, field, value, *cell, faults)}</td> }
    });
    let entered = move |_: ev::FocusEvent| {
        review.active.set(Some(field));
        others.focus(Some(field), true);
    };
    let left = move |event: ev::FocusEvent| {
        others.focus(None, false);
        left(grid, field, &event);
    };
    let more = (!more.is_empty()).then(|| {
        view! {
            <tr class="row-more" data-row=field.name() on:focusin=entered on:focusout=left>
                {more_cells(grid, field, value, faults)}
            </tr>
        }
    });
    view! {
        <tr class="row-form" data-row=field.name() on:focusin=entered on:focusout=left>
            {cells.collect_view()}
        </tr>
        {more}
    }
    .into_any()
}

/// The cells without a column, side by side, each with its label.
fn more_cells(grid: Grid, field: Field, value: Value, faults: Memo<Vec<Cell>>) -> impl IntoView {
    let cells = grid.more.iter().map(|cell| {
        view! {
            <div>
                <label for=cell_id(grid, field, *cell)>{cell.label()}</label>
                {control(grid, field, value, *cell, faults)}
            </div>
        }
    });
    view! {
        <td colspan=grid.columns.len().to_string()>
            <div class="row-cells">{cells.collect_view()}</div>
        </td>
    }
}

fn control(grid: Grid, field: Field, value: Value, cell: Cell, faults: Memo<Vec<Cell>>) -> impl IntoView {
    let is_wrong = memo(move || faults.with(|faults| faults.contains(&cell)));
    let text = memo(move || typed_text(grid, value, cell));
    let id = cell_id(grid, field, cell);
    let is_number = cell.kind() != CellKind::Text;
    view! {
        <input
            class=if is_number { "input field-end" } else { "input" }
            type="text"
            inputmode=is_number.then_some("decimal")
            autocomplete="off"
            spellcheck="false"
            id=id.clone()
            data-testid=id
            data-cell=cell.name()
            aria-label=[field.label(), ", ", cell.label()].concat()
            aria-invalid=move || is_wrong.get().then_some("true")
            aria-describedby=move || is_wrong.get().then(|| notes_id(field))
            prop:value=move || text.get()
            on:change=move |event| changed(grid, field, cell, text, &event)
            on:keydown=move |event| on_key(grid, field, value, cell, &event)
            on:paste=move |event| on_paste(grid, field, cell, event.unchecked_ref())
        />
    }
}

/// The control was left with another text.
fn changed(grid: Grid, field: Field, cell: Cell, text: Memo<String>, event: &ev::Event) {
    // The row was left by a key, which took the change; its controls are gone.
    if text.try_get_untracked().is_none() {
        return;
    }
    grid.review.type_cell(field, cell, &event_target_value(event));
    // What comes to the same value is written as it is kept.
    let control = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    if let (Some(control), Some(kept), false) = (control, text.try_get_untracked(), grid.review.is_refused(field)) {
        control.set_value(&kept);
    }
}

fn tools(grid: Grid, field: Field, width: String) -> impl IntoView {
    let Grid { review, rows, .. } = grid;
    let tool = move |words: &'static str, drawing: Icon, press: fn(Grid, Field)| {
        view! {
            <button type="button" class="btn btn-quiet" on:click=move |_| press(grid, field)>
                {icon(drawing)}
                {words}
            </button>
        }
    };
    view! {
        <tr class="row-tools" data-row=field.name() on:focusout=move |event| left(grid, field, &event)>
            <td colspan=width>
                <div class="flex flex-wrap gap-1">
                    {tool("Add below", icons::PLUS, add_below)}
                    {(rows == Rows::Lines).then(|| tool("Split", icons::COPY, split))}
                    {tool("Remove", icons::CLOSE, |grid, field| {
                        close(grid, field);
                        grid.review.remove_row(field);
                    })}
                    <span class="hint ml-auto self-center">{move || is_dirty(review, field).then_some("Enter saves")}</span>
                </div>
            </td>
        </tr>
    }
}

fn is_dirty(review: Review, field: Field) -> bool {
    let shown = review.row(field).map(|row| row.value());
    shown.is_some_and(|shown| shown != review.value(field))
}

fn add_below(grid: Grid, field: Field) {
    if !grid.review.leave_row(field) {
        return;
    }
    if let Some(new) = grid.review.add_row(grid.rows, Some(field)) {
        open(grid, new, grid.columns[0]);
    }
}

fn split(grid: Grid, field: Field) {
    close(grid, field);
    grid.review.split_row(field);
}

fn stop(grid: Grid) {
    grid.editing.set(None);
    grid.review.looked_at.set(None);
}

/// The row is no form any more; the focus goes where it can be opened again.
fn close(grid: Grid, field: Field) {
    let rows = untrack(|| grid.review.rows(grid.rows));
    let at = rows.iter().position(|shown| *shown == field).unwrap_or(0);
    let back = [Some(field), rows.get(at + 1).copied(), at.checked_sub(1).and_then(|at| rows.get(at)).copied()];
    stop(grid);
    let ids: Vec<String> = back.into_iter().flatten().map(control_id).collect();
    request_animation_frame(move || {
        if let Some(id) = ids.iter().find(|id| document().get_element_by_id(id).is_some()) {
            keys::focus(id);
        }
    });
}

/// The focus left a cell: when it left the whole row, the row is sent.
fn left(grid: Grid, field: Field, event: &ev::FocusEvent) {
    let element = |target: Option<web_sys::EventTarget>| target.and_then(|target| target.dyn_into::<Element>().ok());
    // The row's own button, which the form took the place of.
    if element(event.target()).is_some_and(|from| from.class_list().contains("row-open")) {
        return;
    }
    let to = element(event.related_target());
    let around = to.and_then(|to| to.closest("[data-row]").ok().flatten());
    let is_here = around.and_then(|row| row.get_attribute("data-row")).is_some_and(|name| name == *field.name());
    let is_open = grid.editing.try_get_untracked() == Some(Some(field));
    if is_here || !is_open || !grid.review.leave_row(field) {
        return;
    }
    stop(grid);
}

/// Enter and the arrows go through a column; Escape takes back what was typed into the row. In a row that was opened to be
/// looked at, Enter goes on to what needs a look next.
fn on_key(grid: Grid, field: Field, value: Value, cell: Cell, event: &ev::KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing() {
        return;
    }
    let key = event.key();
    let by: isize = match key.as_str() {
        "Enter" | "ArrowDown" => 1,
        "ArrowUp" => -1,
        "Escape" => {
            event.prevent_default();
            grid.review.drop_draft(field);
            return close(grid, field);
        }
        _ => return,
    };
    event.prevent_default();
    if let Some(control) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) {
        // The change counts before the row is left.
        if control.value() != untrack(|| typed_text(grid, value, cell)) {
            grid.review.type_cell(field, cell, &control.value());
        }
    }
    let rows = untrack(|| grid.review.rows(grid.rows));
    let at = rows.iter().position(|shown| *shown == field);
    let next = at.and_then(|at| at.checked_add_signed(by)).and_then(|at| rows.get(at)).copied();
    let before = untrack(|| grid.review.value(field));
    if !grid.review.leave_row(field) {
        return;
    }
    match next {
        _ if key == "Enter" && grid.review.looked_at.get_untracked() == Some(field) => {
            look_further(grid, field, &before)
        }
        Some(next) => open(grid, next, cell),
        None => close(grid, field),
    }
}

/// The row was looked at: left as it was, it is right.
fn look_further(grid: Grid, field: Field, before: &str) {
    stop(grid);
    if untrack(|| grid.review.value(field)) == before {
        grid.review.confirm(field);
    }
    // The form is gone by then; the page may be, too.
    request_animation_frame(move || {
        if !grid.review.is_gone() {
            look_on(grid.review, Some(field));
        }
    });
}

/// Cells copied from a spreadsheet fill as many cells; a single one is left to the control.
fn on_paste(grid: Grid, field: Field, cell: Cell, event: &ev::Event) {
    let copied = js_sys::Reflect::get(event, &"clipboardData".into()).ok();
    let Some(copied) = copied.and_then(|copied| copied.dyn_into::<DataTransfer>().ok()) else { return };
    let text = copied.get_data("text/plain").unwrap_or_default();
    if let Some(table) = cells::table(&text) {
        event.prevent_default();
        let columns = if grid.columns.contains(&cell) { grid.columns } else { &[cell] };
        grid.review.paste(grid.rows, field, columns, cell, &table);
    }
}
