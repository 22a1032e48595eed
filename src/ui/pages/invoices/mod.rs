//! The dashboard: tabs by status, figures, the table. Everything it shows is in the address, as plain links and forms.

pub mod address;
pub(super) mod attention;
pub(super) mod bulk;
pub(super) mod choice;
mod keys;
pub(super) mod list;
pub(super) mod overview;
mod rows;
pub(super) mod shown;

use crate::domain::error::AppError;
use crate::domain::{
    decision::Assigned,
    invoice::{InvoiceQuery, Stats},
    roles::Right,
};
use crate::ui::components::{empty::Empty, failure::refused, search::Search, skeleton, tabs::tabs};
use crate::ui::icons::{self, icon};
use crate::ui::layout::{Session, head::PageHead};
use crate::ui::markup::{Dynamic, Settled, dynamic, el};
use crate::ui::reactive::memo;
use crate::ui::state::{
    Listed, Uploads,
    queries::{is_ready, reload_dashboard},
    use_dashboard,
};
use address::{href, kept_by_search, query_of, with_assigned, with_search};
use attention::Attention;
use choice::{Choice, May};
use leptos::prelude::*;
use leptos_fetch::QueryClient;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
    params::ParamsMap,
};
use shown::Shown;

/// The search of a page that shows no list: goes to the list of all, with what is found.
pub fn search_from_elsewhere() -> Search {
    let navigate = use_navigate();
    Search::elsewhere(Callback::new(move |words: String| {
        let all = query_of(&ParamsMap::from_iter([("status".to_owned(), "all".to_owned())]));
        navigate(&href(&with_search(&all, &words)), NavigateOptions::default());
    }))
}

#[component]
pub fn InvoicesPage() -> impl IntoView {
    let params = use_query_map();
    let query = memo(move || params.with(query_of));
    let data = use_dashboard(query.into());
    keys::listen(toggle_mine(query));
    attention::follow_current_tab(query);
    view! {
        <PageHead title="Invoices" search=search(query)>
            <UploadButton />
        </PageHead>
        <div class="page-body">
            <Transition fallback=|| Settled::new(loading)>{page(data, query)}</Transition>
        </div>
    }
}

fn toggle_mine(query: Memo<InvoiceQuery>) -> Callback<()> {
    let navigate = use_navigate();
    Callback::new(move |()| {
        let mine = query.with_untracked(|query| query.assigned.is_none()).then_some(Assigned::Me);
        let shown = query.with_untracked(|query| href(&with_assigned(query, mine)));
        navigate(&shown, NavigateOptions::default());
    })
}

/// The search stays in the tab it was begun in.
fn search(query: Memo<InvoiceQuery>) -> Search {
    let navigate = use_navigate();
    Search {
        words: Signal::derive(move || query.with(|query| query.q.clone()).unwrap_or_default()),
        kept: Signal::derive(move || query.with(kept_by_search)),
        without: Signal::derive(move || query.with(|query| href(&with_search(query, "")))),
        run: Callback::new(move |words: String| {
            let found = query.with_untracked(|query| href(&with_search(query, &words)));
            navigate(&found, NavigateOptions::default());
        }),
    }
}

/// Which of its forms the page has. It is built anew only when this changes.
#[derive(Clone, Debug, PartialEq)]
enum Form {
    Refused(AppError),
    /// Nothing was ever uploaded.
    New,
    List,
}

