//! The rail: where one can go. Only places that exist.

use super::Session;
use crate::domain::roles::Right;
use crate::ui::icons::{self, Icon, icon_large};
use crate::ui::prefs::{Prefs, choose_rail};
use leptos::prelude::*;
use leptos_router::components::A;

struct Destination {
    href: &'static str,
    word: &'static str,
    drawing: Icon,
}

const INVOICES: Destination = Destination { href: "/invoices", word: "Invoices", drawing: icons::INVOICES };
/// For those who have something to set there.
const SETTINGS: Destination = Destination { href: "/settings", word: "Settings", drawing: icons::SETTINGS };

#[component]
pub fn Rail() -> impl IntoView {
    let open = RwSignal::new(use_context::<Prefs>().unwrap_or_default().rail_open);
    let toggle = move |_| {
        open.update(|open| *open = !*open);
        choose_rail(open.get_untracked());
    };
    let session = use_context::<Session>();
    let settings = move || {
        let may = session.is_some_and(|session| session.may(Right::Approve) || session.may(Right::Admin));
        may.then(|| link(&SETTINGS))
    };
    view! {
        <nav class="rail" aria-label="Main">
            <a class="rail-brand" href="/invoices" aria-label="AP Intake, all invoices">
                <img class="brand-mark" src="/favicon.svg" alt="" width="24" height="24" />
                <span class="rail-word">"AP Intake"</span>
            </a>
            {link(&INVOICES)}
            <Suspense>{settings}</Suspense>
            <button
                type="button"
                class="rail-item rail-toggle mt-auto"
                aria-expanded=move || open.get().to_string()
                aria-label=move || if open.get() { "Show less" } else { "Show names" }
                on:click=toggle
            >
                {icon_large(icons::PANEL)}
                <span class="rail-word" aria-hidden="true">
                    "Show less"
                </span>
            </button>
        </nav>
    }
}

fn link(place: &'static Destination) -> impl IntoView {
    view! {
        <A href=place.href attr:class="rail-item tip tip-right" attr:data-tip=place.word>
            {icon_large(place.drawing)}
            <span class="rail-word" aria-hidden="true">
                {place.word}
            </span>
            <span class="sr-only rail-name">{place.word}</span>
        </A>
    }
}
