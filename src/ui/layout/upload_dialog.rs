//! The dialog behind Upload: choose files or drop them, take out what was meant otherwise, then send.

use crate::api::tasks::load_models;
use crate::domain::reading::ModelChoice;
use crate::ui::components::{dialog::Dialog, keyed::keyed};
use crate::ui::format::{bytes, counted};
use crate::ui::icons::{self, icon, icon_large};
use crate::ui::markup::{dynamic, el};
use crate::ui::reactive::{effect, memo};
use crate::ui::state::uploads::{Candidate, Chosen, Options, Uploads, files_of};
use leptos::{html, prelude::*, task::spawn_local};

/// What the browser's own dialog offers; the server decides by content.
const ACCEPTED: &str = ".pdf,.xml,.png,.jpg,.jpeg,.tif,.tiff,.eml";

pub fn view(uploads: Uploads) -> AnyView {
    let auto_save = NodeRef::<html::Input>::new();
    let model = NodeRef::<html::Select>::new();
    let models = RwSignal::new(Vec::new());
    effect(move || {
        // Asked for with the first look at the dialog: most installations have none.
        if uploads.dialog_open.get() && models.with_untracked(Vec::is_empty) {
            spawn_local(async move {
                if let Ok(found) = load_models().await {
                    _ = models.try_set(found);
                }
            });
        }
    });
    let chosen = uploads.chosen;
    let count = memo(move || chosen.sendable());
    let keys = move || chosen.rows.with(|rows| rows.iter().map(|row| row.key.into()).collect());
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if count.get_untracked() == 0 {
            return;
        }
        let options = Options {
            auto_save: auto_save.get_untracked().is_some_and(|box_| box_.checked()),
            provider: model.get_untracked().map(|choice| choice.value()),
        };
        uploads.send_all(chosen.take(), &options);
        uploads.dialog_open.set(false);
    };
    effect(move || {
        if !uploads.dialog_open.get() {
            drop(chosen.take());
        }
    });
    view! {
        <Dialog open=uploads.dialog_open title="Upload invoices">
            <form on:submit=send>
                <div class="dialog-body">
                    <DropArea chosen />
                    <ul class="candidates" aria-live="polite">
                        {keyed(keys, move |key| chosen.find(key as u32).map(|row| candidate(chosen, row)).into_any())}
                    </ul>
                    {dynamic(move || models.with(|models| model_choice(models, model)))}
                    <label class="flex gap-2 text-sm">
                        <input node_ref=auto_save class="check mt-0.5" type="checkbox" name="auto_save" />
                        {el("span").text("Submit for approval when everything was read surely and no check failed")}
                    </label>
                </div>
                <div class="dialog-foot">
                    <button type="button" class="btn" on:click=move |_| uploads.dialog_open.set(false)>
                        "Cancel"
                    </button>
                    <button
                        type="submit"
                        class="btn btn-primary"
                        data-testid="upload-submit"
                        disabled=move || count.get() == 0
                    >
                        {icon(icons::UPLOAD)}
                        {dynamic(move || match count.get() {
                            0 => "Upload".to_owned(),
                            count => ["Upload ", &counted(count as i64, "file", "files")].concat(),
                        })}
                    </button>
                </div>
            </form>
        </Dialog>
    }
    .into_any()
}

/// Who helps to read, where somebody can.
fn model_choice(models: &[ModelChoice], chosen: NodeRef<html::Select>) -> Option<AnyView> {
    if models.is_empty() {
        return None;
    }
    let options = models.iter().map(|choice| {
        let (provider, is_standard) = (choice.provider.clone(), choice.is_standard);
        view! { <option value=provider selected=is_standard>{choice.model.clone()}</option> }
    });
    let options = options.collect_view();
    let view = view! {
        <div class="form-row">
            <label for="upload-model">"Language model that helps to read"</label>
            <select node_ref=chosen class="input" id="upload-model" aria-describedby="upload-model-hint">
                <option value="local">"None: read here alone"</option>
                {options}
            </select>
            <p class="hint" id="upload-model-hint">
                "The model gets the pages of PDFs and scans. What it says is checked against them."
            </p>
        </div>
    };
    Some(view.into_any())
}

/// The browser's own control lies over it, unseen: a click, a key and a drop all reach it. A drop is taken by the
/// listener of the whole page.
#[component]
fn DropArea(chosen: Chosen) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let add = move |_| {
        if let Some(input) = input.get_untracked() {
            chosen.add(files_of(input.files()));
            // So that the same file can be chosen again after it was taken out.
            input.set_value("");
        }
    };
    view! {
        <div class="drop">
            {icon_large(icons::UPLOAD)}
            {el("label").attr("for", "upload-files").text("Drop files here, or ").child(el("span").class("link").text("choose them"))}
            {el("p").class("hint").attr("id", "upload-hint").text("PDF, XML, PNG, JPEG, TIFF or e-mails with them (.eml), up to 10 files of 10 MB each")}
            <input
                node_ref=input
                id="upload-files"
                type="file"
                multiple
                autofocus
                accept=ACCEPTED
                aria-describedby="upload-hint"
                on:change=add
            />
        </div>
    }
}

fn candidate(chosen: Chosen, row: Candidate) -> impl IntoView {
    let key = row.key;
    let remove = ["Remove ", row.name.as_str()].concat();
    // Taking another one out may make room for this one.
    let refused =
        memo(move || chosen.rows.with(|rows| rows.iter().find(|row| row.key == key).and_then(|row| row.refused)));
    view! {
        <li class="candidate tone-bad">
            {dynamic(move || icon(if refused.get().is_some() { icons::STOP } else { icons::DOCUMENT }))}
            <span class="truncate">{row.name}</span>
            <span class="text-muted num">{bytes(row.bytes as i64)}</span>
            <button
                type="button"
                class="btn btn-quiet btn-icon btn-sm"
                aria-label=remove.clone()
                title=remove
                on:click=move |_| chosen.remove(key)
            >
                {icon(icons::CLOSE)}
            </button>
            {dynamic(move || refused.get().map(|reason| el("span").class("candidate-reason").text(reason)))}
        </li>
    }
}
