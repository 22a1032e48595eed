//! Review: the page on the left, what was read from it on the right, the decision below.

mod actions;
mod conflict;
mod details;
mod document;
mod fields;
mod model;
mod reject;
mod route;
mod words;

pub use route::ReviewRoute;

use super::invoices::address::{href, invoice_href, query_of};
use crate::api::{
    ApiError,
    invoices::{Neighbours, load_neighbours},
};
use crate::domain::{
    error::AppError,
    ids::InvoiceId,
    invoice::{InvoiceDetail, InvoiceQuery, StepRequest},
    status::Step,
};
use crate::ui::components::{
    failure::{Guard, refused},
    marks::{Tone, badge, status_mark},
    skeleton,
    toast::Toasts,
};
use crate::ui::icons::{self, Icon, icon};
use crate::ui::layout::{account::AccountMenu, connection::ConnectionPill};
use crate::ui::prefs::number_style;
use crate::ui::state::use_invoice;
use leptos::{either::Either, ev, prelude::*};
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map, use_query_map},
};
use model::Review;

type Loaded = Resource<Result<InvoiceDetail, ApiError>>;

#[component]
fn ReviewPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).and_then(|id| id.parse::<InvoiceId>().ok()));
    view! {
        {move || match id.get() {
            None => {
                let error = AppError::not_found("Invoice");
                refused(&error, Callback::new(|()| ())).into_any()
            }
            Some(id) => view! { <OneInvoice id /> }.into_any(),
        }}
    }
}

