//! The upload tray at the bottom right, and the overlay while a file is dragged over the page.

use crate::domain::ids::InvoiceId;
use crate::ui::components::{marks::Tone, progress::Progress};
use crate::ui::format::counted;
use crate::ui::icons::{self, icon, icon_large};
use crate::ui::state::uploads::{Options, Phase, Upload, Uploads, files_of};
use crate::ui::state::{Live, SocketState, use_task_progress};
use leptos::{either::Either, ev, prelude::*};
use std::time::Duration;

/// How often tasks are asked after while nothing says so by itself.
const POLL: Duration = Duration::from_secs(2);

#[component]
pub fn UploadTray(uploads: Uploads) -> impl IntoView {
    follow_tasks(uploads);
    let shown = Memo::new(move |_| uploads.rows.with(|rows| !rows.is_empty()));
    view! {
        <Show when=move || shown.get()>
            <section class="tray" aria-label="Uploads" data-testid="processing-status">
                <div class="tray-head">
                    <span class="grow" role="status">
                        {move || headline(uploads)}
                    </span>
                    <button
                        type="button"
                        class="btn btn-quiet btn-icon btn-sm"
                        aria-label="Clear what is done"
                        title="Clear what is done"
                        on:click=move |_| uploads.clear_over()
                    >
                        {icon(icons::CLOSE)}
                    </button>
                </div>
                <ul class="tray-rows">
                    <For each=move || uploads.rows.get() key=|row| row.key let:row>
                        <Row uploads key=row.key filename=row.filename />
                    </For>
                </ul>
            </section>
        </Show>
    }
}

fn headline(uploads: Uploads) -> String {
    uploads.rows.with(|rows| {
        let count = |wanted: &[Phase]| rows.iter().filter(|row| wanted.contains(&row.phase)).count() as i64;
        let busy = count(&[Phase::Sending, Phase::Working]);
        let failed = count(&[Phase::Failed]);
        match (busy, failed) {
            (0, 0) => counted(count(&[Phase::Done]), "file read", "files read"),
            (0, failed) => counted(failed, "file failed", "files failed"),
            (busy, _) => counted(busy, "file under way", "files under way"),
        }
    })
}

/// Hears of tasks by the socket; asks only while there is something to wait for and the socket is down.
fn follow_tasks(uploads: Uploads) {
    let progress = use_task_progress(move || uploads.poll());
    let working = Memo::new(move |_| uploads.working());
    Effect::new(move || {
        // A status may come before the answer that names its task.
        working.track();
        progress.with(|tasks| tasks.values().for_each(|status| uploads.show_progress(status)));
    });
    let live = use_context::<Live>().map(Live::connection);
    let is_live = move || live.is_some_and(|live| live.with(|live| live.socket == SocketState::Open));
    let alone = Memo::new(move |_| !is_live() && !working.with(Vec::is_empty));
    Effect::new(move || {
        if !alone.get() {
            return;
        }
        if let Ok(handle) = set_interval_with_handle(move || uploads.poll(), POLL) {
            on_cleanup(move || handle.clear());
        }
    });
}

#[component]
fn Row(uploads: Uploads, key: u32, filename: String) -> impl IntoView {
    let row = Memo::new(move |_| uploads.rows.with(|rows| rows.iter().find(|row| row.key == key).cloned()));
    let phase = Memo::new(move |_| row.with(|row| row.as_ref().map_or(Phase::Done, |row| row.phase)));
    let percent = Signal::derive(move || row.with(|row| row.as_ref().and_then(|row| row.percent)));
    let bar_name = ["Progress of ", filename.as_str()].concat();
    let busy = move || matches!(phase.get(), Phase::Sending | Phase::Working);
    view! {
        <li class=move || ["tray-row ", tone_of(phase.get()).class()].concat()>
            {move || icon(drawing_of(phase.get()))}
            <span class="truncate" title=filename.clone()>
                {filename.clone()}
            </span>
            <span class="flex gap-1">{move || row.get().map(|row| row_buttons(uploads, row))}</span>
            <div class="tray-row-sub">
                <span>{move || row.get().map(|row| row_words(&row))}</span>
                {move || busy().then(|| view! { <Progress name=bar_name.clone() percent /> })}
            </div>
        </li>
    }
}

