//! The account menu: who is signed in, the theme, sign out.

use super::Session;
use crate::api::auth::{SignOut, SignedIn};
use crate::domain::roles::{Right, Role};
use crate::ui::components::avatar::avatar;
use crate::ui::icons::{self, icon};
use crate::ui::markup::{Settled, dynamic, el};
use crate::ui::prefs::{Prefs, Theme, choose_contrast, choose_single_keys, choose_theme};
use leptos::{prelude::*, server_fn::ServerFn};

const MENU_ID: &str = "account-menu";

#[component]
pub fn AccountMenu() -> impl IntoView {
    let session = use_context::<Session>();
    view! {
        <Suspense fallback=|| {
            el("span").class("avatar skeleton").attr("data-testid", "skeleton")
        }>{dynamic(move || session.and_then(Session::person).map(|person| Settled::new(|| menu(person).into_any())))}</Suspense>
    }
}

fn menu(person: SignedIn) -> impl IntoView {
    let prefs = use_context::<Prefs>().unwrap_or_default();
    let is_admin = person.rights.contains(&Right::Admin);
    let account = [person.email.as_str(), " · ", role_word(person.role)].concat();
    let who = el("div")
        .class("px-2 py-1.5")
        .child(el("div").class("font-medium").text(person.name.clone()))
        .child(el("div").class("text-sm text-muted").text(account));
    view! {
        <button
            type="button"
            class="btn btn-quiet px-1! gap-1!"
            popovertarget=MENU_ID
        >
            <span class="sr-only">"Account of "</span>
            {avatar(&person.name)}
            {icon(icons::DOWN)}
        </button>
        <div id=MENU_ID class="menu menu-account" popover="auto">
            {who}
            <div class="menu-rule"></div>
            <ThemeChoice />
            {switch("More contrast", prefs.high_contrast, choose_contrast)}
            {switch("Keys without Ctrl, such as / and ?", !prefs.single_keys_off, choose_single_keys)}
            <div class="menu-rule"></div>
            {is_admin.then(|| {
                view! {
                    <a class="menu-item" href="/system/connections">
                        {icon(icons::PANEL)}
                        "Connections"
                    </a>
                }
            })}
            <form method="post" action=SignOut::url()>
                <button type="submit" class="menu-item">
                    {icon(icons::SIGN_OUT)}
                    "Sign out"
                </button>
            </form>
        </div>
    }
}

pub fn role_word(role: Role) -> &'static str {
    match role {
        Role::Clerk => "Clerk",
        Role::Reviewer => "Reviewer",
        Role::Admin => "Admin",
        Role::Auditor => "Auditor",
    }
}

/// Something a person has on or off.
fn switch(name: &'static str, on: bool, choose: fn(bool)) -> impl IntoView {
    view! {
        <label class="menu-item">
            <input type="checkbox" checked=on on:change:target=move |event| choose(event.target().checked()) />
            {name}
        </label>
    }
}

#[component]
fn ThemeChoice() -> impl IntoView {
    let theme = RwSignal::new(use_context::<Prefs>().unwrap_or_default().theme);
    let buttons = Theme::ALL
        .into_iter()
        .map(|choice| {
            let drawing = match choice {
                Theme::System => icons::SYSTEM,
                Theme::Light => icons::SUN,
                Theme::Dark => icons::MOON,
            };
            view! {
                <button
                    type="button"
                    aria-pressed=move || (theme.get() == choice).to_string()
                    on:click=move |_| {
                        theme.set(choice);
                        choose_theme(choice);
                    }
                >
                    {icon(drawing)}
                    {choice.label()}
                </button>
            }
        })
        .collect_view();
    view! {
        <div class="px-1 py-1">
            <div class="segments" role="group" aria-label="Theme">
                {buttons}
            </div>
        </div>
    }
}
