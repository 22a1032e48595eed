//! The upload tray at the bottom right, and the overlay while a file is dragged over the page.

use crate::domain::ids::InvoiceId;
use crate::ui::components::{keyed::keyed, marks::Tone, progress::Progress};
use crate::ui::format::counted;
use crate::ui::icons::{self, icon, icon_large};
use crate::ui::markup::{Markup, dynamic, el};
use crate::ui::reactive::{effect, memo};
use crate::ui::state::uploads::{Options, Phase, Upload, Uploads, files_of};
use crate::ui::state::{Live, SocketState, use_task_progress};
use leptos::{ev, prelude::*};
use leptos_router::hooks::use_location;
use std::time::Duration;

/// How often tasks are asked after while nothing says so by itself.
const POLL: Duration = Duration::from_secs(2);

/// The tray; nothing while no file was sent.
pub fn view(uploads: Uploads) -> AnyView {
    make_room(uploads);
    let shown = memo(move || uploads.rows.with(|rows| !rows.is_empty()));
    dynamic(move || shown.get().then(|| tray(uploads).into_any())).into_any()
}

/// What came of each file, under a headline.
pub fn tray(uploads: Uploads) -> impl IntoView {
    let over = memo(move || uploads.rows.with(|rows| rows.iter().any(is_over)));
    let expanded = uploads.expanded;
    let keys = move || uploads.rows.with(|rows| rows.iter().map(|row| row.key.into()).collect());
    view! {
            <section
                class="tray"
                class:tray-pill=move || !expanded.get()
                aria-label="Uploads"
                data-testid="processing-status"
            >
                <div class="tray-head">
                    <span class="grow" role="status">
                        {dynamic(move || uploads.rows.with(|rows| headline(rows)))}
                    </span>
                    <button
                        type="button"
                        class="btn btn-quiet btn-icon btn-sm tray-toggle"
                        aria-expanded=move || expanded.get().to_string()
                        aria-controls="tray-rows"
                        aria-label="Files"
                        on:click=move |_| expanded.update(|expanded| *expanded = !*expanded)
                    >
                        {dynamic(move || icon(if expanded.get() { icons::DOWN } else { icons::UP }))}
                    </button>
                    <button
                        type="button"
                        class="btn btn-quiet btn-icon btn-sm"
                        aria-label="Clear what is done"
                        title="Clear what is done"
                        disabled=move || !over.get()
                        on:click=move |_| uploads.clear_over()
                    >
                        {icon(icons::CLOSE)}
                    </button>
                </div>
                <ul class="tray-rows" id="tray-rows" hidden=move || !expanded.get()>
                    {keyed(keys, move |key| row_view(uploads, key as u32).into_any())}
                </ul>
            </section>
    }
}

/// On the page of an invoice the tray would cover its values: it keeps to its headline there until it is opened.
fn make_room(uploads: Uploads) {
    let path = use_location().pathname;
    effect(move || {
        if path.with(|path| path.starts_with("/invoices/")) {
            uploads.expanded.set(false);
        }
    });
}

fn is_over(row: &Upload) -> bool {
    !matches!(row.phase, Phase::Sending | Phase::Working)
}

/// How many of each: `4 read, 3 failed`; with the noun where there is only one kind.
fn headline(rows: &[Upload]) -> String {
    let count = |is: fn(&Upload) -> bool| rows.iter().filter(|row| is(row)).count() as i64;
    let kinds = [
        (count(|row| !is_over(row)), "under way"),
        (count(|row| row.phase == Phase::Done && row.duplicate_of.is_none()), "read"),
        (count(|row| row.phase == Phase::Done && row.duplicate_of.is_some()), "already here"),
        (count(|row| row.phase == Phase::Failed), "failed"),
    ];
    let mut kinds = kinds.into_iter().filter(|(count, _)| *count > 0);
    let Some((first, word)) = kinds.next() else {
        return [counted(rows.len() as i64, "file", "files").as_str(), " cancelled"].concat();
    };
    let rest: Vec<_> = kinds.collect();
    if rest.is_empty() {
        return [counted(first, "file", "files").as_str(), " ", word].concat();
    }
    let mut out = [first.to_string().as_str(), " ", word].concat();
    for (count, word) in rest {
        out.push_str(&[", ", count.to_string().as_str(), " ", word].concat());
    }
    out
}