fn tone_of(phase: Phase) -> Tone {
    match phase {
        Phase::Sending | Phase::Working => Tone::Info,
        Phase::Done => Tone::Ok,
        Phase::Failed => Tone::Bad,
        Phase::Cancelled => Tone::Neutral,
    }
}

fn drawing_of(phase: Phase) -> icons::Icon {
    match phase {
        Phase::Sending => icons::UPLOAD,
        Phase::Working => icons::READING,
        Phase::Done => icons::OK,
        Phase::Failed => icons::STOP,
        Phase::Cancelled => icons::CANCELLED,
    }
}

fn row_words(row: &Upload) -> impl IntoView + use<> {
    let mut words = row.message.clone();
    if let (Phase::Working, Some(seconds)) = (row.phase, row.eta) {
        words.push_str(", about ");
        words.push_str(&seconds.max(1).to_string());
        words.push_str(" s left");
    }
    let original = row.duplicate_of.map(|id| {
        view! {
            " · "
            <a class="link" href=invoice_href(id)>
                "Same file as this one"
            </a>
        }
    });
    (words, original)
}

fn row_buttons(uploads: Uploads, row: Upload) -> impl IntoView {
    let key = row.key;
    match (row.phase, row.invoice_id) {
        (Phase::Sending | Phase::Working, _) => {
            Some(Either::Left(row_button("Cancel", Callback::new(move |()| uploads.stop(key)))))
        }
        (Phase::Failed | Phase::Cancelled, _) if row.can_retry => {
            Some(Either::Left(row_button("Retry", Callback::new(move |()| uploads.again(key)))))
        }
        (Phase::Done, Some(id)) => Some(Either::Right(view! {
            <a class="btn btn-quiet btn-sm" href=invoice_href(id)>
                "Open"
            </a>
        })),
        _ => None,
    }
}

fn row_button(label: &'static str, press: Callback<()>) -> impl IntoView {
    view! {
        <button type="button" class="btn btn-quiet btn-sm" on:click=move |_| press.run(())>
            {label}
        </button>
    }
}

fn invoice_href(id: InvoiceId) -> String {
    ["/invoices/", &id.to_string()].concat()
}

/// Takes files dropped anywhere on the page.
#[component]
pub fn DropZone(uploads: Uploads) -> impl IntoView {
    // Entering a child leaves its parent: count, and the page knows when the pointer is really gone.
    let depth = RwSignal::new(0_i32);
    Effect::new(move || {
        let has_files = |event: &web_sys::DragEvent| {
            event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0))
        };
        let enter = window_event_listener(ev::dragenter, move |event| {
            if has_files(&event) && uploads.allowed() {
                event.prevent_default();
                depth.update(|depth| *depth += 1);
            }
        });
        let over = window_event_listener(ev::dragover, move |event| {
            if has_files(&event) {
                event.prevent_default();
            }
        });
        let leave = window_event_listener(ev::dragleave, move |event| {
            if has_files(&event) {
                depth.update(|depth| *depth = (*depth - 1).max(0));
            }
        });
        let drop = window_event_listener(ev::drop, move |event| {
            if !has_files(&event) {
                return;
            }
            event.prevent_default();
            depth.set(0);
            if uploads.allowed() {
                uploads.send_all(files_of(event.data_transfer().and_then(|data| data.files())), Options::default());
            }
        });
        on_cleanup(move || [enter, over, leave, drop].into_iter().for_each(|handle| handle.remove()));
    });
    let shown = Memo::new(move |_| depth.get() > 0);
    view! {
        <Show when=move || shown.get()>
            <div class="dropzone" aria-hidden="true">
                <div>
                    {icon_large(icons::UPLOAD)} "Drop invoices to upload"
                    <span class="text-sm font-normal text-muted">"PDF, XML, PNG, JPEG or TIFF, up to 10 files of 10 MB each"</span>
                </div>
            </div>
        </Show>
    }
}