fn page(data: Resource<Listed>, query: Memo<InvoiceQuery>) -> Dynamic {
    let attention = Attention::new();
    let shown = Memo::new(move |before: Option<&Option<Shown>>| {
        let before = before.and_then(Option::as_ref);
        let (held, asked) = (attention.held(), attention.asked.get());
        data.with(|listed| match listed {
            Some(listed) => Shown::next(before, listed, held, asked),
            None => before.cloned(),
        })
    });
    let form = memo(move || {
        let error = data.with(|listed| listed.as_ref()?.answer.as_ref().err().map(|error| error.0.clone()));
        match (error, shown.with(|shown| shown.as_ref().map(|shown| is_new(&shown.stats)))) {
            (Some(AppError::Unauthenticated), _) => Some(Form::Refused(AppError::Unauthenticated)),
            (_, Some(true)) => Some(Form::New),
            (_, Some(false)) => Some(Form::List),
            (error, None) => error.map(Form::Refused),
        }
    });
    let client: QueryClient = expect_context();
    let again = Callback::new(move |()| reload_dashboard(client, query.get_untracked()));
    let session: Session = expect_context();
    dynamic(move || {
        if !is_ready(data) || !is_ready(session.0) {
            return None;
        }
        let may = May { edit: session.may(Right::Edit), approve: session.may(Right::Approve) };
        form.get().map(|form| match form {
            Form::Refused(error) => refused(&error, again).into_any(),
            Form::New => no_invoices().into_any(),
            Form::List => Settled::new(move || full(shown, query, attention, may, again).into_any()).into_any(),
        })
    })
}

fn is_new(stats: &Stats) -> bool {
    stats.counts.values().all(|count| *count == 0)
}

/// In the place of a list that never had a row.
pub(super) fn no_invoices() -> impl IntoView {
    view! {
        <Empty
            drawing=icons::INVOICES
            title="No invoices yet"
            hint="Upload the first ones, or drop them anywhere on this page. Each is read, checked, and shown here."
        >
            <UploadButton alone=true />
        </Empty>
    }
}

fn full(
    shown: Memo<Option<Shown>>,
    query: Memo<InvoiceQuery>,
    attention: Attention,
    may: May,
    again: Callback<()>,
) -> impl IntoView {
    let stats = memo(move || shown.with(|shown| shown.as_ref().map(|shown| shown.stats.clone())));
    let choice = Choice::new(shown, may, attention);
    let stats = move || stats.get().unwrap_or_default();
    view! {
        {dynamic(move || {
            tabs("Invoices by status", query.with(|query| overview::status_tabs(&stats(), query)), "dashboard-tab")
        })}
        <div class="overview">
            {dynamic(move || query.with(overview::whose))}
            {dynamic(move || overview::figures(&stats()))}
            <p class="matches" role="status">
                {dynamic(move || overview::matches(shown))}
            </p>
        </div>
        {list::list(choice, query, again)}
    }
}

/// Only for those who may.
#[component]
fn UploadButton(
    /// Not in the head, where a phone has room for its drawing only.
    #[prop(optional)]
    alone: bool,
) -> impl IntoView {
    let (class, word) = match alone {
        true => ("btn btn-primary mt-2", ""),
        false => ("btn btn-primary", "max-sm:sr-only"),
    };
    let session = use_context::<Session>();
    let uploads = use_context::<Uploads>();
    let open = move |_| {
        if let Some(uploads) = uploads {
            uploads.dialog_open.set(true);
        }
    };
    let button = move || {
        view! {
            <button type="button" class=class data-testid="upload-button" on:click=open>
                {icon(icons::UPLOAD)}
                <span class=word>"Upload"</span>
            </button>
        }
    };
    view! {
        <Suspense>
            {dynamic(move || {
                let may = session.is_some_and(|session| session.may(Right::Upload));
                may.then(|| Settled::new(move || button().into_any()))
            })}
        </Suspense>
    }
}

pub(super) fn loading() -> AnyView {
    let tab = || el("span").class("tab").child(skeleton::line("w-20"));
    let tabs = el("div").class("tabs").attr("aria-hidden", "true").children((0..5).map(|_| tab()));
    let figures = el("div").class("figures").attr("aria-hidden", "true");
    let figures = figures.child(skeleton::line("w-24")).child(skeleton::line("w-24"));
    let heads = ["Supplier", "Number", "Date", "Due", "Gross", "Status"].map(|head| el("th").text(head));
    let table = el("table")
        .class("table")
        .child(el("caption").class("sr-only").text("Loading invoices"))
        .child(el("thead").child(el("tr").children(heads)))
        .child(el("tbody").children(skeleton::table_rows(12, 6)));
    [tabs, figures, el("div").class("table-wrap").attr("aria-busy", "true").child(table)].into_any()
}
