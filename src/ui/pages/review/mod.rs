//! Review: the page on the left, what was read from it on the right, the decision below.

pub(super) mod account;
pub(super) mod actions;
pub(super) mod ask;
pub(super) mod attachments;
pub(super) mod boxes;
mod cells;
pub mod clashes;
mod comment_draft;
pub(super) mod comments;
pub(super) mod company;
mod compare;
pub(super) mod conflict;
mod control;
pub(super) mod details;
mod divider;
pub(super) mod document;
pub mod drafts;
pub(super) mod fields;
pub(super) mod head;
pub(super) mod history;
pub(super) mod keys;
mod mentions;
pub mod merge;
pub(super) mod model;
pub(super) mod outcome;
pub(super) mod pick;
mod printed;
pub mod questions;
pub(super) mod reasons;
mod route;
pub(super) mod rows;
pub(super) mod sheet;
pub(super) mod split;
mod undo;
mod words;
pub(super) mod zoom;

pub use route::ReviewRoute;

use super::invoices::{
    address::{href, invoice_href, query_of},
    search_from_elsewhere,
};
use crate::api::{
    ApiError,
    invoices::{Neighbours, load_history, load_neighbours},
};
use crate::domain::{
    comment::Person,
    error::AppError,
    ids::InvoiceId,
    invoice::{InvoiceDetail, InvoiceQuery, StepRequest},
    status::Step,
};
use crate::ui::components::{
    empty::Empty,
    failure::{Guard, refused},
    focus, skeleton,
};
use crate::ui::icons;
use crate::ui::layout::{Session, head::PageHead};
use crate::ui::markup::{dynamic, el};
use crate::ui::prefs::number_style;
use crate::ui::reactive::{effect, memo};
use crate::ui::state::{
    Edits,
    queries::{INVOICE_CACHE, is_ready, prefetch_invoice, reload_invoice},
    use_invoice,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_fetch::QueryClient;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map, use_query_map},
};
use model::{Pane, Review};
use std::time::Duration;

/// How long after an invoice was opened the next one is loaded.
const PREFETCH_AFTER: Duration = Duration::from_millis(300);

type Loaded = Resource<Result<InvoiceDetail, ApiError>>;

#[component]
fn ReviewPage() -> impl IntoView {
    let params = use_params_map();
    let id = memo(move || params.with(|params| params.get("id")).and_then(|id| id.parse::<InvoiceId>().ok()));
    view! {
        {move || match id.get() {
            None => missing().into_any(),
            Some(id) => view! { <OneInvoice id /> }.into_any(),
        }}
    }
}

#[component]
fn OneInvoice(id: InvoiceId) -> impl IntoView {
    expect_context::<Edits>().keep_fresh(INVOICE_CACHE);
    let data = use_invoice(id);
    let client: QueryClient = expect_context();
    view! {
        <Transition fallback=Loading>
            {
                // Rebuilt only when an invoice came or failed to; what changes later goes into its model, and while it
                // is asked for again, or the server is away, the page stays with all that is typed.
                let outcome = Memo::new(move |before: Option<&Option<Result<(), AppError>>>| {
                    let before = before.cloned().flatten();
                    match data.with(|answer| answer.as_ref().map(outcome_of)) {
                        None => before,
                        Some(Err(error)) if error.is_passing() && before == Some(Ok(())) => before,
                        now => now,
                    }
                });
                move || {
                    if !is_ready(data) {
                        return None;
                    }
                    outcome
                        .get()
                        .map(|outcome| match outcome {
                            Err(AppError::NotFound { .. }) => missing().into_any(),
                            Err(error) => {
                                refused(&error, Callback::new(move |()| reload_invoice(client, id))).into_any()
                            }
                            Ok(()) => loaded(data).into_any(),
                        })
                }
            }
        </Transition>
    }
}

fn outcome_of(answer: &Result<InvoiceDetail, ApiError>) -> Result<(), AppError> {
    answer.as_ref().map(|_| ()).map_err(|error| error.0.clone())
}