/// Hears of tasks by the socket; asks only while there is something to wait for and the socket is down.
pub fn follow_tasks(uploads: Uploads) {
    let progress = use_task_progress(move || uploads.poll());
    let working = memo(move || uploads.working());
    effect(move || {
        // A status may come before the answer that names its task.
        working.track();
        progress.with(|tasks| tasks.values().for_each(|status| uploads.show_progress(status)));
    });
    let live = use_context::<Live>().map(Live::connection);
    let is_live = move || live.is_some_and(|live| live.with(|live| live.socket == SocketState::Open));
    let alone = memo(move || !is_live() && !working.with(Vec::is_empty));
    effect(move || {
        if !alone.get() {
            return;
        }
        if let Ok(handle) = set_interval_with_handle(move || uploads.poll(), POLL) {
            on_cleanup(move || handle.clear());
        }
    });
}

fn row_view(uploads: Uploads, key: u32) -> impl IntoView {
    let row = memo(move || uploads.rows.with(|rows| rows.iter().find(|row| row.key == key).cloned()));
    let filename = row.with_untracked(|row| row.as_ref().map(|row| row.filename.clone())).unwrap_or_default();
    let phase = memo(move || row.with(|row| row.as_ref().map_or(Phase::Done, |row| row.phase)));
    let look = memo(move || row.with(|row| row.as_ref().map_or(Look::Done, look_of)));
    let percent = Signal::derive(move || row.with(|row| row.as_ref().and_then(|row| row.percent)));
    let bar_name = ["Progress of ", filename.as_str()].concat();
    let busy = move || matches!(phase.get(), Phase::Sending | Phase::Working);
    view! {
        <li class=move || ["tray-row ", look.get().tone().class()].concat()>
            {dynamic(move || icon(look.get().drawing()))}
            <span class="truncate" title=filename.clone()>
                {filename.clone()}
            </span>
            <span class="flex gap-1">{dynamic(move || row.get().and_then(|row| row_buttons(uploads, row)))}</span>
            <div class="tray-row-sub">
                {dynamic(move || row.get().map(|row| row_words(&row)))}
                {dynamic(move || busy().then(|| view! { <Progress name=bar_name.clone() percent /> }.into_any()))}
            </div>
        </li>
    }
}

/// What the mark of a row says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Sending,
    Working,
    Done,
    AlreadyHere,
    Failed,
    Cancelled,
}

fn look_of(row: &Upload) -> Look {
    match row.phase {
        Phase::Sending => Look::Sending,
        Phase::Working => Look::Working,
        Phase::Done if row.duplicate_of.is_some() => Look::AlreadyHere,
        Phase::Done => Look::Done,
        Phase::Failed => Look::Failed,
        Phase::Cancelled => Look::Cancelled,
    }
}

impl Look {
    fn tone(self) -> Tone {
        match self {
            Look::Sending | Look::Working => Tone::Info,
            Look::Done => Tone::Ok,
            Look::AlreadyHere => Tone::Warn,
            Look::Failed => Tone::Bad,
            Look::Cancelled => Tone::Neutral,
        }
    }

    fn drawing(self) -> icons::Icon {
        match self {
            Look::Sending => icons::UPLOAD,
            Look::Working => icons::READING,
            Look::Done => icons::OK,
            Look::AlreadyHere => icons::COPY,
            Look::Failed => icons::STOP,
            Look::Cancelled => icons::CANCELLED,
        }
    }
}

fn row_words(row: &Upload) -> Markup {
    let mut words = row.message.clone();
    if let (Phase::Working, Some(seconds)) = (row.phase, row.eta) {
        words.push_str(", about ");
        words.push_str(&seconds.max(1).to_string());
        words.push_str(" s left");
    }
    let Some(original) = row.duplicate_of else { return el("span").text(words) };
    let link = el("a").class("link").attr("href", invoice_href(original)).text("See the first one");
    el("span").text(words + " · ").child(link)
}

