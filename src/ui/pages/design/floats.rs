//! What floats over a page: messages, dialogs, uploads. The samples that are fixed to a corner stand in their place here.

use super::page::{columns, named, part, row};
use super::samples::invoice_id;
use crate::domain::{ids::TaskId, jobs::Stage};
use crate::ui::components::{
    button::{Button, Look},
    dialog::Dialog,
    toast::{ToastAction, ToastRegion, Toasts},
};
use crate::ui::layout::{tray, upload_dialog};
use crate::ui::markup::el;
use crate::ui::state::uploads::{Candidate, Phase, Upload, Uploads};
use leptos::prelude::*;
use uuid::Uuid;

/// Files of this page are told by other numbers than real ones.
const FIRST_KEY: u32 = 1_000_000;

pub fn parts() -> impl IntoView {
    [part("Messages", messages()), part("Dialogs", dialogs()), part("Files on their way", files())]
}

fn messages() -> impl IntoView {
    let toasts: Toasts = expect_context();
    let press = |run: fn(Toasts)| Callback::new(move |()| run(toasts));
    let again = || ToastAction::new("Undo", || ());
    view! {
        {row(
            view! {
                <Button label="Toast" on_press=press(|toasts| toasts.ok("Approved")) />
                <Button label="Toast with Undo" on_press=Callback::new(move |()| toasts.ok_with("Rejected", again())) />
                <Button label="Toast of a failure" on_press=press(|toasts| toasts.failed("The server is away")) />
            },
        )}
        <div class="[&>.toasts]:static!" data-testid="design-toasts">
            <ToastRegion toasts=Toasts::sample() />
        </div>
    }
}

fn dialogs() -> impl IntoView {
    let (open, wide) = (RwSignal::new(false), RwSignal::new(false));
    view! {
        {row(
            view! {
                <Button label="Dialog" on_press=Callback::new(move |()| open.set(true)) />
                <Button label="Wide dialog" on_press=Callback::new(move |()| wide.set(true)) />
            },
        )}
        {dialog(open, false)}
        {dialog(wide, true)}
    }
}

fn dialog(open: RwSignal<bool>, wide: bool) -> impl IntoView {
    view! {
        <Dialog open title=if wide { "A wide dialog" } else { "A dialog" } wide>
            <div class="dialog-body">{el("p").text("What it asks.")}</div>
            <div class="dialog-foot">
                <Button label="Cancel" on_press=Callback::new(move |()| open.set(false)) />
                <Button label="Do it" look=Look::Primary on_press=Callback::new(move |()| open.set(false)) />
            </div>
        </Dialog>
    }
}

fn files() -> impl IntoView {
    let uploads = Uploads::sample(rows());
    let choose = Callback::new(move |()| {
        uploads.chosen.rows.set(candidates());
        uploads.dialog_open.set(true);
    });
    let tray = view! { <div class="[&>.tray]:static!">{tray::tray(uploads)}</div> };
    let over = view! { <div class="[&>.dropzone]:static! [&>.dropzone]:h-60">{tray::drop_here()}</div> };
    view! {
        {row(view! { <Button label="Files to send" on_press=choose /> })}
        {upload_dialog::view(uploads)}
        {columns((named("In each phase", tray), named("While a file is dragged over the page", over)))}
    }
}

fn rows() -> Vec<Upload> {
    let row = |number: u32, phase, message: &str| Upload {
        key: FIRST_KEY + number,
        filename: ["invoice-", &number.to_string(), ".pdf"].concat(),
        phase,
        percent: None,
        stage: None,
        message: message.to_owned(),
        paused: false,
        eta: None,
        invoice_id: Some(invoice_id(number.into())),
        task_id: None,
        duplicate_of: None,
        can_retry: false,
    };
    let task = Some(TaskId(Uuid::from_u128(1)));
    let stage = Some(Stage::Extraction);
    let reading = "Reading the values";
    vec![
        row(1, Phase::Sending, "Waiting to be sent"),
        Upload { percent: Some(40), ..row(2, Phase::Sending, "Sending") },
        row(3, Phase::Sending, "The server can not be reached. Trying again by itself"),
        Upload { task_id: task, ..row(4, Phase::Working, "Waiting for its turn") },
        Upload { task_id: task, stage, percent: Some(60), eta: Some(3), ..row(5, Phase::Working, reading) },
        Upload { task_id: task, paused: true, ..row(6, Phase::Working, "Paused") },
        row(7, Phase::Done, "Read"),
        Upload { duplicate_of: Some(invoice_id(7)), ..row(8, Phase::Done, "Already here") },
        row(9, Phase::Failed, "This is no invoice: only PDF, XML, pictures and e-mails are read"),
        Upload { can_retry: true, ..row(10, Phase::Failed, "The reading stopped") },
        Upload { can_retry: true, ..row(11, Phase::Cancelled, "Cancelled") },
    ]
}

fn candidates() -> Vec<Candidate> {
    let file = |number, name: &str, refused| Candidate {
        key: FIRST_KEY + number,
        name: name.to_owned(),
        bytes: 48_300.0,
        refused,
    };
    vec![
        file(1, "invoice-1.pdf", None),
        file(2, "invoice-2.exe", Some("Only PDF, XML, PNG, JPEG, TIFF and e-mails can be read")),
    ]
}
