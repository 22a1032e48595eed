//! AP Intake: reads supplier invoices, checks them, and lets people approve or reject them together, live.
//!
//! The module tree is the wall between what runs in the browser and what does not: everything above the line
//! compiles for both, everything below it only with the feature `ssr`. See ARCHITECTURE.md for the allowed edges.

// Views nest as types, deeper than the compiler's default allows.
#![recursion_limit = "256"]

pub mod api;
pub mod app;
pub mod domain;
pub mod ui;

#[cfg(feature = "ssr")]
pub mod adapters;
#[cfg(feature = "ssr")]
pub mod db;
#[cfg(feature = "ssr")]
pub mod pipeline;
#[cfg(feature = "ssr")]
pub mod realtime;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod services;

/// Takes over the page that the server rendered. Called by the script tag the server put there.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    use leptos::{mount::hydrate_from_async, prelude::document, wasm_bindgen::JsCast};
    ui::crash::watch(console_error_panic_hook::hook);
    wasm_bindgen_futures::spawn_local(async {
        let (Some(root), Some(body)) = (document().document_element(), document().body()) else { return };
        // Waits for the part of the program that the page in the address needs.
        hydrate_from_async(body.unchecked_into(), app::App).await.forget();
        ui::reactive::page_is_taken_over();
        // Browser tests wait for this before they touch the page.
        _ = root.set_attribute("data-hydrated", "");
        leptos::prelude::request_idle_callback(|| leptos::task::spawn_local(app::load_the_rest()));
    });
}
