//! The table with its head and pages, or what stands in its place.

use super::{
    address::{PAGE_SIZE, href, is_narrowed, with_page, with_sort, with_status},
    attention::{self, Attention},
    choice::Choice,
    rows,
    shown::{Shown, Waiting},
};
use crate::domain::{
    decision::Assigned,
    error::AppError,
    ids::InvoiceId,
    invoice::{InvoiceQuery, SortColumn},
    status::Status,
};
use crate::ui::components::{
    empty::Empty,
    failure::{Failure, not_refreshed},
    keyed::keyed,
    pager::{Place, pager},
    table::{Sorted, sort_head},
};
use crate::ui::icons::{self, icon};
use crate::ui::markup::{Markup, dynamic, el};
use crate::ui::reactive::memo;
use leptos::prelude::*;
use uuid::Uuid;

/// What stands under the figures.
#[derive(Clone, Debug, PartialEq)]
enum Body {
    Rows,
    Nothing(InvoiceQuery),
    Failed(AppError),
}

fn body_of(shown: &Shown) -> Body {
    match &shown.failed {
        _ if !shown.rows.is_empty() => Body::Rows,
        Some(error) => Body::Failed(error.clone()),
        None => Body::Nothing(shown.query.clone()),
    }
}

pub fn list(choice: Choice, query: Memo<InvoiceQuery>, again: Callback<()>) -> impl IntoView {
    let shown = choice.shown;
    attention::return_to_row(shown);
    attention::begin_at_top(shown);
    let body = memo(move || shown.with(|shown| shown.as_ref().map(body_of)));
    let stale =
        memo(move || shown.with(|shown| shown.as_ref().is_some_and(|shown| query.with(|query| *query != shown.query))));
    view! {
        <section class="listing" aria-label="List" aria-busy=move || stale.get().then_some("true")>
            {dynamic(move || {
                body.get()
                    .map(|body| match body {
                        Body::Rows => table(choice, again).into_any(),
                        Body::Nothing(query) => nothing(&query).into_any(),
                        Body::Failed(error) => view! { <Failure message=error.to_string() retry=again /> }.into_any(),
                    })
            })}
        </section>
    }
}

/// The rows, with what may wait above them and what is done with several of them below.
pub fn table(choice: Choice, again: Callback<()>) -> impl IntoView {
    let Choice { shown, attention, .. } = choice;
    let ids =
        move || shown.with(|shown| shown.iter().flat_map(|shown| &shown.rows).map(|row| row.id.0.as_u128()).collect());
    let order = memo(move || shown.with(|shown| shown.as_ref().map(|shown| shown.query.clone())));
    let place = memo(move || shown.with(|shown| shown.as_ref().map(place)));
    on_cleanup(move || attention.let_go());
    view! {
        <div
            on:pointerenter=move |_| attention.point(true)
            on:pointerleave=move |_| attention.point(false)
            on:focusin=move |_| attention.focus_came()
            on:focusout=move |event| attention.focus_went(&event)
            on:keydown=move |event| choice.pressed(&event)
        >
            <div class="newer">{dynamic(move || newer(shown, attention, again))}</div>
            <div class="table-wrap">
                <table
                    class=if choice.may.any() { "table table-invoices" } else { "table table-invoices no-choice" }
                    data-testid="invoice-table"
                    on:click=move |event| choice.clicked(&event)
                >
                    <caption class="sr-only">"Invoices"</caption>
                    {dynamic(move || order.get().map(|query| table_head(&query)))}
                    <tbody>
                        {keyed(ids, move |id| rows::row(InvoiceId(Uuid::from_u128(id)), shown).into_any())}
                    </tbody>
                </table>
            </div>
            {dynamic(move || choice.bar())}
        </div>
        {dynamic(move || place.get().map(|place| pager(place, "invoice", "invoices")))}
    }
}

/// Floats above the table, so that nothing moves when it comes: what waits, or that nothing could be loaded.
fn newer(shown: Memo<Option<Shown>>, attention: Attention, again: Callback<()>) -> Option<AnyView> {
    shown.with(|shown| {
        let shown = shown.as_ref()?;
        if let Some(error) = &shown.failed {
            return Some(not_refreshed(error, again).into_any());
        }
        let words = waiting_words(shown.waiting?);
        let button = view! {
            <button type="button" class="btn btn-sm btn-float" on:click=move |_| attention.ask()>
                {icon(icons::SORT_UP)}
                {words}
            </button>
        };
        Some(button.into_any())
    })
}

