//! A native `<dialog>`: the browser keeps focus inside, closes on Escape and gives focus back.

use super::{button::IconButton, focus};
use crate::ui::icons;
use crate::ui::reactive::effect;
use leptos::{html, prelude::*};

/// A dialog that shows while `open` is true. Its foot holds the buttons, last the one that does it. The focus begins at
/// what is marked `data-focus`.
#[component]
pub fn Dialog(
    open: RwSignal<bool>,
    title: &'static str,
    #[prop(optional)] wide: bool,
    /// For what stands side by side: as wide as the window allows.
    #[prop(optional)]
    full: bool,
    #[prop(optional, into)] testid: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    effect(move || {
        let Some(dialog) = node.get() else { return };
        if !open.get() {
            dialog.close();
        } else if !dialog.open() {
            // Refused only when the dialog left the page, and then nobody sees it anyway.
            _ = dialog.show_modal();
            focus::focus_first("dialog[open] [data-focus]");
        }
    });
    view! {
        <dialog
            node_ref=node
            class=match (wide, full) {
                (_, true) => "dialog dialog-full",
                (true, _) => "dialog dialog-wide",
                _ => "dialog",
            }
            aria-label=title
            data-testid=testid
            on:close=move |_| {
                open.set(false);
                focus::keep_on_page();
            }
        >
            <div class="dialog-head">
                <h2 class="dialog-title">{title}</h2>
                <IconButton label="Close" drawing=icons::CLOSE on_press=Callback::new(move |()| open.set(false)) />
            </div>
            {children()}
        </dialog>
    }
}
