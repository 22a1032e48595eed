//! The people: who they are, what they may do, and up to which amount.

use super::{Shown, form_of, shown_amount};
use crate::api::settings::{add_member, change_member, set_member_disabled};
use crate::domain::{
    approval::{Member, NewMember},
    roles::Role,
};
use crate::ui::components::{
    button::{Button, Look},
    dialog::Dialog,
    field::{FormError, TextField},
    marks::{Tone, badge},
};
use crate::ui::icons;
use crate::ui::layout::account::role_word;
use crate::ui::reactive::effect;
use leptos::prelude::*;

pub fn section(shown: Shown) -> impl IntoView {
    let members = Memo::new(move |_| shown.settings.with(|settings| settings.members.clone().unwrap_or_default()));
    let currency = Memo::new(move |_| shown.settings.with(|settings| settings.rules.currency.clone()));
    let adding = RwSignal::new(false);
    let changing = RwSignal::new(false);
    let changed = RwSignal::new(None::<Member>);
    let change = Callback::new(move |member| {
        changed.set(Some(member));
        changing.set(true);
    });
    view! {
        <section aria-labelledby="people-title">
            <div class="flex items-center justify-between gap-2 mb-2">
                <h2 id="people-title" class="dialog-title">
                    "People"
                </h2>
                <Button label="Add person…" testid="add-person" on_press=Callback::new(move |()| adding.set(true)) />
            </div>
            <div class="table-wrap overflow-x-auto">
                <table class="table" data-testid="members-table">
                    <thead>
                        <tr>
                            <th scope="col">"Person"</th>
                            <th scope="col" class="max-sm:hidden">
                                "Role"
                            </th>
                            <th scope="col" class="end max-sm:px-1!">
                                "Approves up to"
                            </th>
                            <th scope="col">
                                <span class="sr-only">"What can be done"</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        <For
                            each=move || {
                                let currency = currency.get();
                                members.get().into_iter().map(move |member| (member, currency.clone()))
                            }
                            key=|row| row.clone()
                            children=move |(member, currency)| row(member, &currency, change)
                        />
                    </tbody>
                </table>
            </div>
        </section>
        <AddDialog shown open=adding currency />
        <Dialog open=changing title="Change person" testid="change-person-dialog">
            {move || changed.get().map(|member| change_form(shown, changing, member, &currency.get_untracked()))}
        </Dialog>
    }
}

fn row(member: Member, currency: &str, change: Callback<Member>) -> impl IntoView + use<> {
    let limit = match (&member.approval_limit, member.role) {
        (_, Role::Clerk | Role::Auditor) => "–".to_owned(),
        (None, _) => "any amount".to_owned(),
        (Some(limit), _) => [shown_amount(Some(limit)).as_str(), " ", currency].concat(),
    };
    let (name, email) = (member.name.clone(), member.email.clone());
    let label = ["Change ", &member.name].concat();
    let disabled = member.disabled.then(|| badge(Tone::Neutral, icons::CANCELLED, "Disabled"));
    let role = role_word(member.role);
    view! {
        <tr data-testid="member-row">
            <td class="whitespace-normal! wrap-anywhere min-w-38 py-1.5! max-sm:pr-0!">
                <div class="flex flex-wrap items-center gap-x-2">{name} {disabled}</div>
                <div class="text-sm max-sm:text-xs text-muted">{email}</div>
                // Where there is no room for a column of it.
                <div class="text-sm text-muted sm:hidden">{role}</div>
            </td>
            <td class="max-sm:hidden">{role}</td>
            <td class="end num max-sm:px-1!">{limit}</td>
            <td class="text-right max-sm:pl-0!">
                <button type="button" class="btn btn-quiet px-2!" aria-label=label on:click=move |_| change.run(member.clone())>
                    "Change…"
                </button>
            </td>
        </tr>
    }
}

