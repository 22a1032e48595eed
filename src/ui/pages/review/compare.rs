//! An invoice beside the one it may repeat: their values, their pages, and which of the two it is.

use super::{model::Review, words};
use crate::api::ApiError;
use crate::domain::{
    field::{Field, FieldKind},
    ids::InvoiceId,
    invoice::{InvoiceDetail, StepRequest},
    status::Step,
};
use crate::ui::components::{
    button::{IconButton, Look},
    dialog::Dialog,
    failure::refused,
    marks::status_mark,
    skeleton,
    when::when,
};
use crate::ui::format::date;
use crate::ui::icons::{self, icon};
use crate::ui::markup::{Markup, el};
use crate::ui::reactive::memo;
use leptos::prelude::*;

type Other = Resource<Result<InvoiceDetail, ApiError>>;

/// What is compared, by the words people know it by.
const COMPARED: [(&str, Field); 6] = [
    ("Number", Field::InvoiceNumber),
    ("Supplier", Field::SupplierName),
    ("Issue date", Field::IssueDate),
    ("Due date", Field::DueDate),
    ("Gross total", Field::GrossTotal),
    ("IBAN", Field::Iban),
];

#[component]
pub fn CompareDialog(review: Review, loaded: Other, open: RwSignal<bool>) -> impl IntoView {
    let body = move || {
        let again = Callback::new(move |()| loaded.refetch());
        loaded.get().map(|answer| match answer {
            Ok(other) => side_by_side(review, other).into_any(),
            Err(error) => refused(&error.0, again).into_any(),
        })
    };
    view! {
        <Dialog open title="Is it the same invoice?" full=true testid="compare-dialog">
            <div class="dialog-body comparison" tabindex="0" data-focus role="group" aria-label="Both invoices">
                // Pages are pictures: they are loaded when somebody looks.
                <Show when=move || open.get()>
                    <Transition fallback=waiting>{body}</Transition>
                </Show>
            </div>
            <div class="dialog-foot">
                <button type="button" class="btn mr-auto max-sm:hidden" on:click=move |_| open.set(false)>
                    "Back"
                </button>
                {verdict(review, open, Step::NotDuplicate, Look::Plain)}
                {verdict(review, open, Step::MarkDuplicate, Look::Primary)}
            </div>
        </Dialog>
    }
}

fn verdict(review: Review, open: RwSignal<bool>, step: Step, look: Look) -> impl IntoView {
    let press = move |_| {
        open.set(false);
        review.step(step, StepRequest::default(), None);
    };
    view! {
        <Show when=move || review.allows(step)>
            <button type="button" class=look.class() disabled=move || review.busy() on:click=press>
                {words::verb(step)}
            </button>
        </Show>
    }
}

fn waiting() -> impl IntoView {
    let lines = COMPARED.map(|_| el("p").child(skeleton::line("w-40")));
    el("div").class("grid gap-3").attr("aria-busy", "true").children(lines)
}

fn side_by_side(review: Review, other: InvoiceDetail) -> impl IntoView {
    let rows = COMPARED
        .map(|(label, field)| {
            let theirs = other.fields.get(&field).map(|value| value.value.clone()).unwrap_or_default();
            let currency = other.fields.get(&Field::Currency).map(|value| value.value.clone()).unwrap_or_default();
            value_row(review, label, field, theirs, currency)
        })
        .into_iter()
        .collect_view();
    let theirs = other.summary.clone();
    let mine = review.detail.with_untracked(|detail| detail.summary.clone());
    let status = memo(move || review.status());
    let pages = memo(move || review.detail.with(|detail| detail.pages.len()));
    view! {
        <table class="compare num">
            {head(theirs.id)}
            <tbody>
                {rows} <tr>
                    <th scope="row">"Uploaded"</th>
                    <td>{mine.uploaded_by} ", " {when(mine.created_at)}</td>
                    <td>{theirs.uploaded_by} ", " {when(theirs.created_at)}</td>
                </tr> <tr>
                    <th scope="row">"Status"</th>
                    <td>{move || status_mark(status.get())}</td>
                    <td>{status_mark(theirs.status)}</td>
                </tr>
            </tbody>
        </table>
        <div class="comparison-pages">
            {move || pages_of("This one", review.id, pages.get())} {pages_of("The other one", theirs.id, other.pages.len())}
        </div>
    }
}

