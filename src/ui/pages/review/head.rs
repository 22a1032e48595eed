//! The head of the page: the way back, the neighbours, whose invoice it is and how far it is.

use super::{
    super::invoices::address::{href, invoice_href},
    company::Faces,
    model::Review,
};
use crate::api::{ApiError, invoices::Neighbours};
use crate::domain::{ids::InvoiceId, invoice::InvoiceQuery};
use crate::ui::components::{
    avatar::avatar,
    marks::{Tone, badge, status_mark},
    people_menu::PeopleMenu,
};
use crate::ui::icons::{self, Icon, icon};
use crate::ui::layout::{account::AccountMenu, bell::BellMenu, connection::ConnectionPill};
use crate::ui::markup::{dynamic, el};
use crate::ui::reactive::memo;
use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

type Beside = Resource<Result<Neighbours, ApiError>>;

#[component]
pub fn Head(review: Review, query: Memo<InvoiceQuery>, neighbours: Beside) -> impl IntoView {
    let title = memo(move || {
        review.detail.with(|detail| {
            let supplier = detail.summary.supplier_name.clone().unwrap_or_else(|| detail.summary.filename.clone());
            let number = detail.summary.invoice_number.clone().unwrap_or_default();
            (supplier, number)
        })
    });
    let flags = memo(move || (review.status(), review.detail.with(|detail| detail.summary.overdue)));
    let named = |(supplier, number): &(String, String)| [supplier.as_str(), " ", number.as_str()].concat();
    let first_named = title.with_untracked(named);
    let text = move || match cfg!(feature = "ssr") {
        // Asked for when all of a page is written, where other pages are written too: by then the memo may be another
        // page's, and tell of another invoice.
        true => first_named.clone(),
        false => title.try_with(named).unwrap_or_else(|| first_named.clone()),
    };
    view! {
        <Title text />
        <header class="page-head">
            <a class="btn btn-quiet btn-icon" href=move || query.with(href) aria-label="Back to the list" title="Back to the list">
                {icon(icons::BACK)}
            </a>
            <Transition fallback=|| ()>
                {move || neighbours.get().and_then(Result::ok).map(|found| stepper(found, query))}
            </Transition>
            <div class="review-title">
                <h1 class="page-title" tabindex="-1">
                    <span class="review-name">{move || title.with(|(supplier, _)| supplier.clone())}</span>
                    <span class="text-muted font-normal">{move || title.with(|(_, number)| number.clone())}</span>
                </h1>
                <span class="flex flex-wrap items-center gap-x-2">
                    {move || {
                        let (status, overdue) = flags.get();
                        (status_mark(status), overdue.then(|| badge(Tone::Bad, icons::CLOCK, "Overdue")))
                    }}
                    {assignee(review)}
                </span>
            </div>
            <div class="page-head-tools">
                <Faces />
                <ConnectionPill />
                <BellMenu />
                <AccountMenu />
            </div>
        </header>
    }
}

/// Whose work it is, and the menu to make it somebody's.
fn assignee(review: Review) -> impl IntoView {
    let now = memo(move || review.assigned_to());
    let may = memo(move || review.assignable());
    let label = move || match now.get() {
        Some(person) => {
            (avatar(&person.name).attr("aria-hidden", "true"), el("span").class("assignee-name").text(person.name))
        }
        None => (icon(icons::PERSON), el("span").class("assignee-name").text("Assign")),
    };
    let menu = PeopleMenu {
        id: "assign-menu",
        me: Signal::derive(move || review.me.with(|me| me.as_ref().map(|me| me.id))),
        is_given: Signal::derive(move || now.with(Option::is_some)),
        choose: Callback::new(move |person| review.assign(person)),
    };
    move || match may.get() {
        true => menu.view("btn btn-quiet btn-sm assign", "Assign to (Alt+A: to me)", dynamic(label)),
        false => dynamic(move || now.get().map(|person| avatar(&person.name))).into_any(),
    }
}

/// `‹ 4 of 30 ›`, as links.
pub fn stepper(found: Neighbours, query: Memo<InvoiceQuery>) -> impl IntoView {
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
        <nav class="stepper" aria-label="Other invoices">
            {link(found.previous, "Previous (Ctrl+↑)", icons::LEFT)} <span class="whitespace-nowrap">{place}</span>
            {link(found.next, "Next (Ctrl+↓)", icons::RIGHT)}
        </nav>
    }
}