fn change_form(shown: Shown, open: RwSignal<bool>, member: Member, currency: &str) -> impl IntoView + use<> {
    let failure = RwSignal::new(None);
    let (id, role, disabled) = (member.id, member.role, member.disabled);
    let close = move |()| open.set(false);
    let save = move |event| {
        let typed = form_of(&event);
        let role = typed("role").parse().unwrap_or(role);
        shown.send(change_member(id, role, typed("limit")), "Saved", failure, close);
    };
    let switch = Callback::new(move |()| {
        let done = if disabled { "Can sign in again" } else { "Can not sign in any more" };
        shown.send(set_member_disabled(id, !disabled), done, failure, close);
    });
    let (label, look) = if disabled { ("Enable", Look::Plain) } else { ("Disable", Look::Danger) };
    let limit = shown_amount(member.approval_limit.as_deref());
    view! {
        <form on:submit=save>
            <div class="dialog-body">
                <FormError message=failure />
                <p>{member.name} <span class="text-muted">" · " {member.email}</span></p>
                {role_field("role", role)}
                {limit_field("limit", limit, currency)}
            </div>
            <div class="dialog-foot">
                <span class="mr-auto">
                    <Button label look on_press=switch />
                </span>
                <Button label="Cancel" on_press=Callback::new(close) />
                <button type="submit" class="btn btn-primary">
                    "Save"
                </button>
            </div>
        </form>
    }
}

#[component]
fn AddDialog(shown: Shown, open: RwSignal<bool>, currency: Memo<String>) -> impl IntoView {
    let failure = RwSignal::new(None);
    // Name and made-up password of who was just added: the only time it is seen.
    let made = RwSignal::new(None::<(String, String)>);
    effect(move || {
        if open.get() {
            made.set(None);
            failure.set(None);
        }
    });
    let add = move |event| {
        let typed = form_of(&event);
        let name = typed("name");
        let new = NewMember {
            name: name.clone(),
            email: typed("email"),
            role: typed("new_role").parse().unwrap_or(Role::Clerk),
            approval_limit: typed("new_limit"),
            password: typed("password"),
        };
        shown.send(add_member(new), "Added", failure, move |password| match password {
            Some(password) => made.set(Some((name, password))),
            None => open.set(false),
        });
    };
    view! {
        <Dialog open title="Add person" testid="add-person-dialog">
            {move || match made.get() {
                Some((name, password)) => password_once(open, name, password).into_any(),
                None => {
                    view! {
                        <form on:submit=add>
                            <div class="dialog-body">
                                <FormError message=failure />
                                <TextField name="name" label="Name" required=true />
                                <TextField name="email" label="E-mail" kind="email" autocomplete="off" required=true />
                                {role_field("new_role", Role::Clerk)}
                                {limit_field("new_limit", String::new(), &currency.get())}
                                <TextField
                                    name="password"
                                    label="Password"
                                    kind="password"
                                    autocomplete="new-password"
                                    minlength="12"
                                    hint="Left empty, one is made up and shown once."
                                />
                            </div>
                            <div class="dialog-foot">
                                <Button label="Cancel" on_press=Callback::new(move |()| open.set(false)) />
                                <button type="submit" class="btn btn-primary">
                                    "Add"
                                </button>
                            </div>
                        </form>
                    }
                        .into_any()
                }
            }}
        </Dialog>
    }
}

fn password_once(open: RwSignal<bool>, name: String, password: String) -> impl IntoView {
    view! {
        <div class="dialog-body" role="status">
            <p>{[name.as_str(), " can sign in with this password. It is shown only now."].concat()}</p>
            <p class="mono wrap-anywhere" data-testid="made-up-password">
                {password}
            </p>
        </div>
        <div class="dialog-foot">
            <Button label="Done" look=Look::Primary on_press=Callback::new(move |()| open.set(false)) />
        </div>
    }
}

fn role_field(name: &'static str, chosen: Role) -> impl IntoView {
    let options = Role::ALL
        .into_iter()
        .map(|role| view! { <option value=role.as_str() selected=role == chosen>{role_word(role)}</option> })
        .collect_view();
    view! {
        <div class="form-row">
            <label for=name>"Role"</label>
            <select class="input input-lg" id=name name=name data-focus>
                {options}
            </select>
        </div>
    }
}

fn limit_field(name: &'static str, value: String, currency: &str) -> impl IntoView + use<> {
    let label = ["Approves up to (", currency, ")"].concat();
    let hint = [name, "-hint"].concat();
    view! {
        <div class="form-row">
            <label for=name>{label}</label>
            <input
                class="input input-lg num"
                id=name
                name=name
                inputmode="decimal"
                autocomplete="off"
                value=value
                aria-describedby=hint.clone()
            />
            <p class="hint" id=hint>
                "The gross total of one invoice. Left empty: any amount. Only reviewers and admins approve."
            </p>
        </div>
    }
}
