//! What the frame shows only after somebody did something: the dialog and the tray of uploads, the list behind the bell.
//! Its code is in a file with that of the bar for chosen invoices, loaded when the browser has nothing else to do, or else
//! when it is first needed.

use super::{bell, tray, upload_dialog};
use crate::ui::components::toast::Toasts;
use crate::ui::markup::{Dynamic, dynamic};
use crate::ui::reactive::effect;
use crate::ui::state::{Bell, Uploads};
use leptos::{
    prelude::*,
    task::spawn_local,
    wasm_split::{SplitLoaderError, wasm_split},
};

/// Makes each of them.
#[derive(Clone, Copy)]
struct Views {
    dialog: fn(Uploads) -> AnyView,
    tray: fn(Uploads) -> AnyView,
    bell: fn(Bell) -> AnyView,
}

#[wasm_split(extras, wasm_split_path = leptos::wasm_split, fallible, preload(frame_extras_preload))]
fn frame_extras() -> Result<Views, SplitLoaderError> {
    Ok(Views { dialog: upload_dialog::view, tray: tray::view, bell: bell::view })
}

/// Loads the code ahead. A failure shows when it is needed, which tries again.
pub async fn preload() {
    _ = frame_extras_preload().await;
}

/// From context. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Extras {
    views: RwSignal<Option<Views>>,
    is_loading: StoredValue<bool>,
    uploads: Uploads,
    toasts: Toasts,
}

impl Extras {
    /// Makes it and provides it to everything below. What is uploaded needs it, or is about to be.
    pub fn provide(uploads: Uploads) -> Extras {
        let extras = Extras {
            views: RwSignal::new(None),
            is_loading: StoredValue::new(false),
            uploads,
            toasts: expect_context(),
        };
        provide_context(extras);
        effect(move || {
            if uploads.dialog_open.get() || uploads.rows.with(|rows| !rows.is_empty()) {
                extras.load();
            }
        });
        extras
    }

    pub fn load(self) {
        let has_begun = self.is_loading.try_update_value(|loading| std::mem::replace(loading, true));
        if has_begun != Some(false) || self.views.with_untracked(Option::is_some) {
            return;
        }
        spawn_local(async move {
            let loaded = frame_extras().await;
            // By now the app may be gone.
            _ = self.is_loading.try_set_value(false);
            match loaded {
                Ok(views) => _ = self.views.try_set(Some(views)),
                Err(_) => {
                    _ = self.uploads.dialog_open.try_set(false);
                    self.toasts.failed("The server can not be reached, so this can not be shown now");
                }
            }
        });
    }

    pub fn dialog(self) -> Dynamic {
        dynamic(move || self.views.get().map(|views| (views.dialog)(self.uploads)))
    }

    pub fn tray(self) -> Dynamic {
        dynamic(move || self.views.get().map(|views| (views.tray)(self.uploads)))
    }

    /// None: not loaded yet.
    pub fn bell(self, bell: Bell) -> Option<AnyView> {
        self.views.get().map(|views| (views.bell)(bell))
    }
}
