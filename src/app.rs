//! App, route table.

use crate::ui::{
    components::{
        failure::Guard,
        toast::{ToastRegion, Toasts},
    },
    layout::{Frame, extras},
    pages::{
        connections::ConnectionsRoute,
        design::DesignPage,
        door::{SetupRoute, SignInRoute},
        invoices::InvoicesPage,
        not_found::NotFoundPage,
        review::ReviewRoute,
        settings::SettingsRoute,
    },
    prefs::Prefs,
    state::{Edits, Live, provide_queries},
};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    Lazy, LazyRoute, SsrMode,
    components::{ParentRoute, Redirect, Route, Router, Routes},
    path,
};

/// Loads the code that is in files of its own and likely to be needed, while the person looks at this page.
pub async fn load_the_rest() {
    extras::preload().await;
    ReviewRoute::preload().await;
}

const NAME: &str = "AP Intake";

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
        // A text of its own: until the page's part of the program is there, or where it does not come, a title stands.
        <Title text=NAME formatter=|title: String| if title == NAME { title } else { title + " · " + NAME } />
        <Router>
            <Guard>
                <Routes fallback=NotFoundPage>
                    <Route path=path!("/sign-in") view={Lazy::<SignInRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/setup") view={Lazy::<SetupRoute>::new()} ssr=SsrMode::Async />
                    <ParentRoute path=path!("") view=Frame ssr=SsrMode::Async>
                        <Route path=path!("") view=|| view! { <Redirect path="/invoices" /> } ssr=SsrMode::Async />
                        <Route path=path!("invoices") view=InvoicesPage ssr=SsrMode::Async />
                        <Route path=path!("invoices/:id") view={Lazy::<ReviewRoute>::new()} ssr=SsrMode::Async />
                        <Route path=path!("settings") view={Lazy::<SettingsRoute>::new()} ssr=SsrMode::Async />
                        <Route path=path!("design") view=DesignPage ssr=SsrMode::Async />
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
