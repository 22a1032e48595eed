//! The form: the fields in their groups, each with its mark and what is wrong under it.

use super::{
    account::AccountNote,
    company::{Others, mark_id, mark_of, mark_view},
    control::control,
    model::{Pane, Review, Rows},
    words,
};
use crate::domain::{
    checks::{CheckResult, Severity},
    field::{Field, FieldGroup, FieldKind},
    invoice::{FieldValue, InvoiceDetail},
    learning::LearnedFrom,
};
use crate::ui::components::marks::known_mark;
use crate::ui::format::{NumberStyle, day};
use crate::ui::icons::{self, icon};
use crate::ui::markup::{Markup, dynamic, el};
use crate::ui::reactive::{effect, memo};
use leptos::{ev, html::Details, prelude::*};
use std::collections::BTreeSet;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Fields that a person asked for. They stay while the page does, filled in or not.
pub type Added = RwSignal<BTreeSet<Field>>;

/// What is paid, and how, comes before who: that is what a clerk compares first.
pub const ORDER: [FieldGroup; 5] =
    [FieldGroup::Document, FieldGroup::Totals, FieldGroup::Payment, FieldGroup::Supplier, FieldGroup::Buyer];

/// The id of a field's control.
pub fn control_id(field: Field) -> String {
    ["field-", &field.name()].concat()
}

/// The id of what stands under a field.
pub fn notes_id(field: Field) -> String {
    [control_id(field).as_str(), "-notes"].concat()
}

/// Moves the focus to a field, and opens the fold it stands in.
pub fn focus_field(field: Field) {
    let id = control_id(field);
    if let Some(control) = document().get_element_by_id(&id) {
        open_around(&control);
    }
    crate::ui::layout::keys::focus(&id);
}

/// Opens the fold that a control stands in.
pub fn open_around(control: &Element) {
    if let Some(fold) = control.closest("details").ok().flatten() {
        _ = fold.set_attribute("open", "");
    }
}

/// A fold that opens when something in it needs a look. Only people close it.
pub fn opening(needs: Memo<bool>) -> NodeRef<Details> {
    let fold = NodeRef::<Details>::new();
    effect(move || {
        if let Some(fold) = fold.get().filter(|_| needs.get()) {
            _ = fold.set_attribute("open", "");
        }
    });
    fold
}

/// Goes to a field from its place on the page. On a phone the page gives way to the values.
pub fn focus_from_page(review: Review, field: Field) {
    if review.pane.get_untracked() == Pane::Values {
        return focus_field(field);
    }
    review.pane.set(Pane::Values);
    // They are shown by then.
    request_animation_frame(move || focus_field(field));
}

/// Whether there are controls at all: something to show or to fill in.
pub fn is_form_shown(review: Review) -> bool {
    review.editable() || review.detail.with(|detail| !detail.fields.is_empty())
}

/// All groups.
#[component]
pub fn Fields(review: Review) -> impl IntoView {
    let any = memo(move || is_form_shown(review));
    let added = RwSignal::new(BTreeSet::new());
    view! {
        <Show when=move || any.get()>
            <div on:keydown=move |event| on_key(review, &event)>
                {ORDER.into_iter().map(|group| field_group(review, group, added)).collect_view()}
            </div>
        </Show>
    }
}

fn fields_of(group: FieldGroup) -> impl Iterator<Item = Field> {
    Field::ALL.iter().copied().filter(move |field| field.group() == group)
}

/// Whether a field shows though nobody asked for it: one that is rarely used does when the invoice has it, or when a
/// check asks for it.
fn shows(detail: &InvoiceDetail, field: Field) -> bool {
    field.always_shown()
        || detail.fields.contains_key(&field)
        || words::checks_of(detail, field).any(CheckResult::is_failure)
}

/// The fields of a group to show now, those too whose first value is on its way.
fn shown_fields(review: Review, group: FieldGroup, added: Added) -> Vec<Field> {
    let on_the_way = review.edits.fields_of(review.id);
    let asked = |field: &Field| added.with(|added| added.contains(field)) || on_the_way.contains(field);
    review.detail.with(|detail| fields_of(group).filter(|field| shows(detail, *field) || asked(field)).collect())
}

/// Addresses are folded.
pub fn field_group(review: Review, group: FieldGroup, added: Added) -> impl IntoView {
    let shown = memo(move || shown_fields(review, group, added));
    let main = move || shown.get().into_iter().filter(|field| !is_address(*field)).collect::<Vec<_>>();
    let address = memo(move || shown.get().into_iter().filter(|field| is_address(*field)).collect::<Vec<_>>());
    view! {
        <section class="group" aria-label=group.label()>
            <h2 class="group-title">{group.label()}</h2>
            <For each=main key=|field| *field let:field>
                {field_row(review, field)}
            </For>
            <Show when=move || address.with(|fields| !fields.is_empty())>
                {address_fold(review, group, address)}
            </Show>
            {add_field(review, group, shown, added)}
        </section>
    }
}