#[component]
fn OneInvoice(id: InvoiceId) -> impl IntoView {
    let data = use_invoice(Signal::stored(id));
    view! {
        <Transition fallback=Loading>
            {
                // Rebuilt only when an invoice came or failed to; what changes later goes into its model, and while it
                // is asked for again, or the server is away, the page stays with all that is typed.
                let outcome = Memo::new(move |before: Option<&Option<Result<(), AppError>>>| {
                    let before = before.cloned().flatten();
                    match data.with(|answer| answer.as_ref().map(outcome_of)) {
                        None => before,
                        Some(Err(AppError::Unreachable | AppError::Internal)) if before == Some(Ok(())) => before,
                        now => now,
                    }
                });
                move || {
                    outcome
                        .get()
                        .map(|outcome| match outcome {
                            Err(error) => refused(&error, Callback::new(move |()| data.refetch())).into_any(),
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

fn loaded(data: Loaded) -> Option<impl IntoView> {
    // A resource read within Suspense tracks even when it is asked not to.
    let detail = untrack(|| data.get_untracked())?.ok()?;
    let review = Review::new(detail, number_style(), expect_context::<Toasts>());
    Effect::new(move || {
        if let Some(Ok(detail)) = data.get() {
            untrack(|| review.replace(detail));
        }
    });
    Some(view! { <Page review /> })
}

#[component]
fn Page(review: Review) -> impl IntoView {
    let params = use_query_map();
    let query = Memo::new(move |_| params.with(query_of));
    let neighbours = Resource::new(move || query.get(), move |query| load_neighbours(review.id, query));
    let reject_open = RwSignal::new(false);
    let go = go_to(query);
    let next = move || neighbours.get_untracked().and_then(Result::ok).and_then(|found| found.next);
    let previous = move || neighbours.get_untracked().and_then(Result::ok).and_then(|found| found.previous);
    let decide = Callback::new(move |()| {
        let allowed = review.detail.with_untracked(|detail| detail.allowed.clone());
        let step = [Step::Approve, Step::Submit].into_iter().find(|step| allowed.contains(step));
        if let Some(step) = step {
            let next = next();
            review.step(step, StepRequest::default(), Some(Callback::new(move |()| go.run(next))));
        }
    });
    listen(review, decide, Callback::new(move |()| go.run(previous())), Callback::new(move |()| go.run(next())));
    view! {
        <article class="review" data-testid="review">
            {view! { <Head review query neighbours /> }.into_any()}
            <Guard>{view! { <document::Document review /> }.into_any()}</Guard>
            <Guard>
                <section class="pane pane-fields" aria-label="Values">
                    {view! {
                        <details::TaskNote review />
                        <details::DuplicateNote review />
                        <fields::Reasons review />
                    }
                        .into_any()}
                    {view! { <fields::Fields review /> }.into_any()}
                    {view! {
                        <details::LooseChecks review />
                        <details::Lines review />
                        <details::Vat review />
                    }
                        .into_any()}
                    {view! { <details::History review /> }.into_any()}
                    <details::Origin review />
                </section>
            </Guard>
            {view! { <actions::Actions review reject_open decide /> }.into_any()}
        </article>
        {view! { <reject::RejectDialog review open=reject_open /> }.into_any()}
        {view! { <conflict::ConflictDialog review /> }.into_any()}
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

/// Ctrl+Enter decides and goes on; Ctrl+↑ and Ctrl+↓ go through the selection; Ctrl+Z and Ctrl+Y undo and redo outside of controls.
fn listen(review: Review, decide: Callback<()>, previous: Callback<()>, next: Callback<()>) {
    Effect::new(move || {
        let handle = window_event_listener(ev::keydown, move |event| {
            if !(event.ctrl_key() || event.meta_key()) || event.alt_key() || event.default_prevented() {
                return;
            }
            let typing = crate::ui::layout::keys::is_typing(&event);
            match event.key().as_str() {
                "Enter" => {
                    // What was typed is saved first: leaving the control does that.
                    crate::ui::layout::keys::leave_control();
                    decide.run(());
                }
                "ArrowUp" => previous.run(()),
                "ArrowDown" => next.run(()),
                "z" if !typing => review.undo(),
                "y" if !typing => review.redo(),
                _ => return,
            }
            event.prevent_default();
        });
        on_cleanup(move || handle.remove());
    });
}

type Beside = Resource<Result<Neighbours, ApiError>>;

#[component]
fn Head(review: Review, query: Memo<InvoiceQuery>, neighbours: Beside) -> impl IntoView {
    let title = Memo::new(move |_| {
        review.detail.with(|detail| {
            let supplier = detail.summary.supplier_name.clone().unwrap_or_else(|| detail.summary.filename.clone());
            let number = detail.summary.invoice_number.clone().unwrap_or_default();
            (supplier, number)
        })
    });
    let flags = Memo::new(move |_| review.detail.with(|detail| (detail.summary.status, detail.summary.overdue)));
    view! {
        <Title text=move || title.with(|(supplier, number)| [supplier.as_str(), " ", number.as_str()].concat()) />
        <header class="page-head">
            <a class="btn btn-quiet btn-icon" href=move || query.with(href) aria-label="Back to the list" title="Back to the list">
                {icon(icons::BACK)}
            </a>
            <Transition fallback=|| ()>
                {move || neighbours.get().and_then(Result::ok).map(|found| stepper(found, query))}
            </Transition>
            <h1 class="page-title truncate min-w-0">
                {move || title.with(|(supplier, _)| supplier.clone())}
                <span class="text-muted font-normal">{move || title.with(|(_, number)| [" ", number.as_str()].concat())}</span>
            </h1>
            <span class="flex items-center gap-2 max-sm:hidden">
                {move || {
                    let (status, overdue) = flags.get();
                    (status_mark(status), overdue.then(|| badge(Tone::Bad, icons::CLOCK, "Overdue")))
                }}
            </span>
            <div class="page-head-tools">
                <ConnectionPill />
                <AccountMenu />
            </div>
        </header>
    }
}

/// `‹ 4 of 30 ›`, as links.
fn stepper(found: Neighbours, query: Memo<InvoiceQuery>) -> impl IntoView {
    let link = |id: Option<InvoiceId>, name: &'static str, drawing: Icon| {
        let href = id.map(|id| query.with_untracked(|query| invoice_href(&id.to_string(), query)));
        match href {
            Some(href) => Either::Left(view! {
                <a class="btn btn-quiet btn-icon btn-sm" href=href aria-label=name title=name>
                    {icon(drawing)}
                </a>
            }),
            None => Either::Right(view! {
                <span class="btn btn-quiet btn-icon btn-sm" aria-disabled="true">
                    {icon(drawing)}
                </span>
            }),
        }
    };
    let place =
        (found.place > 0).then(|| [found.place.to_string().as_str(), " of ", &found.total.to_string()].concat());
    view! {
        <nav class="flex items-center text-sm text-muted num max-md:hidden" aria-label="Other invoices">
            {link(found.previous, "Previous (Ctrl+↑)", icons::LEFT)} <span class="whitespace-nowrap">{place}</span>
            {link(found.next, "Next (Ctrl+↓)", icons::RIGHT)}
        </nav>
    }
}

#[component]
fn Loading() -> impl IntoView {
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
            <div class="pane pane-fields">{rows}</div>
            <div class="actions"></div>
        </div>
    }
}
