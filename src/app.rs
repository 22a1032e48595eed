//! Shell, App, route table.

use crate::ui::{
    components::{
        failure::Guard,
        toast::{ToastRegion, Toasts},
    },
    layout::Frame,
    pages::{
        connections::ConnectionsRoute, invoices::InvoicesPage, not_found::NotFoundPage, review::ReviewRoute,
        setup::SetupPage, sign_in::SignInPage,
    },
    prefs::Prefs,
    state::{Edits, Live, provide_queries},
};
use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::{
    Lazy, LazyRoute, SsrMode,
    components::{ParentRoute, Redirect, Route, Router, Routes},
    path,
};

/// The document around the app, made on the server only. Theme, rail and number style stand on `<html>` before the
/// first paint; they come from the [`Prefs`] that the server provides as context.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let prefs = use_context::<Prefs>().unwrap_or_default();
    view! {
        <!DOCTYPE html>
        <html
            lang="en"
            data-theme=prefs.theme.as_str()
            data-rail=if prefs.rail_open { "open" } else { "closed" }
            data-numbers=prefs.numbers.as_str()
        >
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="description" content="Reads, checks and approves supplier invoices." />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link
                    rel="preload"
                    href="/fonts/inter-latin.woff2"
                    r#as="font"
                    r#type="font/woff2"
                    crossorigin="anonymous"
                />
                <HashedStylesheet id="style" options=options.clone() />
                <AutoReload options=options.clone() />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Loads the code of the pages that are files of their own, while the person looks at this one.
pub async fn load_other_pages() {
    ReviewRoute::preload().await;
}

/// Everything inside `<body>`.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_context(Prefs::current());
    provide_queries();
    let live = Live::provide();
    let toasts = Toasts::provide();
    Edits::provide(live, toasts);
    view! {
        <Title formatter=|title: String| if title.is_empty() { "AP Intake".to_owned() } else { title + " · AP Intake" } />
        <Router>
            <Guard>
                <Routes fallback=NotFoundPage>
                    <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
                    <Route path=path!("/setup") view=SetupPage ssr=SsrMode::Async />
                    <ParentRoute path=path!("") view=Frame ssr=SsrMode::Async>
                        <Route path=path!("") view=|| view! { <Redirect path="/invoices" /> } ssr=SsrMode::Async />
                        <Route path=path!("invoices") view=InvoicesPage ssr=SsrMode::Async />
                        <Route path=path!("invoices/:id") view={Lazy::<ReviewRoute>::new()} ssr=SsrMode::Async />
                        <Route
                            path=path!("system/connections")
                            view={Lazy::<ConnectionsRoute>::new()}
                            ssr=SsrMode::Async
                        />
                    </ParentRoute>
                </Routes>
            </Guard>
        </Router>
        <ToastRegion toasts />
    }
}