/// Offers the fields of a group that do not show. A native choice would take the first one at the first arrow key.
fn add_field(review: Review, group: FieldGroup, shown: Memo<Vec<Field>>, added: Added) -> impl IntoView {
    let open = RwSignal::new(false);
    let others = memo(move || {
        let shown = shown.get();
        fields_of(group).filter(|field| !shown.contains(field)).collect::<Vec<_>>()
    });
    let offered = memo(move || review.editable() && others.with(|others| !others.is_empty()));
    let id = ["add-", group.label()].concat();
    let button = id.clone();
    let close = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            open.set(false);
            crate::ui::layout::keys::focus(&button);
        }
    };
    view! {
        <div class="field-add" hidden=move || !offered.get() on:keydown=close>
            <button
                type="button"
                class="btn btn-quiet btn-sm"
                id=id
                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {icon(icons::PLUS)}
                "Add a field"
                <span class="sr-only">" to " {group.label()}</span>
            </button>
            {dynamic(move || open.get().then(|| others_list(others.get(), open, added)))}
        </div>
    }
}

/// Choosing one shows its empty control, with the focus in it.
fn others_list(others: Vec<Field>, open: RwSignal<bool>, added: Added) -> impl IntoView {
    let choices = others.into_iter().map(|field| {
        let choose = move |_| {
            open.set(false);
            added.update(|added| _ = added.insert(field));
            // It is there by then.
            request_animation_frame(move || focus_field(field));
        };
        view! {
            <button type="button" class="chip" on:click=choose>
                {field.label()}
            </button>
        }
    });
    view! { <div class="chips tone-neutral">{choices.collect_view()}</div> }
}

fn is_address(field: Field) -> bool {
    use Field::*;
    matches!(
        field,
        SupplierStreet
            | SupplierCity
            | SupplierPostcode
            | SupplierCountry
            | BuyerStreet
            | BuyerCity
            | BuyerPostcode
            | BuyerCountry
    )
}

/// One line that opens into its fields; open when one of them needs a look.
fn address_fold(review: Review, group: FieldGroup, fields: Memo<Vec<Field>>) -> impl IntoView {
    let needs = memo(move || fields.get().into_iter().any(|field| review.known(field).needs_a_look()));
    let line = move || {
        let values = fields.get().into_iter().map(|field| review.value(field)).filter(|value| !value.is_empty());
        values.collect::<Vec<_>>().join(", ")
    };
    view! {
        <details class="address" node_ref=opening(needs) open=needs.get_untracked()>
            <summary>
                <span class="address-name">
                    {icon(icons::RIGHT)} <span class="sr-only">{group.label()} " "</span> "Address"
                </span>
                <span class="truncate">{line}</span>
            </summary>
            <For each=move || fields.get() key=|field| *field let:field>
                {field_row(review, field)}
            </For>
        </details>
    }
}

/// A field with its control, its mark, who else is in it, and what is to be said under it.
pub fn field_row(review: Review, field: Field) -> impl IntoView {
    let known = memo(move || review.known(field));
    let learned = memo(move || review.detail.with(|detail| learned_from(detail.fields.get(&field)?).cloned()));
    let fresh = memo(move || review.fresh.with(|fresh| fresh.contains(&field)));
    let id = control_id(field);
    let notes_id = notes_id(field);
    let is_long = matches!(field.kind(), FieldKind::Text | FieldKind::LongText | FieldKind::Iban | FieldKind::VatId);
    let class = if is_long { "field field-wide" } else { "field" };
    let described_by = [notes_id.as_str(), " ", &mark_id(field)].concat();
    let others: Others = expect_context();
    let mark = mark_of(others, field);
    let title = [field.business_term(), " · ", field.label()].concat();
    view! {
        <div
            class=class
            class:fresh=move || fresh.get()
            data-who=move || mark.get().map(|(colour, _)| colour)
            on:focusin=move |_| {
                review.active.set(Some(field));
                others.focus(Some(field), untrack(|| review.editable()));
            }
            on:focusout=move |_| others.focus(None, false)
        >
            <label for=id title=title>
                {field.label()}
            </label>
            {control(review, field, described_by)}
            {move || known_mark(known.get())}
            <div class="contents" id=notes_id aria-live="polite">
                {move || field_notes(review, field)} {move || learned.get().as_ref().map(learned_note)}
            </div>
            {(field == Field::Iban).then(|| view! { <AccountNote review /> }.into_any())}
            {(field == Field::PaymentMeans).then(|| dynamic(move || means_note(review)).into_any())}
            {mark_view(field, mark)}
        </div>
    }
}

