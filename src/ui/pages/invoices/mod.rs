//! The dashboard: tabs by status, figures, the table. Everything it shows is in the address, as plain links and forms.

pub mod address;
mod keys;
mod rows;

use crate::api::ApiError;
use crate::domain::roles::Right;
use crate::domain::{
    invoice::{Dashboard, InvoiceQuery, SortColumn, Stats},
    status::Status,
};
use crate::ui::components::{
    empty::Empty,
    failure::refused,
    figures::figure,
    pager::{Place, pager},
    skeleton,
    table::{Sorted, sort_head},
    tabs::{Tab, tabs},
};
use crate::ui::icons::{self, icon};
use crate::ui::layout::{Session, head::PageHead};
use crate::ui::state::{Uploads, use_dashboard};
use address::{PAGE_SIZE, href, query_of, with_page, with_sort, with_status};
use leptos::{
    either::{Either, EitherOf3},
    prelude::*,
};
use leptos_router::hooks::use_query_map;

/// Tabs that are always there, the work to do first. The others show while they hold something.
const TABS: [(Option<Status>, &str); 6] = [
    (Some(Status::NeedsReview), "To review"),
    (Some(Status::AwaitingApproval), "Awaiting approval"),
    (Some(Status::Approved), "Approved"),
    (Some(Status::Exported), "Exported"),
    (Some(Status::Rejected), "Rejected"),
    (None, "All"),
];

#[component]
pub fn InvoicesPage() -> impl IntoView {
    let params = use_query_map();
    let query = Memo::new(move |_| params.with(query_of));
    let data = use_dashboard(query.into());
    let search = move || query.with(|query| query.q.clone()).unwrap_or_default();
    keys::listen();
    view! {
        {move || {
            view! {
                <PageHead title="Invoices" search=search() kept=query.with(address::kept_by_search)>
                    <UploadButton />
                </PageHead>
            }
        }}
        <div class="page-body">
            <Transition fallback=Loading>{move || data.get().map(|answer| page(answer, query.get(), data).into_any())}</Transition>
        </div>
    }
}

type Answer = Result<Dashboard, ApiError>;

fn page(answer: Answer, query: InvoiceQuery, data: Resource<Answer>) -> impl IntoView {
    match answer {
        Err(error) => EitherOf3::A(refused(&error.0, Callback::new(move |()| data.refetch()))),
        Ok(dashboard) if is_new(&dashboard.stats) => EitherOf3::B(view! {
            <Empty
                drawing=icons::INVOICES
                title="No invoices yet"
                hint="Upload the first ones, or drop them anywhere on this page. Each is read, checked, and shown here."
            >
                <UploadButton />
            </Empty>
        }),
        Ok(dashboard) => EitherOf3::C(view! {
            {tabs("Invoices by status", status_tabs(&dashboard.stats, &query), "dashboard-tab")}
            {figures(&dashboard.stats).into_any()}
            {list(dashboard, query).into_any()}
        }),
    }
}

fn is_new(stats: &Stats) -> bool {
    stats.counts.values().all(|count| *count == 0)
}

fn status_tabs(stats: &Stats, query: &InvoiceQuery) -> Vec<Tab> {
    let shown_always = |status: &Status| TABS.iter().any(|(tab, _)| *tab == Some(*status));
    let others = Status::ALL
        .into_iter()
        .filter(|status| !shown_always(status))
        .filter(|status| stats.count(*status) > 0 || query.status == Some(*status))
        .map(|status| (Some(status), status.label()));
    let (all, named) = TABS.split_last().map_or((None, &[][..]), |(all, named)| (Some(*all), named));
    named
        .iter()
        .copied()
        .chain(others)
        .chain(all)
        .map(|(status, label)| Tab {
            label,
            href: href(&with_status(query, status)),
            count: status.map(|status| stats.count(status)).filter(|count| *count > 0),
            current: query.status == status,
        })
        .collect()
}

fn figures(stats: &Stats) -> impl IntoView + use<> {
    let approval = stats.hours_to_approve.map(|hours| figure(days(hours), "to approve, median"));
    let overdue = (stats.overdue > 0).then(|| figure(stats.overdue.to_string(), "overdue"));
    view! {
        <dl class="figures" aria-label="Figures">
            {figure(stats.count(Status::NeedsReview).to_string(), "to review")}
            {figure(stats.count(Status::AwaitingApproval).to_string(), "to approve")}
            {figure(stats.done_today.to_string(), "done today")} {approval} {overdue}
        </dl>
    }
}

/// Hours as `5 h` or `1.8 days`, in whole tenths: no floating point is ever printed.
fn days(hours: f64) -> String {
    if hours < 24.0 {
        return [(hours.round() as i64).to_string().as_str(), " h"].concat();
    }
    let tenths = (hours / 2.4).round() as i64;
    [(tenths / 10).to_string().as_str(), ".", (tenths % 10).to_string().as_str(), " days"].concat()
}

fn list(dashboard: Dashboard, query: InvoiceQuery) -> impl IntoView {
    if dashboard.page.invoices.is_empty() {
        return Either::Left(nothing(&query));
    }
    let place = place(&dashboard, &query);
    let rows = dashboard.page.invoices.into_iter().map(|invoice| rows::row(invoice, &query)).collect_view();
    Either::Right(view! {
        <div class="table-wrap">
            <table class="table table-invoices" data-testid="invoice-table">
                <caption class="sr-only">"Invoices"</caption>
                {table_head(&query)}
                <tbody>{rows}</tbody>
            </table>
        </div>
        {pager(place, "invoice", "invoices").into_any()}
    })
}

