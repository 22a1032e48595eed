//! The header of a page: its title, the search, the state of the connection, the account.

use super::{account::AccountMenu, connection::ConnectionPill};
use crate::ui::components::search::SearchBox;
use leptos::prelude::*;
use leptos_meta::Title;

/// `children` stand between the search and the connection: the page's own buttons.
#[component]
pub fn PageHead(
    title: &'static str,
    #[prop(optional, into)] search: String,
    /// Other parts of the address that a search keeps.
    #[prop(optional)]
    kept: Vec<(&'static str, String)>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <Title text=title />
        <header class="page-head">
            <h1 class="page-title">{title}</h1>
            <div class="min-w-0 grow flex justify-center">
                <SearchBox value=search kept />
            </div>
            <div class="page-head-tools">{children.map(|children| children())} <ConnectionPill /> <AccountMenu /></div>
        </header>
    }
}