/// What the code for the means of payment says.
fn means_note(review: Review) -> Option<Markup> {
    let word = words::means_word(&review.value(Field::PaymentMeans))?;
    Some(el("p").class("field-note tone-neutral").attr("data-testid", "means-note").text(word))
}

/// By whose correction a value was read that no person confirmed yet.
fn learned_from(value: &FieldValue) -> Option<&LearnedFrom> {
    value.learned.as_ref().filter(|_| value.verified_by.is_none())
}

fn learned_note(from: &LearnedFrom) -> impl IntoView + use<> {
    let words = ["Read as learned from a correction by ", &from.person, " on ", &day(from.at)].concat();
    view! {
        <p class="field-note tone-neutral" data-testid="learned-note">
            {icon(icons::INFO)}
            <span>{words}</span>
        </p>
    }
}

/// Whether something stands under a field.
pub fn has_notes(review: Review, field: Field) -> bool {
    let refused = review.refused.with(|refused| refused.contains_key(&field));
    refused || review.detail.with(|detail| words::checks_of(detail, field).next().is_some())
}

/// What stands under a field: why the last change was not taken, then the checks that did not hold.
pub fn field_notes(review: Review, field: Field) -> impl IntoView {
    let refused = review.refused.with(|refused| refused.get(&field).cloned());
    let checks = review.detail.with(|detail| words::checks_of(detail, field).cloned().collect::<Vec<_>>());
    let numbers = review.numbers;
    view! {
        {refused
            .map(|reason| {
                view! {
                    <p class="field-note tone-bad">
                        {icon(icons::ALERT)}
                        <span>"Not saved: " {reason}</span>
                    </p>
                }
            })}
        {checks.into_iter().map(|check| check_note(&check, numbers)).collect_view()}
    }
}

/// A check that did not hold, in words, with both amounts.
pub fn check_note(check: &CheckResult, numbers: NumberStyle) -> impl IntoView + use<> {
    let tone = if check.severity == Severity::Warning { "field-note tone-warn" } else { "field-note tone-bad" };
    view! {
        <p class=tone title=check.rule.clone()>
            {icon(icons::WARN)}
            <span class="num">{words::check_message(check, numbers)}</span>
        </p>
    }
}

/// Enter: this value is right, on to the next that needs a look. Escape: back to the value before.
fn on_key(review: Review, event: &ev::KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing() {
        return;
    }
    let Some(target) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) else { return };
    let Some(field) = target.id().strip_prefix("field-").and_then(|name| name.parse::<Field>().ok()) else { return };
    match event.key().as_str() {
        "Enter" if field.kind() == FieldKind::LongText => {}
        "Enter" => {
            event.prevent_default();
            let before = untrack(|| review.value(field));
            // Leaving the control takes what was typed; only an untouched value is confirmed as it is.
            let untouched = !review.is_draft(field);
            _ = target.blur();
            if untouched && before == untrack(|| review.value(field)) {
                review.confirm(field);
            }
            if review.refused.with_untracked(|refused| refused.contains_key(&field)) {
                return focus_field(field);
            }
            look_on(review, Some(field));
        }
        "Escape" => {
            review.drop_draft(field);
            if let Some(input) = target.dyn_ref::<web_sys::HtmlInputElement>() {
                input.set_value(&untrack(|| review.text(field)));
                input.select();
            }
        }
        _ => {}
    }
}

/// On to the next field that needs a look, from the top without `from`; after the last of them, to the decision. A row
/// opens for it.
pub fn look_on(review: Review, from: Option<Field>) {
    match next_to_look_at(review, from) {
        Some(row) if row.row().is_some() => review.looked_at.set(Some(row)),
        Some(next) => focus_field(next),
        None => crate::ui::layout::keys::focus("decide"),
    }
}

/// The next field or row after `from`, in the order of the page, that needs a look; from the top again after the last.
/// Rows of an invoice that can not be edited do not open.
fn next_to_look_at(review: Review, from: Option<Field>) -> Option<Field> {
    let rows = if untrack(|| review.editable()) { &[Rows::Lines, Rows::Vat][..] } else { &[] };
    let rows = rows.iter().flat_map(|rows| untrack(|| review.rows(*rows)));
    let order: Vec<Field> = ORDER.into_iter().flat_map(fields_of).chain(rows).collect();
    let is_shown = |field: &Field| document().get_element_by_id(&control_id(*field)).is_some();
    let needs = |field: &Field| untrack(|| review.known(*field).needs_a_look()) && is_shown(field);
    let (before, after) = match order.iter().position(|field| Some(*field) == from) {
        Some(at) => (&order[..at], &order[at + 1..]),
        None => (&order[..0], &order[..]),
    };
    after.iter().chain(before).copied().find(needs)
}
