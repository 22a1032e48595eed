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
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
    // Browser tests wait for this before they touch the page.
    if let Some(root) = leptos::prelude::document().document_element() {
        _ = root.set_attribute("data-hydrated", "");
    }
}
