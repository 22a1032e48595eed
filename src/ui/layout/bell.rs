//! The bell in the header: how much is unread, who said what on which invoice, and the way there.

use super::extras::Extras;
use crate::api::ApiError;
use crate::domain::{
    error::AppError,
    notification::{Notification, NotificationKind, Notifications},
};
use crate::ui::components::{failure::refused, skeleton, when::when};
use crate::ui::icons::{self, icon};
use crate::ui::markup::dynamic;
use crate::ui::state::Bell;
use leptos::{prelude::*, wasm_bindgen::JsCast};
use leptos_router::{NavigateOptions, hooks::use_navigate};

const MENU_ID: &str = "bell-menu";
/// A higher number has no room in the badge.
const MOST_COUNTED: i64 = 99;

/// Leads to the thread that a notification is about.
pub fn opener() -> impl Fn(&Notification) + Send + Sync + 'static {
    let navigate = use_navigate();
    move |about| navigate(&href(about), NavigateOptions::default())
}

fn href(about: &Notification) -> String {
    let place = if about.kind == NotificationKind::Mention { "#comments" } else { "" };
    ["/invoices/", &about.invoice_id.to_string(), place].concat()
}

#[component]
pub fn BellMenu() -> impl IntoView {
    let bell = use_context::<Bell>()?;
    let unread = Memo::new(move |_| bell.unread());
    let extras = use_context::<Extras>()?;
    Some(view! {
        {button(MENU_ID, unread, Callback::new(move |()| extras.load()))}
        <div id=MENU_ID class="menu menu-account menu-bell" popover="auto" role="dialog" aria-label="Notifications">
            <div class="menu-bell-head">
                <h2>"Notifications"</h2>
                <button
                    type="button"
                    class="btn btn-quiet btn-sm"
                    // Not `disabled`: it would lose the focus with the press that empties the list.
                    aria-disabled=move || (unread.get() == 0).then_some("true")
                    on:click=move |_| {
                        if unread.get_untracked() > 0 {
                            bell.mark_read(None);
                        }
                    }
                >
                    {icon(icons::CHECKS)}
                    "Mark all read"
                </button>
            </div>
            {dynamic(move || extras.bell(bell).unwrap_or_else(waiting))}
        </div>
    })
}

/// The bell with how much is unread. It opens `menu`.
pub fn button(menu: &'static str, unread: Memo<i64>, pressed: Callback<()>) -> impl IntoView {
    let counted = move || match unread.get() {
        ..=0 => None,
        count if count > MOST_COUNTED => Some([&MOST_COUNTED.to_string(), "+"].concat()),
        count => Some(count.to_string()),
    };
    let name = move || match counted() {
        None => "Notifications".to_owned(),
        Some(count) => ["Notifications, ", &count, " unread"].concat(),
    };
    let badge = move || counted().map(|count| view! { <span class="bell-count num">{count}</span> });
    view! {
        <button
            type="button"
            class="btn btn-quiet btn-icon bell"
            popovertarget=menu
            aria-label=name
            title="Notifications"
            data-testid="bell"
            on:click=move |_| pressed.run(())
        >
            {icon(icons::BELL)}
            {badge}
        </button>
    }
}

fn waiting() -> AnyView {
    skeleton::line("w-40 m-3").into_any()
}

/// What is in the menu.
pub fn view(bell: Bell) -> AnyView {
    let shown = Memo::new(move |_| bell.loaded.with(shown));
    dynamic(move || match shown.get() {
        Shown::Nothing => waiting(),
        Shown::Failed(error) => refused(&error, Callback::new(move |()| bell.load())).into_any(),
        Shown::Empty => empty().into_any(),
        Shown::List => entries(bell).into_any(),
    })
    .into_any()
}

/// Which of its forms the menu has. The list is built anew only when this changes, so that what comes takes the focus
/// from nothing.
#[derive(Clone, PartialEq)]
enum Shown {
    Nothing,
    Failed(AppError),
    Empty,
    List,
}

fn shown(loaded: &Option<Result<Notifications, ApiError>>) -> Shown {
    match loaded {
        None => Shown::Nothing,
        Some(Err(error)) => Shown::Failed(error.0.clone()),
        Some(Ok(found)) if found.notifications.is_empty() => Shown::Empty,
        Some(Ok(_)) => Shown::List,
    }
}

fn empty() -> impl IntoView {
    view! {
        <div class="empty">
            {icon(icons::BELL)} <p>"Nothing yet. You are told here when somebody mentions you in a comment, or gives you an invoice."</p>
        </div>
    }
}

fn entries(bell: Bell) -> impl IntoView {
    let rows = move || {
        bell.loaded.with(|loaded| match loaded {
            Some(Ok(found)) => found.notifications.clone(),
            _ => Vec::new(),
        })
    };
    view! {
        <ul class="menu-bell-rows">
            <For each=rows key=|one| (one.id.clone(), one.read) let:one>
                {entry(bell, one)}
            </For>
        </ul>
    }
}

fn entry(bell: Bell, one: Notification) -> impl IntoView {
    let (to, about) = (href(&one), one.clone());
    let is_unread = !one.read;
    let did = match one.kind {
        NotificationKind::Mention => " mentioned you on ",
        NotificationKind::Assigned => " gave you ",
    };
    let open = move |_| {
        close();
        bell.opened(&about);
    };
    view! {
        <li>
            <a class="notice" href=to data-unread=is_unread.then_some("") data-testid="notice" on:click=open>
                <span>
                    {is_unread.then(|| view! { <span class="sr-only">"Unread: "</span> })}
                    <span class="font-medium">{one.actor}</span>
                    {did}
                    <span class="font-medium">{one.invoice_title}</span>
                </span>
                {(!one.text.is_empty()).then(|| view! { <span class="notice-text">{one.text}</span> })}
                <span class="hint">{when(one.at)}</span>
            </a>
        </li>
    }
}

/// A link that is followed leaves the menu open by itself.
fn close() {
    let menu = document().get_element_by_id(MENU_ID);
    if let Some(menu) = menu.and_then(|menu| menu.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Refused only where it was closed before.
        _ = menu.hide_popover();
    }
}
