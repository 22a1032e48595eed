//! The header of a page: its title, the search, the state of the connection, the bell, the account.

use super::{account::AccountMenu, bell::BellMenu, connection::ConnectionPill};
use crate::ui::components::search::{Search, SearchBox};
use leptos::prelude::*;
use leptos_meta::Title;

/// `children` stand between the search and the connection: the page's own buttons.
#[component]
pub fn PageHead(title: &'static str, search: Search, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    view! {
        <Title text=title />
        <header class="page-head">
            <h1 class="page-title">{title}</h1>
            <div class="page-head-search">
                <SearchBox search />
            </div>
            <div class="page-head-tools">
                {children.map(|children| children())} <ConnectionPill /> <BellMenu /> <AccountMenu />
            </div>
        </header>
    }
}
