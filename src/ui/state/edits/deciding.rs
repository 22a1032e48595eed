//! Decisions on their way: they show at once, wait for what was typed before them and for the connection, and go back
//! with the reason when they are refused.

use super::{
    Edits, FIRST_WAIT, LONGEST_WAIT,
    decisions::{Decisions, PendingDecision},
    draw_client_id, look_at,
    outbox::passes,
};
use crate::api::invoices::{DecisionTaken, decide};
use crate::domain::{
    decision::{Decision, Shows},
    error::AppError,
    events::MutationKey,
    ids::InvoiceId,
    invoice::{EditResult, InvoiceSummary},
    status::{Status, Step},
};
use crate::ui::components::toast::ToastAction;
use crate::ui::state::queries::reload_dashboards;
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use std::time::Duration;

/// What became of a decision, for the page that shows its invoice.
#[derive(Clone)]
pub enum Verdict {
    /// Nothing stands before it any more, and it goes to the server.
    Sent,
    /// The server can not be reached: it is sent later.
    Waits,
    /// What the invoice is like now is in the cache.
    Taken,
    /// The page says why.
    Refused(AppError),
    /// What was typed before it was refused, so that nothing was decided.
    Withdrawn,
}

/// What a person decides, where they decide it.
pub struct Made {
    pub invoice: InvoiceId,
    /// What people know the invoice by.
    pub title: String,
    pub decision: Decision,
    /// What the invoice is shown as from now on.
    pub shows: Shows,
    /// What takes it back, where that is known beforehand.
    pub undo: Option<(Decision, Shows)>,
}

impl Made {
    /// As it is sent: under a number of its own.
    pub fn pending(self) -> PendingDecision {
        let Made { invoice, title, decision, shows, undo } = self;
        let key = MutationKey { client_id: draw_client_id(), mutation_id: 1 };
        let at = js_sys::Date::now() as u64;
        PendingDecision { key, at, invoice, title, decision, shows, undo, sent: false }
    }
}

impl Edits {
    /// Shows a decision at once, and sends it when what was typed before it has arrived.
    pub fn decide(self, made: Made) {
        self.add(made.pending());
        self.decide_next(FIRST_WAIT);
    }

    /// Takes over decisions that got no answer.
    pub fn take_over(self, unanswered: Vec<PendingDecision>) {
        unanswered.into_iter().for_each(|pending| self.add(pending));
        self.hold(None);
        self.decide_next(FIRST_WAIT);
    }

    fn add(self, pending: PendingDecision) {
        self.keep(&pending);
        self.decisions.update(|decisions| decisions.push(pending));
    }

    /// The status an invoice is shown in, where a step of it is on its way.
    pub fn status(self, invoice: InvoiceId) -> Option<Status> {
        self.decisions.with(|decisions| decisions.status(invoice))
    }

    /// Shows an invoice as it will be. Gives whether a decision about it is on its way.
    pub fn put_on(self, invoice: &mut InvoiceSummary) -> bool {
        self.decisions.with(|decisions| decisions.put_on(invoice))
    }

    /// Whether a decision about the invoice waits that the server does not know yet.
    pub fn can_take_back(self, invoice: InvoiceId) -> bool {
        self.decisions.with(|decisions| decisions.can_withdraw(invoice))
    }

    /// Drops what was decided about the invoice and not sent yet.
    pub fn take_back(self, invoice: InvoiceId) {
        let gone = self.decisions.try_update(|decisions| decisions.withdraw(invoice)).unwrap_or_default();
        gone.iter().for_each(|pending| self.forget_stored::<PendingDecision>(&pending.key));
    }

    /// What was typed before a decision was refused: nothing is decided.
    pub fn withdraw(self, invoice: InvoiceId) {
        let gone = self.decisions.try_update(|decisions| decisions.withdraw(invoice)).unwrap_or_default();
        for pending in gone {
            self.forget_stored::<PendingDecision>(&pending.key);
            match self.listener(invoice) {
                Some(listener) => listener.decided.run((pending, Verdict::Withdrawn)),
                None => {
                    let said =
                        [pending.title.as_str(), ": nothing was decided, since a change before it was not taken"];
                    self.toasts.failed_with(said.concat(), look_at(invoice));
                }
            }
        }
    }

    /// A change of the person's own arrived, on which their decision goes on.
    pub(super) fn went_on(self, invoice: InvoiceId, result: &EditResult) {
        let changed = self.decisions.try_maybe_update(|decisions| {
            let changed = decisions.rebase(invoice, result);
            (false, changed)
        });
        changed.unwrap_or_default().iter().for_each(|pending| self.keep(pending));
    }

