//! The query cache: what was loaded is kept, so that going away and back asks nothing again, and live events keep it
//! fresh. What each event does:
//!
//! | event | `dashboard` shown | `invoice` shown |
//! | --- | --- | --- |
//! | invoice changed, row on the page, same status | row patched | fields patched, then loaded again |
//! | invoice changed, otherwise | row patched, then list and figures loaded again | – |
//! | comment | – | – (the thread hears it by itself) |
//! | task went on | status of the row patched | task patched; over: loaded again |
//! | something was missed | loaded again | loaded again |
//!
//! What is cached but not shown is not touched: when it is shown again, the log is replayed from its position.
//!
//! A request that gets no answer is tried again a few times. What failed all the same is asked for again when one comes
//! back to it, and when the connection is back.

use super::{connection::SocketState, hooks::use_live_room, live::Live, patience::patiently, reducer::LiveEvent};
use crate::ui::reactive::{effect, lasting, memo};
use crate::ui::state::page_pictures::{page_sizes, page_sources};
use crate::{
    api::{
        ApiError,
        invoices::{load_dashboard, load_invoice},
    },
    domain::{
        events::{ProcessingStatus, Room},
        ids::InvoiceId,
        invoice::{Dashboard, InvoiceDetail, InvoiceQuery},
        jobs::{Stage, TaskState},
    },
};
use leptos::{prelude::*, task::spawn_local};
use leptos_fetch::{QueryClient, QueryOptions, QueryScope};
use serde::{Deserialize, Serialize};
use std::time::Duration;

const LIST_STALE: Duration = Duration::from_secs(2 * 60);
const SINGLE_STALE: Duration = Duration::from_secs(5 * 60);
const COLLECTED: Duration = Duration::from_secs(10 * 60);
/// Changes that come together are loaded together.
const SETTLE: Duration = Duration::from_millis(300);
/// A list that many people watch is not asked for with each of many uploads.
const SETTLE_LIST: Duration = Duration::from_millis(1500);

type Loaded<T> = Result<T, ApiError>;

/// A list with the question it answers: while another is asked for, the page still shows the one before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Listed {
    pub query: InvoiceQuery,
    pub answer: Loaded<Dashboard>,
}

/// Makes the cache and provides it to everything below. Call once, in `App`.
pub fn provide_queries() {
    QueryClient::new().provide();
}

async fn fetch_dashboard(query: InvoiceQuery) -> Listed {
    let answer = patiently(|| load_dashboard(query.clone())).await;
    Listed { query, answer }
}

async fn fetch_invoice(id: InvoiceId) -> Loaded<InvoiceDetail> {
    patiently(|| load_invoice(id)).await
}

fn dashboards() -> QueryScope<InvoiceQuery, Listed> {
    QueryScope::new(fetch_dashboard)
        .with_options(QueryOptions::new().with_stale_time(LIST_STALE).with_gc_time(COLLECTED))
}

fn invoices() -> QueryScope<InvoiceId, Loaded<InvoiceDetail>> {
    QueryScope::new(fetch_invoice)
        .with_options(QueryOptions::new().with_stale_time(SINGLE_STALE).with_gc_time(COLLECTED))
}

/// The dashboard of a query, kept live. Read it inside `Transition`.
pub fn use_dashboard(query: Signal<InvoiceQuery>) -> Resource<Listed> {
    let client: QueryClient = expect_context();
    // The cache may ask which it is once more after the page has gone.
    let shown = client.resource(dashboards(), lasting(query));
    let again = Reload::new(SETTLE_LIST, move || {
        if let Some(query) = query.try_get_untracked() {
            client.invalidate_query(dashboards(), query);
        }
    });
    use_live_room(
        move || shown.with(|shown| Some((Room::All, shown.as_ref()?.answer.as_ref().ok()?.position.clone()))),
        move |event| {
            if is_percentage(event) {
                return;
            }
            let incomplete = client.update_query(dashboards(), query.get_untracked(), |shown| match shown {
                Some(Listed { answer: Ok(dashboard), .. }) => patch_dashboard(dashboard, event),
                _ => true,
            });
            if incomplete {
                again.soon();
            }
        },
    );
    when_back(move || {
        let cached = client.get_cached_query(dashboards(), query.get());
        if cached.is_some_and(|listed| listed.answer.is_err_and(|error| error.0.is_passing())) {
            client.invalidate_query(dashboards(), query.get_untracked());
        }
    });
    shown
}

