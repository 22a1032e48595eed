//! The dialog behind Upload: choose files, then send.

use crate::ui::components::dialog::Dialog;
use crate::ui::format::{bytes, counted};
use crate::ui::icons::{self, icon};
use crate::ui::state::uploads::{Options, Uploads, files_of};
use leptos::{html, prelude::*};

/// What readers understand; the server decides by content.
const ACCEPTED: &str = ".pdf,.xml,.png,.jpg,.jpeg,.tif,.tiff,.webp";

#[component]
pub fn UploadDialog(uploads: Uploads) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let auto_save = NodeRef::<html::Input>::new();
    let chosen = RwSignal::new(Vec::<(String, i64)>::new());
    let note = move |_| {
        let files = input.get_untracked().map(|input| files_of(input.files())).unwrap_or_default();
        chosen.set(files.iter().map(|file| (file.name(), file.size() as i64)).collect());
    };
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(input) = input.get_untracked() else { return };
        let files = files_of(input.files());
        if files.is_empty() {
            return;
        }
        let options = Options { auto_save: auto_save.get_untracked().is_some_and(|box_| box_.checked()) };
        uploads.send_all(files, options);
        input.set_value("");
        chosen.set(Vec::new());
        uploads.dialog_open.set(false);
    };
    view! {
        <Dialog open=uploads.dialog_open title="Upload invoices">
            <form on:submit=send>
                <div class="dialog-body">
                    <div class="form-row">
                        <label for="upload-files">"Files"</label>
                        <input
                            node_ref=input
                            id="upload-files"
                            class="input file-input"
                            type="file"
                            multiple
                            required
                            autofocus
                            accept=ACCEPTED
                            aria-describedby="upload-hint"
                            on:change=note
                        />
                        <p class="hint" id="upload-hint">
                            "PDF, XML, PNG, JPEG or TIFF, up to 10 files of 10 MB each. Files can also be dropped anywhere on the page."
                        </p>
                    </div>
                    <ul class="grid gap-1 text-sm" aria-live="polite">
                        {move || chosen.get().into_iter().map(chosen_row).collect_view()}
                    </ul>
                    <label class="flex gap-2 text-sm">
                        <input node_ref=auto_save class="check mt-0.5" type="checkbox" name="auto_save" />
                        <span>"Submit for approval when everything was read surely and no check failed"</span>
                    </label>
                </div>
                <div class="dialog-foot">
                    <button type="button" class="btn" on:click=move |_| uploads.dialog_open.set(false)>
                        "Cancel"
                    </button>
                    <button type="submit" class="btn btn-primary" data-testid="upload-submit">
                        {icon(icons::UPLOAD)}
                        {move || match chosen.with(Vec::len) {
                            0 => "Upload".to_owned(),
                            count => ["Upload ", &counted(count as i64, "file", "files")].concat(),
                        }}
                    </button>
                </div>
            </form>
        </Dialog>
    }
}

fn chosen_row((name, size): (String, i64)) -> impl IntoView {
    view! {
        <li class="flex items-center gap-2">
            {icon(icons::DOCUMENT)} <span class="truncate">{name}</span>
            <span class="ml-auto text-muted num">{bytes(size)}</span>
        </li>
    }
}