fn row_buttons(uploads: Uploads, row: Upload) -> Option<AnyView> {
    let key = row.key;
    match (row.phase, row.invoice_id) {
        (Phase::Working, _) if row.task_id.is_some() => {
            let steer = match row.paused {
                true => row_button("Go on", Callback::new(move |()| uploads.resume(key))),
                false => row_button("Pause", Callback::new(move |()| uploads.pause(key))),
            };
            let cancel = row_button("Cancel", Callback::new(move |()| uploads.stop(key)));
            Some(view! { <span class="flex gap-1">{steer} {cancel}</span> }.into_any())
        }
        (Phase::Sending | Phase::Working, _) => Some(row_button("Cancel", Callback::new(move |()| uploads.stop(key)))),
        (Phase::Failed | Phase::Cancelled, _) if row.can_retry => {
            Some(row_button("Retry", Callback::new(move |()| uploads.again(key))))
        }
        (Phase::Done, Some(id)) => {
            Some(el("a").class("btn btn-quiet btn-sm").attr("href", invoice_href(id)).text("Open").into_any())
        }
        _ => None,
    }
}

fn row_button(label: &'static str, press: Callback<()>) -> AnyView {
    view! {
        <button type="button" class="btn btn-quiet btn-sm" on:click=move |_| press.run(())>
            {label}
        </button>
    }
    .into_any()
}

fn invoice_href(id: InvoiceId) -> String {
    ["/invoices/", &id.to_string()].concat()
}

/// Takes files dropped anywhere on the page.
#[component]
pub fn DropZone(uploads: Uploads) -> impl IntoView {
    // Entering a child leaves its parent: count, and the page knows when the pointer is really gone.
    let depth = RwSignal::new(0_i32);
    effect(move || {
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
            let files = files_of(event.data_transfer().and_then(|data| data.files()));
            match (uploads.allowed(), uploads.dialog_open.get_untracked()) {
                (false, _) => {}
                // The person is still choosing.
                (true, true) => uploads.chosen.add(files),
                (true, false) => uploads.send_all(files, &Options::default()),
            }
        });
        on_cleanup(move || [enter, over, leave, drop].into_iter().for_each(|handle| handle.remove()));
    });
    let shown = memo(move || depth.get() > 0);
    dynamic(move || shown.get().then(drop_here))
}

/// What the page says while a file is dragged over it.
pub fn drop_here() -> Markup {
    let kinds = "PDF, XML, PNG, JPEG, TIFF or e-mails with them (.eml), up to 10 files of 10 MB each";
    let words = el("div").child(icon_large(icons::UPLOAD)).text("Drop invoices to upload");
    let words = words.child(el("span").class("text-sm font-normal text-muted").text(kinds));
    el("div").class("dropzone").attr("aria-hidden", "true").child(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn row(phase: Phase, duplicate: bool) -> Upload {
        Upload {
            key: 1,
            filename: "a.pdf".into(),
            phase,
            percent: None,
            stage: None,
            message: String::new(),
            paused: false,
            eta: None,
            invoice_id: None,
            task_id: None,
            duplicate_of: duplicate.then(|| InvoiceId(Uuid::nil())),
            can_retry: false,
        }
    }

    #[test]
    fn every_kind_of_end_is_counted() {
        let read = row(Phase::Done, false);
        let failed = row(Phase::Failed, false);
        assert_eq!(headline(std::slice::from_ref(&read)), "1 file read");
        assert_eq!(headline(&[read.clone(), failed.clone(), failed.clone()]), "1 read, 2 failed");
        let all = [row(Phase::Sending, false), read, row(Phase::Done, true), failed];
        assert_eq!(headline(&all), "1 under way, 1 read, 1 already here, 1 failed");
        assert_eq!(headline(&[row(Phase::Cancelled, false)]), "1 file cancelled");
    }
}