fn waiting_words(waiting: Waiting) -> String {
    match waiting.new {
        0 => "List changed, show".to_owned(),
        new => [new.to_string().as_str(), " new, show"].concat(),
    }
}

fn table_head(query: &InvoiceQuery) -> Markup {
    let head = |column: SortColumn, label: &'static str, class: &'static str| {
        let sorted = match (query.sort.given && query.sort.column == column, query.sort.descending) {
            (false, _) => Sorted::Not,
            (true, false) => Sorted::Up,
            (true, true) => Sorted::Down,
        };
        sort_head(label, sorted, href(&with_sort(query, column)), class)
    };
    // Where all rows have one state, its column tells why they have it.
    let last = if query.status == Some(Status::NeedsReview) {
        el("th").attr("scope", "col").text("Why review")
    } else {
        head(SortColumn::Status, "Status", "")
    };
    let cells = [
        el("td").class("cell-choose").child(rows::choose_box("", "Choose all on this page".to_owned())),
        head(SortColumn::Supplier, "Supplier", "cell-supplier"),
        head(SortColumn::Number, "Number", ""),
        head(SortColumn::Created, "Received", "cell-received"),
        head(SortColumn::IssueDate, "Date", ""),
        head(SortColumn::DueDate, "Due", ""),
        head(SortColumn::Gross, "Gross", "end"),
        last,
    ];
    el("thead").child(el("tr").children(cells))
}

fn place(shown: &Shown) -> Place {
    let query = &shown.query;
    let size = i64::from(query.limit.unwrap_or(PAGE_SIZE)).max(1);
    let number = i64::from(query.page.unwrap_or(1)).max(1);
    let first = (number - 1) * size + 1;
    let last = first - 1 + shown.rows.len() as i64;
    let link = |number: i64| href(&with_page(query, u32::try_from(number).unwrap_or(1)));
    Place {
        first,
        last,
        total: shown.total,
        previous: (number > 1).then(|| link(number - 1)),
        // By the size of a page, as there may be fewer rows than that while others wait to be shown.
        next: (number * size < shown.total).then(|| link(number + 1)),
    }
}

/// Nothing in this selection, and where to go from here.
pub fn nothing(query: &InvoiceQuery) -> impl IntoView + use<> {
    let searching = is_narrowed(query);
    let by_words = is_narrowed(&InvoiceQuery { assigned: None, ..query.clone() });
    let (title, hint) = match (searching, query.status) {
        (true, _) if !by_words && query.assigned == Some(Assigned::Me) => (
            "Nothing here is yours",
            "An invoice becomes your work when you take it, or when somebody gives it to you.",
        ),
        (true, _) if !by_words => ("Everything here is somebody\u{2019}s", "Invoices that nobody has taken show here."),
        (true, _) => ("No invoice matches", "Try fewer or other words: number, supplier, or the name of the file."),
        (_, Some(Status::NeedsReview)) => ("All reviewed", "New invoices show here as soon as they are read."),
        (_, Some(Status::AwaitingApproval)) => ("Nothing to approve", "Invoices show here when a clerk submits them."),
        _ => ("None at the moment", "Invoices in this state show here."),
    };
    let elsewhere = if searching {
        InvoiceQuery { status: query.status, sort: query.sort, ..InvoiceQuery::default() }
    } else {
        with_status(query, None)
    };
    view! {
        <Empty drawing=if searching { icons::SEARCH } else { icons::CHECKS } title hint>
            <a class="btn mt-2" href=href(&elsewhere)>
                {match (searching, by_words) {
                    (true, true) => "Clear the search",
                    (true, false) => "Everybody\u{2019}s",
                    _ => "All invoices",
                }}
            </a>
        </Empty>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_counted_in_words() {
        assert_eq!(waiting_words(Waiting { new: 3 }), "3 new, show");
        assert_eq!(waiting_words(Waiting { new: 0 }), "List changed, show");
    }
}
