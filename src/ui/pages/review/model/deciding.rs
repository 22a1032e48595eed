//! Decisions about the invoice, made on its page: each after what was typed before it, and what comes of it.

use super::Review;
use crate::api::ApiError;
use crate::domain::{
    comment::Person,
    decision::{Decision, Shows},
    error::AppError,
    invoice::{InvoiceDetail, StepRequest},
    status::Step,
};
use crate::ui::components::focus;
use crate::ui::pages::review::words;
use crate::ui::state::{
    edits::{Made, PendingDecision, Verdict},
    queries::{cached_invoice, set_invoice},
};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

/// A decision that is answered later than this holds nobody up: beyond a second people lose the thread.
const ANSWERED_SOON: Duration = Duration::from_secs(1);
/// The server's code for an approval that needs a reason, because checks fail.
const CHECKS_FAILED: &str = "checks_failed";
pub(super) const NOT_TAKEN: &str = "Nothing was decided: what you typed before it was not taken";
pub(super) const NOT_SENT: &str = "Nothing was decided: what you typed before it could not be sent yet";

impl Review {
    /// Asks for something that can not wait in the queue as a step does: `then` runs when everything typed has arrived.
    /// Not where a value was refused, or while the server can not be reached; that is said.
    pub fn when_saved(self, then: impl FnOnce() + Send + Sync + 'static) {
        if untrack(|| self.busy()) {
            return;
        }
        self.take_drafts();
        self.asking.set(true);
        self.when_saved.set_value(Some(Box::new(then)));
        if self.stopped() {
            self.give_up(NOT_TAKEN);
        } else if untrack(|| self.edits.of_invoice(self.id) > 0 && self.edits.waiting()) {
            self.give_up(NOT_SENT);
        }
        self.go_on_when_saved();
    }

    pub(super) fn go_on_when_saved(self) {
        if untrack(|| self.edits.of_invoice(self.id)) > 0 {
            return;
        }
        if let Some(then) = self.when_saved.try_update_value(Option::take).flatten() {
            self.asking.set(false);
            then();
        }
    }

    pub(super) fn give_up(self, why: &'static str) {
        if self.when_saved.try_update_value(Option::take).flatten().is_some() {
            self.asking.set(false);
            self.toasts.failed(why);
        }
    }

    pub(super) fn decided(self, pending: PendingDecision, verdict: Verdict) {
        match verdict {
            Verdict::Sent => set_timeout(move || self.go_on(), ANSWERED_SOON),
            Verdict::Waits => self.go_on(),
            Verdict::Taken => {
                match cached_invoice(self.queries, self.id) {
                    Some(detail) => _ = self.detail.try_set(detail),
                    None => self.reload(),
                }
                focus::keep_on_page();
                self.go_on();
            }
            Verdict::Refused(error) => self.step_refused(&pending.decision, error),
            Verdict::Withdrawn => {
                self.then.set_value(None);
                self.toasts.failed(NOT_TAKEN);
            }
        }
    }

    /// Goes on after a decision: it was taken, or there is nothing to wait for.
    pub(super) fn go_on(self) {
        if let Some(then) = self.then.try_update_value(Option::take).flatten() {
            // It belongs to the button that was pressed, which may be another by now.
            _ = then.try_run(());
        }
    }

    /// Takes a step: it shows at once, and is sent when everything typed before it has arrived. `then` runs when it was
    /// taken, or when that takes longer than a person waits; not when it was refused before. While a value was refused or
    /// met somebody else's, there is no step: the focus goes to it.
    pub fn step(self, step: Step, request: StepRequest, then: Option<Callback<()>>) {
        if untrack(|| self.busy()) {
            return;
        }
        self.take_drafts();
        if self.stopped() {
            return;
        }
        let (status, version) = self.detail.with_untracked(|detail| (detail.summary.status, detail.summary.version));
        let Ok(after) = status.step(step) else { return };
        let request = StepRequest { base_version: Some(version), ..request };
        self.then.set_value(then);
        self.decide(Decision::Step { step, request }, Shows::Status(after), None);
        let has_to_wait = untrack(|| self.edits.waiting());
        if has_to_wait {
            self.go_on();
        }
    }

    /// Makes it somebody's work, or nobody's.
    pub fn assign(self, to: Option<Person>) {
        let before = untrack(|| self.assigned_to());
        if before == to {
            return;
        }
        let made =
            |to: Option<Person>| (Decision::Assign { to: to.as_ref().map(|person| person.id) }, Shows::Assigned(to));
        let (decision, shows) = made(to);
        self.decide(decision, shows, Some(made(before)));
    }

    /// Makes it the person's own work.
    pub fn take_it(self) {
        if untrack(|| self.assignable()) {
            self.assign(self.me.get_untracked());
        }
    }

    fn decide(self, decision: Decision, shows: Shows, undo: Option<(Decision, Shows)>) {
        let title = self.detail.with_untracked(|detail| detail.summary.title());
        self.edits.decide(Made { invoice: self.id, title, decision, shows, undo });
    }

    /// Approves. Where a check fails, a person has to say why first.
    pub fn approve(self, then: Option<Callback<()>>) {
        if untrack(|| self.fails_a_check()) {
            self.take_drafts();
            if !self.stopped() {
                self.anyway_open.set(true);
            }
        } else {
            self.step(Step::Approve, StepRequest::default(), then);
        }
    }

    /// Whether a check failed with an error, so that approving needs a reason.
    pub fn fails_a_check(self) -> bool {
        self.detail.with(words::fails_a_check)
    }

    /// Asks why it is rejected; the answer begins with a reason, where that one is offered.
    pub fn reject(self, reason: &'static str) {
        let offered =
            self.detail.with_untracked(|detail| detail.reject_reasons.iter().any(|offered| offered.code == reason));
        self.reject_reason.set(if offered { reason } else { "" });
        self.reject_open.set(true);
    }

    /// Asks the server for something that is no step, and shows the invoice as it is then.
    pub fn ask(self, done: &'static str, asked: impl Future<Output = Result<InvoiceDetail, ApiError>> + 'static) {
        self.asking.set(true);
        spawn_local(async move {
            let answer = asked.await;
            _ = self.asking.try_set(false);
            match answer {
                Ok(detail) => {
                    self.toasts.ok(done);
                    _ = self.detail.try_set(detail.clone());
                    set_invoice(self.queries, detail);
                    focus::keep_on_page();
                }
                Err(error) => {
                    self.toasts.failed(error.to_string());
                    self.reload();
                }
            }
        });
    }

    fn step_refused(self, decision: &Decision, error: AppError) {
        self.then.set_value(None);
        focus::keep_on_page();
        let is_approval = matches!(decision, Decision::Step { step: Step::Approve, .. });
        if is_approval && error.code() == CHECKS_FAILED {
            self.reload();
            return self.anyway_open.set(true);
        }
        self.toasts.failed(error.to_string());
        self.reload();
    }
}
