//! A person as two letters; the whole name is said aloud.

use crate::ui::format::initials;
use leptos::prelude::*;

pub fn avatar(name: &str) -> impl IntoView + use<> {
    view! {
        <span class="avatar" title=name.to_owned()>
            <span aria-hidden="true">{initials(name)}</span>
            <span class="sr-only">{name.to_owned()}</span>
        </span>
    }
}