/// The address names no invoice, or one that was removed.
fn missing() -> impl IntoView {
    view! {
        <PageHead title="Invoice not found" search=search_from_elsewhere() />
        <div class="page-body">
            <Empty
                drawing=icons::SEARCH
                title="There is no such invoice"
                hint="The address may be mistyped, or the invoice was removed."
            >
                <a class="btn mt-2" href="/invoices">
                    "All invoices"
                </a>
            </Empty>
        </div>
    }
}

fn loaded(data: Loaded) -> Option<impl IntoView> {
    // A resource read within Suspense tracks even when it is asked not to.
    let detail = untrack(|| data.get_untracked())?.ok()?;
    let review = Review::new(detail, number_style());
    effect(move || {
        if let Some(Ok(detail)) = data.get() {
            untrack(|| review.replace(detail));
        }
    });
    let session = use_context::<Session>();
    effect(move || {
        if let Some(person) = session.and_then(Session::person) {
            review.edits.belong_to(person.user_id);
            review.me.set(Some(Person { id: person.user_id, name: person.name }));
        }
        // Coming from another page, keys and screen readers go on from this one's heading.
        focus::keep_on_page();
    });
    Some(view! { <Page review /> })
}

/// Which dialogs are open.
#[derive(Clone, Copy, Default)]
pub(super) struct Dialogs {
    pub discard: RwSignal<bool>,
    pub keys: RwSignal<bool>,
    pub split: RwSignal<bool>,
}

#[component]
fn Page(review: Review) -> impl IntoView {
    let params = use_query_map();
    let query = memo(move || params.with(query_of));
    let neighbours = Resource::new(move || query.get(), move |query| load_neighbours(review.id, query));
    let dialogs = Dialogs::default();
    let go = go_to(query);
    let queries: QueryClient = expect_context();
    // Keys ask for it outside of the places where a resource may be read: an effect reads it for them.
    let beside = RwSignal::new(None);
    effect(move || {
        if let Some(Ok(found)) = neighbours.get() {
            let next = found.next;
            beside.set(Some(found));
            // After what this page itself loads.
            set_timeout(move || next.into_iter().for_each(|next| prefetch_invoice(queries, next)), PREFETCH_AFTER);
        }
    });
    // Who is quicker than the answer goes when it comes: without it the list would be next.
    let go_beside = Callback::new(move |which: fn(&Neighbours) -> Option<InvoiceId>| {
        if let Some(found) = beside.get_untracked() {
            return go.run(which(&found));
        }
        let asked = neighbours.into_future();
        spawn_local(async move {
            let found = asked.await.unwrap_or_default();
            let is_still_here = beside.try_get_untracked().is_some();
            if is_still_here {
                go.run(which(&found));
            }
        });
    });
    // Where approving has to be explained first, going on waits for the explanation, and is off when there is none.
    let after_anyway = StoredValue::new(None);
    effect(move || {
        if !review.anyway_open.get() {
            after_anyway.set_value(None);
        }
    });
    let approve = Callback::new(move |then: Option<Callback<()>>| {
        after_anyway.set_value(then);
        review.approve(then);
    });
    let decide = Callback::new(move |()| {
        let then = Some(Callback::new(move |()| go_beside.run(|found| found.next)));
        if untrack(|| review.allows(Step::Approve)) {
            approve.run(then);
        } else if untrack(|| review.allows(Step::Submit)) {
            review.step(Step::Submit, StepRequest::default(), then);
        }
    });
    let moves = keys::Moves {
        decide,
        previous: Callback::new(move |()| go_beside.run(|found| found.previous)),
        next: Callback::new(move |()| go_beside.run(|found| found.next)),
    };
    keys::listen(review, dialogs, moves);
    company::Others::provide(review.id);
    boxes::Boxes::provide(review);
    view! {
        <article class="review" data-testid="review" data-pane=move || pane_name(review.pane.get())>
            {view! { <head::Head review query neighbours /> }.into_any()}
            <PaneSwitch review />
            <Guard>{view! { <document::Document review /> }.into_any()}</Guard>
            <divider::Divider />
            <Guard>{view! { <Values review dialogs go /> }.into_any()}</Guard>
            {view! { <actions::Actions review dialogs approve decide /> }.into_any()}
        </article>
        {view! {
            <ask::RejectDialog review />
            <ask::DiscardDialog review open=dialogs.discard />
            <ask::AnywayDialog review then=after_anyway />
            <account::VerifyDialog review />
            <split::SplitDialog review open=dialogs.split go />
        }
            .into_any()}
        {view! {
            <conflict::ConflictDialog review />
            <keys::KeysDialog open=dialogs.keys />
        }
            .into_any()}
    }
}