fn table_head(query: &InvoiceQuery) -> impl IntoView + use<> {
    let head = |column: SortColumn, label: &'static str, class: &'static str| {
        let sorted = match (query.sort.given && query.sort.column == column, query.sort.descending) {
            (false, _) => Sorted::Not,
            (true, false) => Sorted::Up,
            (true, true) => Sorted::Down,
        };
        sort_head(label, sorted, href(&with_sort(query, column)), class)
    };
    view! {
        <thead>
            <tr>
                {head(SortColumn::Supplier, "Supplier", "")} {head(SortColumn::Number, "Number", "")}
                {head(SortColumn::IssueDate, "Date", "")} {head(SortColumn::DueDate, "Due", "")}
                {head(SortColumn::Gross, "Gross", "end")} {head(SortColumn::Status, "Status", "")}
            </tr>
        </thead>
    }
}

fn place(dashboard: &Dashboard, query: &InvoiceQuery) -> Place {
    let size = i64::from(query.limit.unwrap_or(PAGE_SIZE)).max(1);
    let number = i64::from(query.page.unwrap_or(1)).max(1);
    let first = (number - 1) * size + 1;
    let last = first - 1 + dashboard.page.invoices.len() as i64;
    let total = dashboard.page.total;
    let link = |number: i64| href(&with_page(query, u32::try_from(number).unwrap_or(1)));
    Place {
        first,
        last,
        total,
        previous: (number > 1).then(|| link(number - 1)),
        next: (last < total).then(|| link(number + 1)),
    }
}

/// Nothing in this selection, and where to go from here.
fn nothing(query: &InvoiceQuery) -> impl IntoView + use<> {
    let searching = address::is_narrowed(query);
    let (title, hint) = match (searching, query.status) {
        (true, _) => ("No invoice matches", "Try fewer or other words: number, supplier, or the name of the file."),
        (_, Some(Status::NeedsReview)) => ("All reviewed", "New invoices show here as soon as they are read."),
        (_, Some(Status::AwaitingApproval)) => ("Nothing to approve", "Invoices show here when a clerk submits them."),
        _ => ("None at the moment", "Invoices in this state show here."),
    };
    let all = href(&InvoiceQuery::default());
    view! {
        <Empty drawing=if searching { icons::SEARCH } else { icons::CHECKS } title hint>
            <a class="btn mt-2" href=all>
                {if searching { "Clear the search" } else { "All invoices" }}
            </a>
        </Empty>
    }
}

/// Opens the upload dialog; only for those who may.
#[component]
fn UploadButton() -> impl IntoView {
    let session = use_context::<Session>();
    let uploads = use_context::<Uploads>();
    let open = move |_| {
        if let Some(uploads) = uploads {
            uploads.dialog_open.set(true);
        }
    };
    view! {
        <Suspense>
            {move || {
                session
                    .is_some_and(|session| session.may(Right::Upload))
                    .then(|| {
                        view! {
                            <button type="button" class="btn btn-primary" data-testid="upload-button" on:click=open>
                                {icon(icons::UPLOAD)}
                                <span class="max-sm:sr-only">"Upload"</span>
                            </button>
                        }
                    })
            }}
        </Suspense>
    }
}

#[component]
fn Loading() -> impl IntoView {
    let tab_shapes = (0..5).map(|_| view! { <span class="tab">{skeleton::line("w-20")}</span> }).collect_view();
    view! {
        <div class="tabs" aria-hidden="true">
            {tab_shapes}
        </div>
        <div class="figures" aria-hidden="true">
            {skeleton::line("w-24")}
            {skeleton::line("w-24")}
            {skeleton::line("w-24")}
        </div>
        <div class="table-wrap" aria-busy="true">
            <table class="table">
                <caption class="sr-only">"Loading invoices"</caption>
                <thead>
                    <tr>
                        <th>"Supplier"</th>
                        <th>"Number"</th>
                        <th>"Date"</th>
                        <th>"Due"</th>
                        <th>"Gross"</th>
                        <th>"Status"</th>
                    </tr>
                </thead>
                <tbody>{skeleton::table_rows(12, 6)}</tbody>
            </table>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_written_in_days_from_one_day_on() {
        assert_eq!(days(0.2), "0 h");
        assert_eq!(days(23.4), "23 h");
        assert_eq!(days(43.2), "1.8 days");
    }

    #[test]
    fn rare_states_have_a_tab_only_while_they_hold_something() {
        let mut stats = Stats::default();
        let query = InvoiceQuery { status: Some(Status::NeedsReview), ..Default::default() };
        assert!(!status_tabs(&stats, &query).iter().any(|tab| tab.label == Status::Failed.label()));
        stats.counts.insert("failed".to_owned(), 2);
        let shown = status_tabs(&stats, &query);
        let failed = shown.iter().find(|tab| tab.label == Status::Failed.label());
        assert_eq!(failed.and_then(|tab| tab.count), Some(2));
        assert_eq!(shown.last().map(|tab| tab.label), Some("All"));
        assert_eq!(shown.iter().filter(|tab| tab.current).count(), 1);
    }
}
