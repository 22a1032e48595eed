//! The divider between document and values: dragged, or moved with the arrow keys. Where it was left is remembered.

use crate::ui::reactive::effect;
use leptos::{ev, html, prelude::*, wasm_bindgen::JsCast};

/// Where the width is kept, in pixels.
const STORED: &str = "ap-intake-values-width";
const NARROWEST: i32 = 384;
const WIDEST: i32 = 880;
const USUAL: i32 = 480;
/// One press of an arrow key.
const STEP: i32 = 24;

#[component]
pub fn Divider() -> impl IntoView {
    let width = RwSignal::new(USUAL);
    let dragged = RwSignal::new(false);
    let node = NodeRef::<html::Div>::new();
    effect(move || {
        if let Some(kept) = kept() {
            width.set(kept);
        }
    });
    effect(move || {
        let page = node.get().and_then(|node| node.parent_element());
        if let Some(page) = page.and_then(|page| page.dyn_into::<web_sys::HtmlElement>().ok()) {
            let pixels = [width.get().to_string().as_str(), "px"].concat();
            _ = page.style().set_property("--fields-width", &pixels);
        }
    });
    let place = move |pixels: i32| width.set(pixels.clamp(NARROWEST, WIDEST));
    let keep = move || {
        if let Ok(Some(storage)) = window().local_storage() {
            _ = storage.set_item(STORED, &width.get_untracked().to_string());
        }
    };
    let press = move |event: ev::KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        match event.key().as_str() {
            "ArrowLeft" => place(width.get_untracked() + STEP),
            "ArrowRight" => place(width.get_untracked() - STEP),
            "Home" => place(WIDEST),
            "End" => place(NARROWEST),
            _ => return,
        }
        event.prevent_default();
        keep();
    };
    view! {
        <div
            node_ref=node
            class="divider"
            role="separator"
            tabindex="0"
            aria-label="Width of the values"
            aria-orientation="vertical"
            aria-valuemin=NARROWEST.to_string()
            aria-valuemax=WIDEST.to_string()
            aria-valuenow=move || width.get().to_string()
            on:keydown=press
            on:pointerdown=move |event| {
                event.prevent_default();
                if let Some(node) = node.get_untracked() {
                    _ = node.set_pointer_capture(event.pointer_id());
                    _ = node.focus();
                }
                dragged.set(true);
            }
            on:pointermove=move |event| {
                if dragged.get_untracked() {
                    let page = document().document_element().map_or(0, |page| page.client_width());
                    place(page - event.client_x());
                }
            }
            on:pointerup=move |_| {
                dragged.set(false);
                keep();
            }
            on:pointercancel=move |_| dragged.set(false)
        ></div>
    }
}

fn kept() -> Option<i32> {
    let text = window().local_storage().ok().flatten()?.get_item(STORED).ok().flatten()?;
    text.parse::<i32>().ok().map(|pixels| pixels.clamp(NARROWEST, WIDEST))
}
