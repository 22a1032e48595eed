//! Something went wrong: what happened, and Try Again.

use crate::domain::error::AppError;
use crate::ui::crash;
use crate::ui::icons::{self, icon};
use crate::ui::markup::el;
use crate::ui::reactive::effect;
use leptos::{either::Either, prelude::*, wasm_split::SplitLoaderError};

/// What stands where a page or pane could not be shown. `retry` asks again; `reported` is the id by which the server's
/// log has it.
#[component]
pub fn Failure(
    #[prop(into)] message: String,
    #[prop(optional)] reported: Option<RwSignal<Option<String>>>,
    retry: Callback<()>,
) -> impl IntoView {
    let id = move || reported.and_then(|reported| reported.get());
    view! {
        <div class="empty" role="alert" data-testid="error-boundary">
            {icon(icons::WARN)} <p class="empty-title text-ink!">"Something went wrong"</p> <p>{message}</p>
            {move || id().map(|id| el("p").class("hint").text(["Tell support: ", &id].concat()))}
            <button type="button" class="btn mt-2" on:click=move |_| retry.run(())>
                {icon(icons::RETRY)}
                "Try Again"
            </button>
        </div>
    }
}

/// The same for an answer of the server. Nobody signed in: a way to sign in instead.
pub fn refused(error: &AppError, retry: Callback<()>) -> impl IntoView + use<> {
    if matches!(error, AppError::Unauthenticated) {
        return Either::Left(view! {
            <div class="empty">
                <p class="empty-title text-ink!">"You are signed out"</p>
                <p>"Sign in to go on where you were."</p>
                <a class="btn btn-primary mt-2" href="/sign-in" rel="external">
                    "Sign in"
                </a>
            </div>
        });
    }
    if let AppError::Reported { request_id } = error {
        let id = request_id.clone();
        effect(move || crash::note_failed(id.clone()));
    }
    Either::Right(view! { <Failure message=error.to_string() retry /> })
}

/// For a page whose own code did not come.
pub fn part_missing(part: &str, error: &SplitLoaderError) -> AnyView {
    leptos::logging::warn!("{part}: {error}");
    let reload = Callback::new(|()| _ = window().location().reload());
    view! { <Failure message="This page could not be loaded: the server is not reached" retry=reload /> }.into_any()
}

/// What was loaded before still stands, but could not be loaded again. Small, to float over it.
pub fn not_refreshed(error: &AppError, retry: Callback<()>) -> impl IntoView + use<> {
    view! {
        <div class="newer-note tone-bad" role="alert" data-testid="not-refreshed" title=error.to_string()>
            {icon(icons::WARN)} <span>"Could not refresh"</span>
            <button type="button" class="btn btn-sm" on:click=move |_| retry.run(())>
                {icon(icons::RETRY)}
                "Try Again"
            </button>
        </div>
    }
}

/// Keeps a failure inside one part of the page, and reports it. Try Again clears the errors, which builds the part anew.
#[component]
pub fn Guard(children: Children) -> impl IntoView {
    view! {
        <ErrorBoundary fallback=|errors| {
            let message = errors
                .with_untracked(|errors| errors.iter().next().map(|(_, error)| error.to_string()))
                .unwrap_or_default();
            let clear = errors.clone();
            let reported = RwSignal::new(None);
            let told = message.clone();
            effect(move || reported.set(crash::report(told.clone())));
            view! { <Failure message reported retry=Callback::new(move |()| clear.set(Default::default())) /> }
        }>{children()}</ErrorBoundary>
    }
}
