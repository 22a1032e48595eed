//! `/design` in a release: the address of a page that only development has.

#[leptos::component]
pub fn DesignPage() -> impl leptos::IntoView {
    super::not_found::missing_page()
}