/// One invoice, kept live. Read it inside `Transition`.
pub fn use_invoice(id: InvoiceId) -> Resource<Loaded<InvoiceDetail>> {
    let client: QueryClient = expect_context();
    let shown = client.resource(invoices(), move || id);
    let again = Reload::new(SETTLE, move || {
        client.invalidate_query(invoices(), id);
    });
    use_live_room(
        move || {
            shown.with(|shown| {
                let detail = shown.as_ref()?.as_ref().ok()?;
                Some((Room::Invoice(detail.summary.id), detail.position.clone()))
            })
        },
        move |event| {
            let incomplete = client.update_query(invoices(), id, |shown| match shown {
                Some(Ok(detail)) => patch_invoice(detail, event),
                _ => true,
            });
            if incomplete {
                again.soon();
            }
        },
    );
    when_back(move || {
        let cached = client.get_cached_query(invoices(), id);
        if cached.is_some_and(|loaded| loaded.is_err_and(|error| error.0.is_passing())) {
            client.invalidate_query(invoices(), id);
        }
    });
    shown
}

/// Whether an answer is there to be rendered. On the server a memo that was asked before it came may not hear of it
/// (the answer wakes the page first), and the page would be sent without it: ask memos only after this. In the browser
/// it is always so, and tracks nothing.
pub fn is_ready<T: Send + Sync + 'static>(data: Resource<T>) -> bool {
    !cfg!(feature = "ssr") || data.with(Option::is_some)
}

/// Runs `look` now, when the connection comes back, and when what `look` tracks changes. Never while offline.
fn when_back(look: impl Fn() + Send + Sync + 'static) {
    let live = use_context::<Live>().map(Live::connection);
    let state = memo(move || live.map(|live| live.with(|now| (now.browser, now.socket == SocketState::Open))));
    effect(move || {
        if state.get().is_none_or(|(browser, _)| browser) {
            look();
        }
    });
}

/// Puts a newer invoice into the cache: what a step or an edit answered. Lists that show it are loaded again when the
/// event of the change comes.
pub fn set_invoice(client: QueryClient, detail: InvoiceDetail) {
    client.set_query(invoices(), detail.summary.id, Ok(detail));
}

/// The invoice that is cached.
pub fn cached_invoice(client: QueryClient, id: InvoiceId) -> Option<InvoiceDetail> {
    client.get_cached_query(invoices(), id)?.ok()
}

/// What the decisions, which are everywhere, do to the invoices that are cached. Only an invoice's page caches them and
/// brings the code that reads a whole one; without it, there is none to keep fresh.
#[derive(Clone, Copy)]
pub struct InvoiceCache {
    /// Takes over what a decision was answered with.
    pub put: fn(QueryClient, InvoiceId, &str),
    pub reload: fn(QueryClient, InvoiceId),
}

pub const INVOICE_CACHE: InvoiceCache = InvoiceCache { put: put_invoice, reload: reload_invoice };

fn put_invoice(client: QueryClient, id: InvoiceId, told: &str) {
    match serde_json::from_str(told) {
        Ok(detail) => set_invoice(client, detail),
        // Another version of the program told it.
        Err(_) => reload_invoice(client, id),
    }
}

/// Loads an invoice and the picture of its first page, before it is opened.
pub fn prefetch_invoice(client: QueryClient, id: InvoiceId) {
    spawn_local(async move {
        client.prefetch_query(invoices(), id).await;
        let has_pages = matches!(client.get_cached_query(invoices(), id), Some(Ok(detail)) if !detail.pages.is_empty());
        if has_pages && let Ok(picture) = document().create_element("img") {
            // The browser keeps it for the page that will ask for it.
            _ = picture.set_attribute("sizes", &page_sizes(100));
            _ = picture.set_attribute("srcset", &page_sources(id, 1));
        }
    });
}

/// Loads an invoice again: after a failure, or because the page knows that it changed.
pub fn reload_invoice(client: QueryClient, id: InvoiceId) {
    client.invalidate_query(invoices(), id);
}

/// Loads a list again: after a failure.
pub fn reload_dashboard(client: QueryClient, query: InvoiceQuery) {
    client.invalidate_query(dashboards(), query);
}

