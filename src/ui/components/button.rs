//! Buttons. Each has a word; those that show only an icon carry it as their name and tip.

use crate::ui::icons::{self, Icon, icon, icon_turning};
use crate::ui::markup::{dynamic, el};
use leptos::prelude::*;

/// How much a button asks to be pressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// The one thing to do here.
    Primary,
    #[default]
    Plain,
    /// Beside others, without a border.
    Quiet,
    /// Rejects, cancels, removes.
    Danger,
}

impl Look {
    pub fn class(self) -> &'static str {
        match self {
            Look::Primary => "btn btn-primary",
            Look::Plain => "btn",
            Look::Quiet => "btn btn-quiet",
            Look::Danger => "btn btn-danger",
        }
    }
}

/// A button with a word and, if given, an icon before it and its keys after it.
#[component]
pub fn Button(
    label: &'static str,
    on_press: Callback<()>,
    #[prop(optional)] look: Look,
    #[prop(optional, into)] icon_before: Option<Icon>,
    /// As a person reads them: `⌃↵`.
    #[prop(optional, into)]
    keys: Option<&'static str>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] testid: Option<&'static str>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class=look.class()
            disabled=move || disabled.get()
            data-testid=testid
            on:click=move |_| on_press.run(())
        >
            {icon_before.map(icon)}
            {label}
            {keys.map(|keys| el("span").class("opacity-70 text-xs").attr("aria-hidden", "true").text(keys))}
        </button>
    }
}

/// A button that shows only an icon; `label` is its name and its tip.
#[component]
pub fn IconButton(
    label: &'static str,
    drawing: Icon,
    on_press: Callback<()>,
    #[prop(optional, into)] disabled: Signal<bool>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="btn btn-quiet btn-icon"
            aria-label=label
            title=label
            disabled=move || disabled.get()
            on:click=move |_| on_press.run(())
        >
            {icon(drawing)}
        </button>
    }
}

/// Sends the form it stands in; turns an icon while `pending`.
#[component]
pub fn SubmitButton(label: &'static str, #[prop(into)] pending: Signal<bool>) -> impl IntoView {
    view! {
        <button type="submit" class="btn btn-primary h-10 w-full" aria-disabled=move || pending.get().then_some("true")>
            {dynamic(move || pending.get().then(|| icon_turning(icons::SPINNER)))}
            {label}
        </button>
    }
}
