//! Who stands in for the person while they are away, and for whom they do.

use super::{Shown, form_of};
use crate::api::settings::{add_delegation, end_delegation};
use crate::domain::{
    approval::{Delegation, StandIns},
    comment::Person,
    ids::UserId,
};
use crate::ui::components::{button::Button, button::Look, field::FormError};
use crate::ui::format::date;
use leptos::prelude::*;

pub fn section(shown: Shown) -> impl IntoView {
    let stand_ins = Memo::new(move |_| shown.settings.with(|settings| settings.stand_ins.clone()));
    let failure = RwSignal::new(None);
    let list = move || {
        stand_ins.get().filter(|own| !own.delegations.is_empty()).map(|StandIns { delegations, me, .. }| {
            let items = delegations.into_iter().map(|one| item(shown, failure, one, me)).collect_view();
            view! { <ul class="grid gap-1 mb-4" data-testid="stand-ins">{items}</ul> }
        })
    };
    let colleagues = Memo::new(move |_| stand_ins.with(|own| own.as_ref().map(|own| own.colleagues.clone())));
    let today = stand_ins.with_untracked(|own| own.as_ref().map(|own| own.today.clone()).unwrap_or_default());
    view! {
        <section aria-labelledby="stand-ins-title">
            <h2 id="stand-ins-title" class="dialog-title mb-1">
                "While you are away"
            </h2>
            <p class="text-muted mb-3 max-w-[42rem]">
                "Somebody else can approve up to your limit. Nobody approves what they uploaded, changed or submitted themselves."
            </p>
            {list}
            <FormError message=failure />
            {move || match colleagues.get().unwrap_or_default() {
                none if none.is_empty() => {
                    view! { <p class="text-muted">"Nobody else may approve here yet."</p> }.into_any()
                }
                colleagues => form(shown, failure, colleagues, today.clone()).into_any(),
            }}
        </section>
    }
}

fn form(shown: Shown, failure: RwSignal<Option<String>>, colleagues: Vec<Person>, today: String) -> impl IntoView {
    let add = move |event| {
        let typed = form_of(&event);
        let Ok(to) = typed("to").parse::<UserId>() else {
            return failure.set(Some("Choose who stands in for you".to_owned()));
        };
        shown.send(add_delegation(to, typed("first_day"), typed("last_day")), "Handed over", failure, |()| ());
    };
    let options = colleagues
        .into_iter()
        .map(|person| view! { <option value=person.id.to_string()>{person.name}</option> })
        .collect_view();
    view! {
        <form class="flex flex-wrap items-end gap-3" data-testid="stand-in-form" on:submit=add>
            <div class="form-row min-w-48">
                <label for="to">"Who stands in"</label>
                <select class="input" id="to" name="to" required>
                    <option value="">"Choose one"</option>
                    {options}
                </select>
            </div>
            {day("first_day", "First day", today.clone())}
            {day("last_day", "Last day", today)}
            <button type="submit" class="btn">
                "Hand over"
            </button>
        </form>
    }
}

fn day(name: &'static str, label: &'static str, today: String) -> impl IntoView {
    view! {
        <div class="form-row">
            <label for=name>{label}</label>
            <input class="input" type="date" id=name name=name required min=today.clone() value=today />
        </div>
    }
}

fn item(shown: Shown, failure: RwSignal<Option<String>>, one: Delegation, me: UserId) -> impl IntoView {
    let days = [" · ", &date(&one.first_day), " – ", &date(&one.last_day)].concat();
    let is_own = one.from.id == me;
    let words = match is_own {
        true => [one.to.name.as_str(), " stands in for you"].concat(),
        false => ["You stand in for ", &one.from.name].concat(),
    };
    let end = Callback::new(move |()| shown.send(end_delegation(one.id.clone()), "Ended", failure, |()| ()));
    view! {
        <li class="flex flex-wrap items-center gap-x-2">
            <span>{words} <span class="text-muted num">{days}</span></span>
            {is_own.then(|| view! { <Button label="End" look=Look::Quiet on_press=end /> })}
        </li>
    }
}
