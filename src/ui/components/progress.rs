//! How far a piece of work is, as a bar with a name; assistive technology hears it from the element itself.

use leptos::prelude::*;

/// `percent` 0 to 100; nothing while it is not known.
#[component]
pub fn Progress(#[prop(into)] name: String, #[prop(into)] percent: Signal<Option<u8>>) -> impl IntoView {
    view! {
        <progress
            class="bar"
            max="100"
            aria-label=name
            value=move || percent.get().map(|percent| percent.min(100).to_string())
        ></progress>
    }
}
