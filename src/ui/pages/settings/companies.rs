//! The companies whose invoices these are.

use super::{Shown, form_of};
use crate::api::settings::set_own_companies;
use crate::domain::own_company::{LIST_CHANGED, MOST_LETTERS, OwnCompany};
use crate::ui::components::field::FormError;
use crate::ui::reactive::memo;
use leptos::{ev, prelude::*};
use web_sys::HtmlFormElement;

pub fn section(shown: Shown) -> impl IntoView {
    let companies = memo(move || shown.settings.with(|settings| settings.own_companies.clone().unwrap_or_default()));
    // The rows with their places, and an empty one for another company, which is a new row after each save.
    let rows = memo(move || companies.get().into_iter().chain([OwnCompany::default()]).zip(0..).collect::<Vec<_>>());
    let failure = RwSignal::new(None);
    let save = move |event: ev::SubmitEvent| {
        let form: HtmlFormElement = event_target(&event);
        let typed = form_of(&event);
        let asked: Vec<OwnCompany> = (0..rows.with_untracked(Vec::len))
            .map(|place| OwnCompany { name: typed(&name_of(place)), vat_id: typed(&vat_id_of(place)) })
            .collect();
        let sent = set_own_companies(companies.get_untracked(), asked);
        let answer = async move {
            let answer = sent.await;
            // The person is shown what they did not know of.
            if answer.as_ref().is_err_and(|error| error.0.code() == LIST_CHANGED) {
                shown.reload();
            }
            answer
        };
        shown.send(answer, "Companies saved", failure, move |kept| {
            _ = shown.settings.try_update(|settings| settings.own_companies = Some(kept));
            // Rows that are kept as they were stay. What was typed into them in another form gives way to it.
            request_animation_frame(move || form.reset());
        });
    };
    view! {
        <section aria-labelledby="companies-title">
            <h2 id="companies-title" class="dialog-title mb-2">
                "Our companies"
            </h2>
            <p class="hint max-w-[40rem]">
                "An invoice to anybody else is marked. It is compared by VAT id where both have one, else by name; the legal form does not matter. While no company stands here, nothing is compared."
            </p>
            <form class="grid gap-4 max-w-[40rem]" data-testid="companies-form" on:submit=save>
                <FormError message=failure />
                <div class="hidden sm:grid gap-2 sm:grid-cols-[minmax(0,1fr)_12rem] -mb-2 text-sm font-medium" aria-hidden="true">
                    <span>"Name"</span>
                    <span>"VAT id"</span>
                </div>
                <ul class="grid gap-4 sm:gap-2">
                    <For each=move || rows.get() key=|row| row.clone() let:row>
                        {row_of(row)}
                    </For>
                </ul>
                <p class="hint">
                    "Empty both fields to take a company off. Invoices are checked again when they are changed or decided."
                </p>
                <div>
                    <button type="submit" class="btn btn-primary">
                        "Save companies"
                    </button>
                </div>
            </form>
        </section>
    }
}

fn name_of(place: usize) -> String {
    ["company-name-", &place.to_string()].concat()
}

fn vat_id_of(place: usize) -> String {
    ["company-vat-id-", &place.to_string()].concat()
}

/// Where there is no room for columns with headings.
fn narrow_label(words: &'static str) -> impl IntoView {
    view! { <span class="text-sm font-medium sm:hidden">{words}</span> }
}

fn row_of((company, place): (OwnCompany, usize)) -> impl IntoView {
    let is_new = company.name.is_empty();
    let (name, vat_id) = (name_of(place), vat_id_of(place));
    let whose = if is_new { "one more company" } else { &company.name };
    let (name_label, vat_id_label) = (["Name of ", whose].concat(), ["VAT id of ", whose].concat());
    view! {
        <li class="grid gap-2 sm:grid-cols-[minmax(0,1fr)_12rem]" data-testid="company-row">
            <label class="grid gap-1 min-w-0">
                {narrow_label("Name")}
                <input
                    class="input"
                    name=name
                    maxlength=MOST_LETTERS
                    autocomplete="off"
                    aria-label=name_label
                    placeholder=if is_new { "One more company" } else { "Name" }
                    value=company.name.clone()
                />
            </label>
            <label class="grid gap-1 min-w-0">
                {narrow_label("VAT id")}
                <input
                    class="input num"
                    name=vat_id
                    maxlength=MOST_LETTERS
                    autocomplete="off"
                    autocapitalize="characters"
                    spellcheck="false"
                    aria-label=vat_id_label
                    placeholder="VAT id"
                    value=company.vat_id.clone()
                />
            </label>
        </li>
    }
}
