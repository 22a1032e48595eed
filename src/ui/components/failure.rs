//! Something went wrong: what happened, and Try Again.

use crate::domain::error::AppError;
use crate::ui::icons::{self, icon};
use leptos::{either::Either, prelude::*, wasm_split::SplitLoaderError};

/// What stands where a page or pane could not be shown. `retry` asks again.
#[component]
pub fn Failure(#[prop(into)] message: String, retry: Callback<()>) -> impl IntoView {
    view! {
        <div class="empty" role="alert" data-testid="error-boundary">
            {icon(icons::WARN)} <p class="empty-title text-ink!">"Something went wrong"</p> <p>{message}</p>
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

/// Keeps a failure inside one part of the page. Try Again clears the errors, which builds the part anew.
#[component]
pub fn Guard(children: Children) -> impl IntoView {
    view! {
        <ErrorBoundary fallback=|errors| {
            let message = errors
                .with_untracked(|errors| errors.iter().next().map(|(_, error)| error.to_string()))
                .unwrap_or_default();
            let clear = errors.clone();
            view! { <Failure message retry=Callback::new(move |()| clear.set(Default::default())) /> }
        }>{children()}</ErrorBoundary>
    }
}
