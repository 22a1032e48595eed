//! The list of invoices: what stands above it, its rows, and what stands in its place.

use super::page::{columns, named, nothing, part};
use super::samples::{LIVE, around, company, decision, invoice_id, person, summary};
use crate::domain::{
    decision::Assigned,
    error::AppError,
    invoice::{InvoiceQuery, InvoiceSummary, Sort, SortColumn, Stats},
    status::Status,
};
use crate::ui::components::{
    empty::Empty,
    failure::{Failure, not_refreshed, refused},
    pager::{Place, pager},
    tabs::tabs,
};
use crate::ui::icons;
use crate::ui::markup::dynamic;
use crate::ui::pages::invoices::{
    attention::Attention,
    bulk,
    choice::{Choice, May},
    list, loading, no_invoices, overview,
    shown::{Shown, Waiting},
};
use crate::ui::reactive::effect;
use crate::ui::state::{Connection, Edits, SocketState};
use leptos::prelude::*;

pub fn parts() -> impl IntoView {
    let lost = Connection { socket: SocketState::Waiting, ..LIVE };
    (
        part("Above the list", above()),
        part("Chosen invoices", bars()),
        // One decision waits for the connection.
        part("Rows in each status", around(lost, company(0, &[]), rows)),
        part("Rows of the work to do", to_review()),
        part("A list that is coming", loading()),
        part("Nothing here", columns(empty())),
        part("Something failed", columns(failed())),
    )
}

fn above() -> impl IntoView {
    let query = InvoiceQuery { status: Some(Status::NeedsReview), ..InvoiceQuery::default() };
    let counts = [(Status::NeedsReview, 30), (Status::AwaitingApproval, 8), (Status::Failed, 1)];
    let counts = counts.map(|(status, count)| (status.as_str().to_owned(), count)).into();
    let stats = Stats { counts, done_today: 12, hours_to_approve: Some(43.2), overdue: 3 };
    let one_page = Place { first: 1, last: 25, total: 25, previous: None, next: None };
    view! {
        {tabs("Examples", overview::status_tabs(&stats, &query), "design-tabs")}
        <div class="overview">
            {overview::whose(&query)} {overview::figures(&stats)}
        </div>
        {pager(one_page, "invoice", "invoices")}
    }
}

fn shown(query: InvoiceQuery, rows: Vec<InvoiceSummary>) -> Shown {
    let total = rows.len() as i64;
    Shown { query, rows, total, stats: Stats::default(), came: Vec::new(), waiting: None, failed: None, asked: 0 }
}

fn choice(shown: Shown, may: May) -> Choice {
    Choice::new(Memo::new(move |_| Some(shown.clone())), may, Attention::new())
}

/// Under way, and where there is nothing to do; with its buttons it is below the rows.
fn bars() -> impl IntoView {
    let progress = RwSignal::new(Some((7, 20)));
    let done =
        choice(shown(InvoiceQuery::default(), vec![summary(50, Status::Exported)]), May { edit: false, approve: true });
    effect(move || untrack(|| done.mark(invoice_id(50), true, false)));
    columns((
        named("Under way", bulk::framed(dynamic(move || bulk::under_way(progress)))),
        named("Nothing to decide", bulk::view(done)),
    ))
}

fn rows() -> AnyView {
    let mut rows: Vec<_> = (100..).zip(Status::ALL).map(|(number, status)| summary(number, status)).collect();
    rows.extend([
        InvoiceSummary { overdue: true, failing_checks: 2, ..summary(120, Status::NeedsReview) },
        InvoiceSummary { approved_once: true, assigned_to: Some(person(1)), ..summary(121, Status::AwaitingApproval) },
        InvoiceSummary { duplicate_of: Some(invoice_id(120)), ..summary(122, Status::NeedsReview) },
        summary(123, Status::NeedsReview),
        unread(summary(124, Status::Processing)),
    ]);
    expect_context::<Edits>().hold_decision(decision(invoice_id(123), Status::AwaitingApproval));
    let sort = Sort { column: SortColumn::Supplier, descending: false, given: true };
    let query = InvoiceQuery { sort, limit: Some(rows.len() as u32), ..InvoiceQuery::default() };
    let shown =
        Shown { total: 120, came: vec![invoice_id(124)], waiting: Some(Waiting { new: 3 }), ..shown(query, rows) };
    let choice = choice(shown, May { edit: true, approve: true });
    effect(move || untrack(|| choice.mark(invoice_id(121), true, false)));
    view! { <div class="pt-8">{list::table(choice, nothing())}</div> }.into_any()
}

/// Nothing is known of it but its file.
fn unread(row: InvoiceSummary) -> InvoiceSummary {
    InvoiceSummary {
        supplier_name: None,
        invoice_number: None,
        issue_date: None,
        due_date: None,
        currency: None,
        gross_total: None,
        confidence: None,
        ..row
    }
}

/// All in one status: each says why a person has to look. Seen by somebody who can choose none.
fn to_review() -> impl IntoView {
    let row = |number| summary(number, Status::NeedsReview);
    let rows = vec![
        InvoiceSummary { failing_checks: 1, ..row(130) },
        InvoiceSummary { duplicate_of: Some(invoice_id(130)), ..row(131) },
        InvoiceSummary { gross_total: None, overdue: true, ..row(132) },
        InvoiceSummary { confidence: Some(0.6), ..row(133) },
        InvoiceSummary { assigned_to: Some(person(2)), ..row(134) },
    ];
    let query = InvoiceQuery { status: Some(Status::NeedsReview), ..InvoiceQuery::default() };
    let shown = Shown { failed: Some(AppError::Unreachable), ..shown(query, rows) };
    let choice = choice(shown, May { edit: false, approve: false });
    view! { <div class="pt-8">{list::table(choice, nothing())}</div> }
}

fn empty() -> impl IntoView {
    let of = |status| InvoiceQuery { status: Some(status), ..InvoiceQuery::default() };
    let whose = |assigned| InvoiceQuery { assigned: Some(assigned), ..of(Status::NeedsReview) };
    let searched = InvoiceQuery { q: Some("example".to_owned()), ..of(Status::NeedsReview) };
    let lists = [
        of(Status::NeedsReview),
        of(Status::AwaitingApproval),
        of(Status::Exported),
        searched,
        whose(Assigned::Me),
        whose(Assigned::Nobody),
    ];
    view! {
        <Empty drawing=icons::INVOICES title="Nothing to review" hint="What is uploaded shows up here." />
        {lists.iter().map(list::nothing).collect_view()}
        {no_invoices()}
    }
}

fn failed() -> impl IntoView {
    let reported = RwSignal::new(Some("page-123456789".to_owned()));
    view! {
        <Failure message="The list could not be read" retry=nothing() />
        <Failure message="Something broke" reported retry=nothing() />
        {refused(&AppError::Unreachable, nothing())}
        {refused(&AppError::Unauthenticated, nothing())}
        <div class="pt-10">{not_refreshed(&AppError::Internal, nothing())}</div>
    }
}
