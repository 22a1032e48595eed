//! What became of the invoice, on top of its values: it could not be read, it was rejected, it may be there already.

use super::{
    compare::{self, CompareDialog},
    model::Review,
};
use crate::api::{ApiError, invoices::load_invoice};
use crate::domain::{
    history::History,
    ids::InvoiceId,
    invoice::{InvoiceDetail, InvoiceSummary},
    status::Status,
    touchless::TOUCHLESS_APPROVED,
};
use crate::ui::components::{
    marks::{Note, Tone, status_mark},
    progress::Progress,
    when::when,
};
use crate::ui::format::{NumberStyle, amount, date};
use crate::ui::icons::{self, icon};
use crate::ui::reactive::memo;
use leptos::prelude::*;

pub type Entries = Resource<Result<History, ApiError>>;

/// Who rejected it, when and why.
#[component]
pub fn RejectedNote(review: Review, entries: Entries) -> impl IntoView {
    let rejection = move || {
        let entries = entries.get()?.ok()?;
        let is_rejected = review.status() == Status::Rejected;
        entries.entries.into_iter().find(|entry| entry.action == "rejected").filter(|_| is_rejected)
    };
    let note = move || {
        rejection().map(|entry| {
            view! {
                <div class="reasons" data-testid="rejected-note">
                    <Note tone=Tone::Bad drawing=icons::REJECTED>
                        <p class="font-medium">"Rejected by " {entry.actor} ", " {when(entry.at)}</p>
                        <p>{entry.note}</p>
                    </Note>
                </div>
            }
        })
    };
    view! { <Transition fallback=|| ()>{note}</Transition> }
}

/// That no person approved it, and which conditions held instead.
#[component]
pub fn TouchlessNote(review: Review, entries: Entries) -> impl IntoView {
    let approval = move || {
        let entries = entries.get()?.ok()?;
        let is_decided = matches!(review.status(), Status::Approved | Status::Exporting | Status::Exported);
        let newest = entries.entries.into_iter().find(|entry| entry.action.starts_with("approved"));
        newest.filter(|entry| is_decided && entry.action == TOUCHLESS_APPROVED)
    };
    let note = move || {
        approval().map(|entry| {
            view! {
                <div class="reasons" data-testid="touchless-note">
                    <Note tone=Tone::Info drawing=icons::CHECKS>
                        <p class="font-medium">"Approved without a person, " {when(entry.at)}</p>
                        <p>{entry.note}</p>
                    </Note>
                </div>
            }
        })
    };
    view! { <Transition fallback=|| ()>{note}</Transition> }
}

/// Who gave the first of two approvals, while the second is awaited.
#[component]
pub fn FirstApprovalNote(review: Review) -> impl IntoView {
    let first = memo(move || review.detail.with(|detail| detail.first_approver.clone()));
    move || {
        first.get().map(|name| {
            view! {
                <div class="reasons" data-testid="first-approval">
                    <Note tone=Tone::Info drawing=icons::CHECK>
                        <p>"1 of 2 approvals: " {name}</p>
                    </Note>
                </div>
            }
        })
    }
}

/// Why the document could not be read, or how far the reading is.
#[component]
pub fn TaskNote(review: Review) -> impl IntoView {
    let error = move || review.detail.with(|detail| detail.error.clone()).filter(|_| review.status() == Status::Failed);
    let running = memo(move || review.detail.with(|detail| detail.task.clone().filter(|task| !task.state.is_over())));
    let percent = Signal::derive(move || running.with(|task| task.as_ref().map(|task| task.progress)));
    view! {
        {move || {
            error()
                .map(|error| {
                    view! {
                        <div class="reasons">
                            <Note tone=Tone::Bad drawing=icons::STOP>
                                <p class="font-medium">"The document could not be read"</p>
                                <p>{error.message}</p>
                                <p class="text-muted">
                                    "Read it again, or discard it and ask the supplier for another file."
                                </p>
                            </Note>
                        </div>
                    }
                })
        }}
        <Show when=move || running.with(Option::is_some)>
            <div class="reasons grid gap-2" data-testid="processing-status">
                <p class="text-muted" role="status">
                    {move || running.get().map(|task| task.message)}
                </p>
                <Progress name="Reading the document" percent />
            </div>
        </Show>
    }
}

/// That there is such an invoice already: both, side by side. The steps for it are in the bar.
#[component]
pub fn DuplicateNote(review: Review) -> impl IntoView {
    let original = memo(move || review.detail.with(|detail| detail.summary.duplicate_of));
    view! {
        <Show when=move || original.get().is_some()>
            {move || original.get().map(|id| comparison(review, id, Resource::new(|| (), move |()| load_invoice(id))))}
        </Show>
    }
}

/// This invoice and the `other` one, once that is `loaded`.
pub fn comparison(
    review: Review,
    other: InvoiceId,
    loaded: Resource<Result<InvoiceDetail, ApiError>>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let numbers = review.numbers;
    let words = move || {
        let is_block = |rule: &str| super::words::is_duplicate(rule);
        let found = review
            .detail
            .with(|detail| detail.checks.iter().find(|check| is_block(&check.rule)).map(|check| check.message.clone()));
        found.unwrap_or_else(|| "This invoice resembles another one".to_owned())
    };
    let rows = move || {
        let theirs = loaded.get()?.ok()?.summary;
        let mine = review.detail.with(|detail| detail.summary.clone());
        Some(comparison_rows(&mine, &theirs, numbers))
    };
    view! {
        <div class="reasons" data-testid="duplicate-note">
            <Note tone=Tone::Warn drawing=icons::COPY>
                <p class="font-medium">{words}</p>
                <table class="compare num">
                    {compare::head(other)}
                    <tbody>
                        <Transition fallback=|| ()>{rows}</Transition>
                    </tbody>
                </table>
                <button type="button" class="btn mt-2" data-testid="compare-button" on:click=move |_| open.set(true)>
                    {icon(icons::COMPARE)}
                    "Compare"
                </button>
            </Note>
            {view! { <CompareDialog review loaded open /> }.into_any()}
        </div>
    }
}

fn comparison_rows(mine: &InvoiceSummary, theirs: &InvoiceSummary, numbers: NumberStyle) -> impl IntoView + use<> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let day = |value: &Option<String>| value.as_deref().map(date).unwrap_or_default();
    let gross = |one: &InvoiceSummary| {
        let value = one.gross_total.as_deref().map(|value| amount(value, numbers)).unwrap_or_default();
        [value.as_str(), " ", one.currency.as_deref().unwrap_or_default()].concat()
    };
    let row = |label: &'static str, mine: String, theirs: String| {
        view! {
            <tr>
                <th scope="row">{label}</th>
                <td>{mine}</td>
                <td>{theirs}</td>
            </tr>
        }
    };
    view! {
        {row("Supplier", text(&mine.supplier_name), text(&theirs.supplier_name))}
        {row("Number", text(&mine.invoice_number), text(&theirs.invoice_number))}
        {row("Issue date", day(&mine.issue_date), day(&theirs.issue_date))}
        {row("Gross total", gross(mine), gross(theirs))}
        {row("Uploaded by", mine.uploaded_by.clone(), theirs.uploaded_by.clone())}
        <tr>
            <th scope="row">"Status"</th>
            <td>{status_mark(mine.status)}</td>
            <td>{status_mark(theirs.status)}</td>
        </tr>
    }
}
