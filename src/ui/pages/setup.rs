//! The first start: create the admin.

use super::sign_in::Welcome;
use crate::api::auth::{SetupAdmin, load_sign_in_info};
use crate::ui::components::{
    button::SubmitButton,
    field::{FormError, TextField},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;

#[component]
pub fn SetupPage() -> impl IntoView {
    let info = Resource::new_blocking(|| (), |()| load_sign_in_info());
    let action = ServerAction::<SetupAdmin>::new();
    let failure = Signal::derive(move || {
        action.value().with(|answer| answer.as_ref().and_then(|answer| answer.as_ref().err().map(ToString::to_string)))
    });
    view! {
        <Title text="Set up" />
        <main class="centre">
            <div class="sheet">
                <Welcome title="Set up AP Intake" />
                <p class="text-muted -mt-2">"Create the first account. It is an admin."</p>
                <ActionForm action=action>
                    <div class="grid gap-4">
                        <FormError message=failure />
                        <TextField name="name" label="Name" autocomplete="name" required=true autofocus=true />
                        <TextField name="email" label="E-mail" kind="email" autocomplete="username" required=true />
                        <TextField
                            name="password"
                            label="Password"
                            kind="password"
                            autocomplete="new-password"
                            minlength="12"
                            hint="At least 12 characters. A few words are easy to keep in mind and hard to guess."
                            required=true
                        />
                        <SubmitButton label="Create account" pending=action.pending() />
                    </div>
                </ActionForm>
                <p class="hint">
                    "Everybody else is added under Settings, or on the server by command (roles: clerk, reviewer, admin, auditor):"
                    <span class="mono block mt-1">"ap-intake user add E-MAIL --role clerk"</span>
                </p>
                <Suspense>
                    {move || {
                        info.get()
                            .and_then(Result::ok)
                            .filter(|info| !info.needs_setup)
                            .map(|_| view! { <Redirect path="/sign-in" /> })
                    }}
                </Suspense>
            </div>
        </main>
    }
}