    /// Sends the next one. `wait` is how long to wait after a failure.
    pub(super) fn decide_next(self, wait: Duration) {
        // Asked after every edit: where there is nothing, nobody hears of it.
        if self.decisions.with_untracked(Decisions::count) == 0 {
            return;
        }
        let is_online = self.live.connection().with_untracked(|now| now.browser);
        if !is_online {
            return self.hold(None);
        }
        let begun = self.decisions.try_update(|decisions| {
            decisions.begin(|invoice| self.outbox.with_untracked(|outbox| outbox.of_invoice(invoice)) == 0)
        });
        let Some(pending) = begun.flatten() else { return };
        self.keep(&pending);
        self.say(&pending, Verdict::Sent);
        spawn_local(async move {
            match decide(pending.mutation()).await {
                Ok(taken) => self.decided(pending, &taken),
                Err(error) if passes(&error.0) => {
                    self.hold(Some(wait));
                    self.say(&pending, Verdict::Waits);
                }
                Err(error) => self.not_decided(pending, error.0),
            }
        });
    }

    /// Nothing can be sent now: once more after `wait`, or when the connection is back.
    fn hold(self, wait: Option<Duration>) {
        self.decisions.update(|decisions| decisions.hold());
        let timer = wait.and_then(|wait| {
            let next = (wait * 2).min(LONGEST_WAIT);
            set_timeout_with_handle(move || self.decide_next(next), wait).ok()
        });
        self.inner.update_value(|inner| {
            let before = std::mem::replace(&mut inner.decision_timer, timer);
            before.inspect(TimeoutHandle::clear);
        });
    }

    fn decided(self, pending: PendingDecision, taken: &DecisionTaken) {
        self.forget_stored::<PendingDecision>(&pending.key);
        if self.decisions.with_untracked(Decisions::are_told) {
            self.say_done(&pending, taken);
        }
        // The cache and the page have it before it is no longer on its way, or the old state would show in between.
        if let Some(cache) = self.cache() {
            (cache.put)(self.queries, pending.invoice, &taken.invoice);
        }
        self.say(&pending, Verdict::Taken);
        self.over(&pending);
    }

    fn not_decided(self, pending: PendingDecision, error: AppError) {
        self.forget_stored::<PendingDecision>(&pending.key);
        self.over(&pending);
        match self.listener(pending.invoice) {
            Some(listener) => listener.decided.run((pending, Verdict::Refused(error))),
            None => {
                let said = [pending.title.as_str(), ": ", &error.to_string()].concat();
                self.toasts.failed_with(said, look_at(pending.invoice));
                if let Some(cache) = self.cache() {
                    (cache.reload)(self.queries, pending.invoice);
                }
                reload_dashboards(self.queries);
            }
        }
    }

    fn over(self, pending: &PendingDecision) {
        let all = self.decisions.try_update(|decisions| {
            decisions.answered(&pending.key);
            decisions.all_answered()
        });
        if let Some(count) = all.flatten() {
            self.toasts.ok([count.to_string().as_str(), " decisions that waited have arrived"].concat());
        }
        self.decide_next(FIRST_WAIT);
    }

    fn say(self, pending: &PendingDecision, verdict: Verdict) {
        if let Some(listener) = self.listener(pending.invoice) {
            listener.decided.run((pending.clone(), verdict));
        }
    }

    fn say_done(self, pending: &PendingDecision, taken: &DecisionTaken) {
        let (words, undo) = match (&pending.decision, &pending.shows) {
            (Decision::Step { step, .. }, _) => (done(*step, taken.status).to_owned(), undo_of(*step, taken)),
            (_, Shows::Assigned(Some(person))) => (["Given to ", person.name.as_str()].concat(), pending.undo.clone()),
            _ => ("Nobody\u{2019}s work now".to_owned(), pending.undo.clone()),
        };
        let Some(undo) = undo else { return self.toasts.ok(words) };
        let (invoice, title) = (pending.invoice, pending.title.clone());
        let take_back = move || {
            let (decision, shows) = undo.clone();
            self.decide(Made { invoice, title: title.clone(), decision, shows, undo: None });
        };
        self.toasts.ok_with(words, ToastAction::new("Undo", take_back));
    }
}

/// The step that takes another back, where this person may take it, and what the invoice shows then.
fn undo_of(step: Step, now: &DecisionTaken) -> Option<(Decision, Shows)> {
    let undo = step.undo().filter(|undo| now.allowed.contains(undo))?;
    let status = now.status.step(undo).ok()?;
    Some((Decision::Step { step: undo, request: Default::default() }, Shows::Status(status)))
}

/// What is said once it is done; `now` is the status it came to.
fn done(step: Step, now: Status) -> &'static str {
    match step {
        Step::Approve if now == Status::AwaitingApproval => "1 of 2 approvals given: somebody else gives the second",
        Step::Submit => "Submitted for approval",
        Step::Approve => "Approved",
        Step::Reject => "Rejected",
        Step::Reopen => "Back in review",
        Step::Postpone => "Postponed",
        Step::MarkDuplicate => "Marked as a duplicate",
        Step::NotDuplicate => "Kept: not a duplicate",
        Step::Cancel => "Discarded",
        Step::Retry => "Will be read again",
        Step::Queue | Step::Start | Step::Fail | Step::FinishReading => "Done",
    }
}
