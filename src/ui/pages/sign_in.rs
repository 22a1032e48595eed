//! Sign in. A plain form underneath, so it works without JavaScript too.

use crate::api::auth::{SignIn, SignInInfo, load_sign_in_info};
use crate::ui::components::{
    button::SubmitButton,
    field::{FormError, TextField},
    marks::{Note, Tone},
};
use crate::ui::icons;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{components::Redirect, hooks::use_query_map};

#[component]
pub fn SignInPage() -> impl IntoView {
    let info = Resource::new_blocking(|| (), |()| load_sign_in_info());
    let action = ServerAction::<SignIn>::new();
    let query = use_query_map();
    let next = move || query.with(|query| query.get("next")).unwrap_or_default();
    let failure = Signal::derive(move || {
        let answer = action.value().with(|answer| answer.as_ref().and_then(|answer| answer.as_ref().err().cloned()));
        // Without JavaScript the answer comes back in the address; what it says there is not repeated, only that it failed.
        let from_address = query.with(|query| query.get("__err").is_some() || query.get("failed").is_some());
        match answer {
            Some(error) => Some(error.to_string()),
            None if from_address => Some("E-mail or password is wrong".to_owned()),
            None => None,
        }
    });
    view! {
        <Title text="Sign in" />
        <main class="centre">
            <div class="sheet">
                <Welcome title="Sign in to AP Intake" />
                <ActionForm action=action>
                    <div class="grid gap-4">
                        <input type="hidden" name="next" value=next />
                        <FormError message=failure />
                        <TextField name="email" label="E-mail" kind="email" autocomplete="username" required=true autofocus=true />
                        <TextField
                            name="password"
                            label="Password"
                            kind="password"
                            autocomplete="current-password"
                            required=true
                        />
                        <SubmitButton label="Sign in" pending=action.pending() />
                    </div>
                </ActionForm>
                <Suspense>
                    {move || {
                        info.get()
                            .and_then(Result::ok)
                            .map(|info: SignInInfo| {
                                view! {
                                    {info.needs_setup.then(|| view! { <Redirect path="/setup" /> })}
                                    {demo_users(info)}
                                }
                            })
                    }}
                </Suspense>
            </div>
        </main>
    }
}

/// The mark and a title, above the forms that stand alone.
#[component]
pub fn Welcome(title: &'static str) -> impl IntoView {
    view! {
        <div class="grid gap-3">
            <img class="size-9" src="/favicon.svg" alt="" width="36" height="36" />
            <h1 class="text-xl font-semibold">{title}</h1>
        </div>
    }
}

fn demo_users(info: SignInInfo) -> Option<impl IntoView> {
    let password = info.demo_password?;
    let users = info
        .demo_users
        .into_iter()
        .map(|(email, role)| {
            view! {
                <tr>
                    <td class="mono">{email}</td>
                    <td class="text-muted">{role}</td>
                </tr>
            }
        })
        .collect_view();
    Some(view! {
        <Note tone=Tone::Info drawing=icons::INFO>
            <p class="font-medium">"This is a demo"</p>
            <table class="my-1 text-sm demo-users">
                <caption class="sr-only">"Demo users"</caption>
                <tbody>{users}</tbody>
            </table>
            <p class="text-sm text-muted">"Password of each: " <span class="mono text-ink">{password}</span></p>
        </Note>
    })
}