/// The right side.
#[component]
fn Values(review: Review, dialogs: Dialogs, go: Callback<Option<InvoiceId>>) -> impl IntoView {
    // Loaded again when the invoice changes, and when somebody wrote about it.
    let written = RwSignal::new(0_u32);
    let version = memo(move || {
        let assigned = review.detail.with(|detail| detail.summary.assigned_to.as_ref().map(|person| person.id));
        (review.detail.with(|detail| detail.summary.version), assigned, written.get())
    });
    let entries = Resource::new(move || version.get(), move |_| load_history(review.id));
    let heard = Callback::new(move |()| written.update(|count| *count += 1));
    let attached = RwSignal::new(Vec::new());
    view! {
        <section class="pane pane-fields" aria-label="Values">
            {view! {
                <outcome::RejectedNote review entries />
                <outcome::TouchlessNote review entries />
                <outcome::FirstApprovalNote review />
                <outcome::TaskNote review />
                <outcome::DuplicateNote review />
                <split::SplitNote review open=dialogs.split go />
                <reasons::Reasons review />
            }
                .into_any()}
            {view! { <fields::Fields review /> }.into_any()}
            {view! { <comments::CommentsFold review heard /> }.into_any()}
            {view! {
                <details::LooseChecks review />
                <rows::Lines review />
                <rows::Vat review />
                <details::Allowances review />
            }
                .into_any()}
            {view! { <attachments::Attachments review found=attached /> }.into_any()}
            {view! { <history::History review entries /> }.into_any()}
            <details::Origin review />
        </section>
        <printed::Printed review entries attached />
    }
}

fn pane_name(pane: Pane) -> &'static str {
    match pane {
        Pane::Values => "values",
        Pane::Document => "document",
    }
}

/// On a phone there is room for one of the two.
#[component]
fn PaneSwitch(review: Review) -> impl IntoView {
    let pane = review.pane;
    let choice = move |name: Pane, word: &'static str| {
        view! {
            <button type="button" aria-pressed=move || (pane.get() == name).to_string() on:click=move |_| pane.set(name)>
                {word}
            </button>
        }
    };
    view! {
        <div class="pane-switch">
            <div class="segments" role="group" aria-label="What is shown">
                {choice(Pane::Values, "Values")} {choice(Pane::Document, "Document")}
            </div>
            {dynamic(move || {
                review
                    .taps_fill()
                    .map(|field| el("p").class("hint").text(["Tap a word to fill: ", &words::full_label(field)].concat()))
            })}
        </div>
    }
}

/// Goes to another invoice of the selection; without one, back to the list.
fn go_to(query: Memo<InvoiceQuery>) -> Callback<Option<InvoiceId>> {
    let navigate = use_navigate();
    Callback::new(move |id: Option<InvoiceId>| {
        let query = query.get_untracked();
        let to = match id {
            Some(id) => invoice_href(&id.to_string(), &query),
            None => href(&query),
        };
        navigate(&to, NavigateOptions::default());
    })
}

#[component]
pub(super) fn Loading() -> impl IntoView {
    let rows = (0..12)
        .map(|_| {
            view! {
                <div class="field">
                    {skeleton::line("w-20")} {skeleton::line("w-40")} <span></span>
                </div>
            }
        })
        .collect_view();
    view! {
        <div class="review" aria-busy="true">
            <header class="page-head">{skeleton::line("w-60")}</header>
            <div class="pane pane-doc"></div>
            <div class="divider"></div>
            <div class="pane pane-fields">{rows}</div>
            <div class="actions"></div>
        </div>
    }
}
