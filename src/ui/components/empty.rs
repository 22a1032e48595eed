//! Nothing here, and what to do about it.

use crate::ui::icons::{Icon, icon};
use leptos::prelude::*;

#[component]
pub fn Empty(
    drawing: Icon,
    title: &'static str,
    hint: &'static str,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            {icon(drawing)} <p class="empty-title text-ink!">{title}</p> <p>{hint}</p>
            {children.map(|children| children())}
        </div>
    }
}
