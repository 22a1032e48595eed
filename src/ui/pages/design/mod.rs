//! `/design`: every component in every state, for those who develop. A release has no such page.

#[cfg(debug_assertions)]
mod basics;
#[cfg(debug_assertions)]
mod document;
#[cfg(debug_assertions)]
mod fields;
#[cfg(debug_assertions)]
mod floats;
#[cfg(debug_assertions)]
mod forms;
#[cfg(debug_assertions)]
mod invoice;
#[cfg(debug_assertions)]
mod lists;
#[cfg(debug_assertions)]
mod page;
#[cfg(debug_assertions)]
mod people;
#[cfg(debug_assertions)]
mod rows;
#[cfg(debug_assertions)]
mod samples;
#[cfg(debug_assertions)]
mod talk;

#[cfg(debug_assertions)]
pub use page::DesignPage;

/// The address of a page that only development has.
#[cfg(not(debug_assertions))]
#[leptos::component]
pub fn DesignPage() -> impl leptos::IntoView {
    super::not_found::missing_page()
}
