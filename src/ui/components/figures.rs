//! A line of figures: number first, its name after it.

use leptos::prelude::*;

pub fn figure(value: impl Into<String>, name: &'static str) -> impl IntoView {
    let value: String = value.into();
    view! {
        <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
        </div>
    }
}
