//! Sign in. A plain form underneath, so it works without JavaScript too.

use crate::api::auth::{SignIn, SignInInfo, load_sign_in_info};
use crate::ui::components::{
    button::SubmitButton,
    field::{FormError, TextField},
};
use leptos::{prelude::*, wasm_bindgen::JsCast};
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

/// Each fills the form; without JavaScript what is to be typed can be read.
fn demo_users(info: SignInInfo) -> Option<impl IntoView> {
    let password = info.demo_password?;
    let users = info
        .demo_users
        .into_iter()
        .map(|(email, role)| {
            let (fill_email, fill_password) = (email.clone(), password.clone());
            let fill = move |_| {
                type_into("email", &fill_email);
                type_into("password", &fill_password);
            };
            view! {
                <button type="button" class="btn demo-user" on:click=fill>
                    <span class="capitalize">{role}</span>
                    <span class="mono text-muted">{email}</span>
                </button>
            }
        })
        .collect_view();
    Some(view! {
        <section class="grid gap-2" aria-labelledby="demo-title">
            <h2 id="demo-title" class="font-medium">
                "This is a demo: sign in as"
            </h2>
            {users}
            <p class="hint">"Password of each: " <span class="mono">{password}</span></p>
        </section>
    })
}

/// Browser only.
fn type_into(id: &str, text: &str) {
    let input = document().get_element_by_id(id).and_then(|found| found.dyn_into::<web_sys::HtmlInputElement>().ok());
    if let Some(input) = input {
        input.set_value(text);
        // Refused only by what left the page. The last one filled has Enter send the form.
        _ = input.focus();
    }
}