/// Loads every list again that is shown, and the others when they are next shown.
pub fn reload_dashboards(client: QueryClient) {
    client.invalidate_query_scope(dashboards());
}

/// Whether an event tells only how far a task is, which no list shows.
fn is_percentage(event: &LiveEvent) -> bool {
    matches!(event, LiveEvent::Progress { offset: None, status, .. } if status.invoice_status.is_none())
}

/// Applies an event to a list. True: the event does not tell enough, and the list is to be loaded again.
pub fn patch_dashboard(dashboard: &mut Dashboard, event: &LiveEvent) -> bool {
    match event {
        LiveEvent::Reload => true,
        LiveEvent::Company(_) => false,
        LiveEvent::Progress { offset, invoice_id, status } => {
            dashboard.position.offset = offset.unwrap_or(dashboard.position.offset);
            let row = dashboard.page.invoices.iter_mut().find(|row| row.id == *invoice_id);
            let Some((row, new)) = row.zip(status.invoice_status) else {
                return false;
            };
            let moved = row.status != new;
            row.status = new;
            moved
        }
        LiveEvent::Invoice { offset, invoice_id, change, .. } => {
            dashboard.position.offset = *offset;
            if change.comment.is_some() {
                return false;
            }
            let rows = &mut dashboard.page.invoices;
            let Some(row) = rows.iter_mut().find(|row| row.id == *invoice_id) else {
                return true;
            };
            if change.invoice.version < row.version {
                return false;
            }
            let moved =
                change.deleted || row.status != change.invoice.status || row.assigned_to != change.invoice.assigned_to;
            *row = change.invoice.clone();
            if change.deleted {
                rows.retain(|row| row.id != *invoice_id);
            }
            moved
        }
        _ => false,
    }
}

/// Applies an event to an invoice. True: what depends on the change (checks, reasons, allowed steps) is to be loaded.
pub fn patch_invoice(detail: &mut InvoiceDetail, event: &LiveEvent) -> bool {
    match event {
        LiveEvent::Reload => true,
        LiveEvent::Company(_) => false,
        LiveEvent::Progress { offset, status, .. } => {
            detail.position.offset = offset.unwrap_or(detail.position.offset);
            let known = patch_task(detail, status);
            status.status.is_over() || !known
        }
        LiveEvent::Invoice { offset, change, .. } => {
            detail.position.offset = *offset;
            if change.comment.is_some() {
                return false;
            }
            if change.invoice.version < detail.summary.version {
                return false;
            }
            detail.summary = change.invoice.clone();
            for (name, value) in &change.fields {
                let newer = detail.fields.get(name).is_none_or(|known| known.version <= value.version);
                if newer {
                    detail.fields.insert(*name, value.clone());
                }
            }
            true
        }
        _ => false,
    }
}

/// False: it is a task the snapshot does not know.
fn patch_task(detail: &mut InvoiceDetail, status: &ProcessingStatus) -> bool {
    let Some(task) = detail.task.as_mut().filter(|task| task.task_id == status.task_id) else {
        return false;
    };
    if task.state.is_over() {
        return true;
    }
    task.state = status.status;
    task.stage = status.stage.or(task.stage);
    task.progress = if status.status == TaskState::Completed { Stage::Complete.percent() } else { status.progress };
    task.message = status.message.clone();
    task.eta_seconds = status.eta_seconds;
    task.error = status.error.clone();
    true
}

/// Loads again after a pause, once for all that asked meanwhile. Of a page that is left before that, the cache is told at
/// once: what it keeps was patched, and tells only a part of what changed.
#[derive(Clone, Copy)]
struct Reload {
    waiting: StoredValue<bool>,
    pause: Duration,
    run: Callback<()>,
}

impl Reload {
    fn new(pause: Duration, run: impl Fn() + Send + Sync + 'static) -> Reload {
        let reload = Reload { waiting: StoredValue::new(false), pause, run: Callback::new(move |()| run()) };
        on_cleanup(move || {
            if reload.waiting.try_get_value() == Some(true) {
                reload.run.run(());
            }
        });
        reload
    }

    fn soon(self) {
        let first = self.waiting.try_update_value(|waiting| !std::mem::replace(waiting, true));
        if first == Some(true) {
            let run = move || {
                // The page may be gone by now.
                if self.waiting.try_set_value(false).is_none() {
                    self.run.run(());
                }
            };
            set_timeout(run, self.pause);
        }
    }
}
