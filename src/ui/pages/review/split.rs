//! A file that holds several invoices: what it seems to hold, and the dialog in which a person says where each begins.

use super::{super::invoices::address::invoice_href, model::Review, words};
use crate::api::{ApiError, invoices::split_invoice};
use crate::domain::{
    field::FieldKind,
    ids::InvoiceId,
    invoice::{InvoiceDetail, InvoiceQuery},
    splitting::{PageRange, Part, SEVERAL_INVOICES, SplitPart, SplitRequest, Splitting, ranges},
};
use crate::ui::components::{
    button::{Button, Look},
    dialog::Dialog,
    marks::{Note, Tone},
};
use crate::ui::format::{NumberStyle, counted};
use crate::ui::icons;
use crate::ui::reactive::{effect, memo};
use crate::ui::state::page_pictures::{THUMBNAIL, page_url};
use leptos::{prelude::*, task::spawn_local};
use std::collections::BTreeSet;

/// What is shown of splitting: what is proposed, or what became of the file.
#[component]
pub fn SplitNote(review: Review, open: RwSignal<bool>, go: Callback<Option<InvoiceId>>) -> impl IntoView {
    let splitting = memo(move || review.detail.with(|detail| detail.splitting.clone()));
    let message = move || {
        review.detail.with(|detail| {
            let check = detail.checks.iter().find(|check| check.rule == SEVERAL_INVOICES);
            check.map(|check| check.message.clone())
        })
    };
    move || {
        let Splitting { proposed, into, .. } = splitting.get();
        if !into.is_empty() {
            return Some(became(into).into_any());
        }
        (proposed.len() > 1)
            .then(|| view! { <Proposal review open go proposed message=message().unwrap_or_default() /> }.into_any())
    }
}

#[component]
fn Proposal(
    review: Review,
    open: RwSignal<bool>,
    go: Callback<Option<InvoiceId>>,
    proposed: Vec<Part>,
    message: String,
) -> impl IntoView {
    let rows = proposed.iter().map(|part| part_row(part, review.numbers)).collect_view();
    let allowed = memo(move || review.detail.with(|detail| detail.splitting.allowed));
    let busy = Signal::derive(move || review.busy());
    let keep = Callback::new(move |()| send(review, Vec::new(), go));
    view! {
        <div class="reasons" data-testid="split-note">
            <Note tone=Tone::Warn drawing=icons::COPY>
                <p class="font-medium">{message}</p>
                <table class="split-parts num">
                    <thead class="sr-only">
                        <tr>
                            <th scope="col">"Pages"</th>
                            <th scope="col">"Invoice and gross total"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
                <Show when=move || allowed.get()>
                    <div class="split-choices">
                        <Button
                            label="Split…"
                            testid="split-button"
                            disabled=busy
                            on_press=Callback::new(move |()| open.set(true))
                        />
                        <Button label="It is one invoice" look=Look::Quiet testid="keep-whole" disabled=busy on_press=keep />
                    </div>
                </Show>
            </Note>
        </div>
    }
}

fn part_row(part: &Part, numbers: NumberStyle) -> impl IntoView + use<> {
    let names = [&part.supplier_name, &part.invoice_number].into_iter().flatten();
    let name = names.map(String::as_str).collect::<Vec<_>>().join(" · ");
    let total = part.gross_total.as_deref().map(|total| {
        [&words::shown(FieldKind::Amount, total, numbers), " ", part.currency.as_deref().unwrap_or_default()].concat()
    });
    view! {
        <tr>
            <th scope="row">{part.pages.label()}</th>
            <td>
                <span>{name}</span>
                " "
                <span>{total}</span>
            </td>
        </tr>
    }
}

/// The invoices that were made of this file.
fn became(into: Vec<SplitPart>) -> impl IntoView {
    let title = ["Split into ", &counted(into.len() as i64, "invoice", "invoices")].concat();
    let links = into
        .into_iter()
        .map(|part| view! { <li><a class="link" href=href_of(part.invoice_id)>{part.pages.label()}</a></li> })
        .collect_view();
    view! {
        <div class="reasons" data-testid="split-into">
            <Note tone=Tone::Info drawing=icons::COPY>
                <p class="font-medium">{title}</p>
                <ul>{links}</ul>
            </Note>
        </div>
    }
}

/// "Pages 2–3 of batch.pdf", leading to that file.
pub fn origin(review: Review) -> impl IntoView {
    let from = memo(move || review.detail.with(|detail| detail.splitting.from.clone()));
    move || {
        from.get().map(|from| {
            view! {
                " · "
                {from.pages.label()}
                " of "
                <a class="link" data-testid="split-from" href=href_of(from.invoice_id)>
                    {from.filename}
                </a>
            }
        })
    }
}

fn href_of(id: InvoiceId) -> String {
    invoice_href(&id.to_string(), &InvoiceQuery::default())
}