/// The head of a table that compares the two.
pub fn head(other: InvoiceId) -> Markup {
    let link = el("a").class("link").attr("href", ["/invoices/", &other.to_string()].concat()).text("The other one");
    let column = || el("th").attr("scope", "col");
    let row = el("tr").child(el("td")).child(column().text("This one")).child(column().child(link));
    el("thead").child(row)
}

fn value_row(review: Review, label: &'static str, field: Field, theirs: String, currency: String) -> impl IntoView {
    let words = move |value: &str, currency: &str| match field.kind() {
        _ if value.is_empty() => "–".to_owned(),
        FieldKind::Date => date(value),
        FieldKind::Amount => [&words::shown(field.kind(), value, review.numbers), " ", currency].concat(),
        kind => words::shown(kind, value, review.numbers),
    };
    let shown = words(&theirs, &currency);
    let theirs_shown = shown.clone();
    let mine = memo(move || words(&review.value(field), &review.value(Field::Currency)));
    let mark = move || {
        let (drawing, word, tone) = match mine.with(|mine| *mine == shown) {
            true => (icons::SAME, "Same", "mark tone-neutral"),
            false => (icons::DIFFERS, "Differs", "mark tone-warn"),
        };
        el("span").class(tone).child(icon(drawing)).text(word)
    };
    view! {
        <tr>
            <th scope="row">
                <span class="comparison-label">{label} " " {mark}</span>
            </th>
            <td>{move || mine.get()}</td>
            <td>{theirs_shown}</td>
        </tr>
    }
}

/// The pages of one of them, one at a time.
fn pages_of(name: &'static str, id: InvoiceId, count: usize) -> impl IntoView {
    let at = RwSignal::new(1_usize);
    let lost = RwSignal::new(false);
    let source = move || ["/api/v1/invoices/", &id.to_string(), "/pages/", &at.get().to_string(), ".png"].concat();
    let place = move || ["Page ", &at.get().to_string(), " of ", &count.to_string()].concat();
    let turn = move |by: isize| {
        Callback::new(move |()| {
            lost.set(false);
            at.update(|at| *at = at.saturating_add_signed(by).clamp(1, count.max(1)));
        })
    };
    let turning = (count > 1).then(|| {
        view! {
            <IconButton
                label="Previous page"
                drawing=icons::LEFT
                disabled=Signal::derive(move || at.get() <= 1)
                on_press=turn(-1)
            />
            <IconButton
                label="Next page"
                drawing=icons::RIGHT
                disabled=Signal::derive(move || at.get() >= count)
                on_press=turn(1)
            />
        }
    });
    let picture = move || match (count, lost.get()) {
        (0, _) => el("p").class("comparison-none").text("There is no picture of this document").into_any(),
        (_, true) => view! {
            <div class="comparison-none" role="alert">
                <p>"The page could not be loaded"</p>
                <button type="button" class="btn mt-2" on:click=move |_| lost.set(false)>
                    {icon(icons::RETRY)}
                    "Try Again"
                </button>
            </div>
        }
        .into_any(),
        _ => view! {
            <img src=source alt=move || [name, ", ", &place()].concat() on:error=move |_| lost.set(true) />
        }
        .into_any(),
    };
    view! {
        <figure>
            <figcaption>
                <span class="font-medium">{name}</span>
                <span class="text-muted num" aria-live="polite">
                    {move || (count > 0).then(place)}
                </span>
                <span class="comparison-turn" role="group" aria-label=[name, ", pages"].concat()>
                    {turning}
                </span>
            </figcaption>
            {picture}
        </figure>
    }
}
