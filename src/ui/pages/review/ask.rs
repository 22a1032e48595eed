//! What is asked before a step: why it is rejected, why it is approved all the same, whether it is to be discarded.

use super::{model::Review, words};
use crate::domain::{checks::Severity, invoice::StepRequest, reject_reason::RejectReason, status::Step};
use crate::ui::components::{
    dialog::Dialog,
    marks::{Note, Tone},
};
use crate::ui::icons::{self, icon};
use crate::ui::reactive::memo;
use leptos::{html, prelude::*};

#[component]
pub fn RejectDialog(review: Review) -> impl IntoView {
    let open = review.reject_open;
    let reason = NodeRef::<html::Select>::new();
    let note = NodeRef::<html::Textarea>::new();
    let (no_reason, no_note) = (RwSignal::new(false), RwSignal::new(false));
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let code = reason.get_untracked().map(|reason| reason.value()).unwrap_or_default();
        let words = typed(note);
        no_reason.set(code.is_empty());
        no_note.set(words.is_empty());
        if code.is_empty() {
            return crate::ui::layout::keys::focus("reject-reason");
        }
        if words.is_empty() {
            return crate::ui::layout::keys::focus("reject-note");
        }
        open.set(false);
        let request = StepRequest { reason_code: Some(code), reason: Some(words), ..StepRequest::default() };
        review.step(Step::Reject, request, None);
    };
    let offered = memo(move || review.detail.with(|detail| detail.reject_reasons.clone()));
    let reasons = move || {
        let one = |reason: RejectReason| {
            let is_first = reason.code == review.reject_reason.get();
            view! { <option value=reason.code selected=is_first>{reason.words}</option> }
        };
        offered.get().into_iter().map(one).collect_view()
    };
    view! {
        <Dialog open title="Reject this invoice" testid="reject-dialog">
            <form on:submit=send novalidate>
                <div class="dialog-body">
                    <div class="form-row">
                        <label for="reject-reason">"Reason"</label>
                        <select
                            node_ref=reason
                            class="input"
                            id="reject-reason"
                            name="reason_code"
                            data-focus
                            required
                            aria-invalid=move || no_reason.get().then_some("true")
                            aria-describedby="reject-reason-error"
                            on:change=move |_| no_reason.set(false)
                        >
                            <option value="">"Choose one"</option>
                            {reasons}
                        </select>
                        {form_error("reject-reason-error", no_reason, "Choose a reason")}
                    </div>
                    <div class="form-row">
                        <label for="reject-note">"Note"</label>
                        {note_field(note, "reject-note", "reject-note-error", no_note)}
                        {form_error("reject-note-error", no_note, "Say in a few words what is wrong")}
                        <p class="hint">"Kept in the history. Say what the supplier has to change."</p>
                    </div>
                </div>
                {foot(open, "Reject", "btn btn-danger-solid", "reject-confirm")}
            </form>
        </Dialog>
    }
}

/// A check failed, and a person knows better: they say why.
#[component]
pub fn AnywayDialog(review: Review, then: StoredValue<Option<Callback<()>>>) -> impl IntoView {
    let open = review.anyway_open;
    let note = NodeRef::<html::Textarea>::new();
    let no_note = RwSignal::new(false);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let words = typed(note);
        no_note.set(words.is_empty());
        if words.is_empty() {
            return crate::ui::layout::keys::focus("anyway-note");
        }
        open.set(false);
        let then = then.try_update_value(Option::take).flatten();
        review.step(Step::Approve, StepRequest { reason: Some(words), ..StepRequest::default() }, then);
    };
    let failed = move || {
        review.detail.with(|detail| {
            let errors = detail.checks.iter().filter(|check| check.severity == Severity::Error);
            errors.map(|check| view! { <li>{words::check_message(check, review.numbers)}</li> }).collect_view()
        })
    };
    view! {
        <Dialog open title="Approve anyway?" testid="anyway-dialog">
            <form on:submit=send novalidate>
                <div class="dialog-body">
                    <Note tone=Tone::Bad drawing=icons::WARN>
                        <ul>{failed}</ul>
                    </Note>
                    <div class="form-row">
                        <label for="anyway-note">"Why it is right all the same"</label>
                        {note_field(note, "anyway-note", "anyway-note-error", no_note)}
                        {form_error("anyway-note-error", no_note, "Say in a few words why")}
                        <p class="hint">"Kept in the history, with your name."</p>
                    </div>
                </div>
                {foot(open, "Approve anyway", "btn btn-primary", "anyway-confirm")}
            </form>
        </Dialog>
    }
}

#[component]
pub fn DiscardDialog(review: Review, open: RwSignal<bool>) -> impl IntoView {
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        open.set(false);
        review.step(Step::Cancel, StepRequest::default(), None);
    };
    view! {
        <Dialog open title="Discard this invoice?" testid="discard-dialog">
            <form on:submit=send novalidate>
                <div class="dialog-body">
                    <p>
                        "It leaves the work to do and is not paid. The file and its history stay, and it can be read again later."
                    </p>
                </div>
                {foot(open, "Discard", "btn btn-danger-solid", "discard-confirm")}
            </form>
        </Dialog>
    }
}

pub(super) fn typed(note: NodeRef<html::Textarea>) -> String {
    note.get_untracked().map(|note| note.value().trim().to_owned()).unwrap_or_default()
}

pub fn note_field(
    note: NodeRef<html::Textarea>,
    id: &'static str,
    error_id: &'static str,
    missing: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <textarea
            node_ref=note
            class="input"
            id=id
            name="reason"
            rows="3"
            maxlength="2000"
            required
            data-focus=(id != "reject-note").then_some("")
            aria-invalid=move || missing.get().then_some("true")
            aria-describedby=error_id
            on:input=move |_| missing.set(false)
        ></textarea>
    }
}

pub fn form_error(id: &'static str, shown: RwSignal<bool>, message: &'static str) -> impl IntoView {
    view! {
        <div id=id aria-live="polite">
            {move || {
                shown
                    .get()
                    .then(|| {
                        view! {
                            <p class="form-error">
                                {icon(icons::ALERT)}
                                <span>{message}</span>
                            </p>
                        }
                    })
            }}
        </div>
    }
}

pub(super) fn foot(
    open: RwSignal<bool>,
    label: &'static str,
    class: &'static str,
    testid: &'static str,
) -> impl IntoView {
    view! {
        <div class="dialog-foot">
            <button type="button" class="btn" on:click=move |_| open.set(false)>
                "Back"
            </button>
            <button type="submit" class=class data-testid=testid>
                {label}
            </button>
        </div>
    }
}