/// The pages of the file; a box on each but the first says that an invoice begins there.
#[component]
pub fn SplitDialog(review: Review, open: RwSignal<bool>, go: Callback<Option<InvoiceId>>) -> impl IntoView {
    let starts = RwSignal::new(BTreeSet::new());
    let pages = memo(move || review.detail.with(page_count));
    // Begins with what is proposed, each time it opens.
    effect(move || {
        if open.get() {
            let proposed = review.detail.with_untracked(|detail| detail.splitting.proposed.clone());
            starts.set(proposed.iter().map(|part| part.pages.first).collect());
        }
    });
    let parts = memo(move || starts.with(|starts| ranges(starts.iter().copied(), pages.get())));
    let split = move |_| {
        open.set(false);
        send(review, parts.get_untracked(), go);
    };
    let is_one = memo(move || parts.with(Vec::len) < 2);
    let label = move || ["Split into ", &counted(parts.with(Vec::len) as i64, "invoice", "invoices")].concat();
    view! {
        <Dialog open title="Where does each invoice begin?" full=true testid="split-dialog">
            <div class="dialog-body split-body" tabindex="0" role="group" aria-label="Pages">
                // Pictures of pages are loaded when somebody looks.
                <Show when=move || open.get()>
                    <ol class="split-pages">
                        {(1..=pages.get()).map(|page| page_card(review.id, page, starts, parts)).collect_view()}
                    </ol>
                </Show>
            </div>
            <div class="dialog-foot">
                <p class="split-said" role="status">
                    {move || parts.with(|parts| said(parts))}
                </p>
                <button type="button" class="btn" on:click=move |_| open.set(false)>
                    "Cancel"
                </button>
                <button
                    type="button"
                    class="btn btn-primary"
                    data-testid="split-confirm"
                    disabled=move || is_one.get() || review.busy()
                    on:click=split
                >
                    {label}
                </button>
            </div>
        </Dialog>
    }
}

fn said(parts: &[PageRange]) -> String {
    match parts {
        [_] | [] => "Mark the pages on which another invoice begins".to_owned(),
        parts => parts.iter().map(|part| part.label()).collect::<Vec<_>>().join(", "),
    }
}

fn page_card(id: InvoiceId, page: u32, starts: RwSignal<BTreeSet<u32>>, parts: Memo<Vec<PageRange>>) -> impl IntoView {
    let part = memo(move || parts.with(|parts| parts.iter().filter(|part| part.first <= page).count()));
    let begins = memo(move || page == 1 || starts.with(|starts| starts.contains(&page)));
    let number = page.to_string();
    let words = move || match begins.get() {
        true => ["Invoice ", &part.get().to_string()].concat(),
        false => "goes on".to_owned(),
    };
    let toggle = move |_| {
        starts.update(|starts| {
            if !starts.remove(&page) {
                starts.insert(page);
            }
        });
    };
    let choice = (page > 1).then(|| {
        view! {
            <input
                type="checkbox"
                data-testid=["split-page-", &number].concat()
                prop:checked=move || begins.get()
                on:change=toggle
            />
        }
    });
    view! {
        <li class="split-page" data-part=move || if part.get() % 2 == 0 { "even" } else { "odd" } data-begins=move || begins.get().to_string()>
            <label>
                <span class="split-head">
                    {choice} <span class="sr-only">{["Page ", &number, ": an invoice begins here"].concat()}</span>
                    <span aria-hidden="true">{words}</span>
                    <span class="text-muted num" aria-hidden="true">{number.clone()}</span>
                </span>
                <img src=page_url(id, page as usize, THUMBNAIL) alt="" loading="lazy" />
            </label>
        </li>
    }
}

fn page_count(detail: &InvoiceDetail) -> u32 {
    u32::try_from(detail.pages.len()).unwrap_or(0)
}

/// Says what the file holds, once everything that was typed has arrived; no parts: one invoice.
fn send(review: Review, parts: Vec<PageRange>, go: Callback<Option<InvoiceId>>) {
    review.when_saved(move || {
        let (base_version, pages) = review.detail.with_untracked(|detail| (detail.summary.version, page_count(detail)));
        let parts = if parts.is_empty() { ranges([], pages) } else { parts };
        review.asking.set(true);
        spawn_local(async move {
            let answer = split_invoice(review.id, SplitRequest { base_version, parts }).await;
            _ = review.asking.try_set(false);
            answered(review, answer, go);
        });
    });
}

/// By now the page may be gone.
fn answered(review: Review, answer: Result<Vec<SplitPart>, ApiError>, go: Callback<Option<InvoiceId>>) {
    match answer {
        Ok(made) => match made.first() {
            Some(first) => {
                let count = counted(made.len() as i64, "invoice", "invoices");
                review.toasts.ok(["Split into ", &count, ", which are being read"].concat());
                _ = go.try_run(Some(first.invoice_id));
            }
            None => {
                review.toasts.ok("Kept as one invoice");
                review.reload();
            }
        },
        Err(error) => {
            review.toasts.failed(error.to_string());
            review.reload();
        }
    }
}
