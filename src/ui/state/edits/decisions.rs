//! Decisions on their way, as plain data: each is sent once everything typed into its invoice has arrived, and under a
//! number of its own until the server has decided it.

use crate::domain::{
    decision::{Decision, Shows},
    events::{Mutation, MutationKey},
    ids::InvoiceId,
    invoice::{EditResult, InvoiceSummary},
    status::Status,
};
use serde::{Deserialize, Serialize};

/// A decision on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingDecision {
    /// The number it is sent under: a client of its own, so that it waits for nothing that another one waits for.
    pub key: MutationKey,
    /// When it was made: milliseconds of the browser's clock.
    pub at: u64,
    pub invoice: InvoiceId,
    /// What people know the invoice by.
    pub title: String,
    pub decision: Decision,
    /// What the invoice is shown as until the answer comes.
    pub shows: Shows,
    /// What takes it back, where that is known beforehand.
    pub undo: Option<(Decision, Shows)>,
    /// It was sent at least once, so that the server may know it.
    pub sent: bool,
}

impl PendingDecision {
    pub fn mutation(&self) -> Mutation {
        let MutationKey { client_id, mutation_id } = self.key.clone();
        let decision = Some(self.decision.clone());
        Mutation { client_id, mutation_id, invoice: self.invoice, fields: Vec::new(), decision }
    }
}

/// All that are on their way, in the order they were made.
#[derive(Debug, Default)]
pub struct Decisions {
    queue: Vec<PendingDecision>,
    sending: Option<MutationKey>,
    /// The server can not be reached, or has to be asked again later.
    waits: bool,
    /// How many had to wait together: what became of them is told in one sentence.
    waited: usize,
}

impl Decisions {
    pub fn count(&self) -> usize {
        self.queue.len()
    }

    pub fn wait(&self) -> bool {
        self.waits
    }

    pub fn push(&mut self, pending: PendingDecision) {
        self.queue.push(pending);
    }

    /// Takes up what a tab that is gone left in the storage, each once.
    pub fn take_up(&mut self, stored: Vec<PendingDecision>) {
        for pending in stored {
            if self.queue.iter().all(|known| known.key != pending.key) {
                self.queue.push(pending);
            }
        }
        self.queue.sort_by_key(|pending| pending.at);
    }

    /// Begins to send the first of those whose invoice is `ready`.
    pub fn begin(&mut self, ready: impl Fn(InvoiceId) -> bool) -> Option<PendingDecision> {
        if self.sending.is_some() {
            return None;
        }
        let next = self.queue.iter_mut().find(|pending| ready(pending.invoice))?;
        next.sent = true;
        self.sending = Some(next.key.clone());
        Some(next.clone())
    }

    /// It was answered, and is no longer on its way.
    pub fn answered(&mut self, key: &MutationKey) {
        self.queue.retain(|pending| pending.key != *key);
        self.sending = None;
        self.waits = false;
    }

    /// Nothing can be sent now; what was sent is sent again later.
    pub fn hold(&mut self) {
        self.sending = None;
        self.waits = !self.queue.is_empty();
        self.waited = self.waited.max(self.queue.len());
    }

    /// Whether each is told by itself.
    pub fn are_told(&self) -> bool {
        self.waited < 2
    }

    /// When all that waited together have been answered: how many there were.
    pub fn all_answered(&mut self) -> Option<usize> {
        if !self.queue.is_empty() {
            return None;
        }
        let waited = std::mem::take(&mut self.waited);
        (waited > 1).then_some(waited)
    }

    /// Takes back what the server can not know yet. Gives what is no longer on its way.
    pub fn withdraw(&mut self, invoice: InvoiceId) -> Vec<PendingDecision> {
        let mut gone = Vec::new();
        self.queue.retain(|pending| {
            let stays = pending.invoice != invoice || pending.sent;
            if !stays {
                gone.push(pending.clone());
            }
            stays
        });
        self.waits &= !self.queue.is_empty();
        // What was taken back is nobody's news.
        self.waited = self.waited.min(self.queue.len());
        gone
    }

    pub fn can_withdraw(&self, invoice: InvoiceId) -> bool {
        self.of(invoice).any(|pending| !pending.sent)
    }

    /// What was decided before a change of the same person arrived goes on from it. Gives what is to be stored anew.
    pub fn rebase(&mut self, invoice: InvoiceId, result: &EditResult) -> Vec<PendingDecision> {
        let mut changed = Vec::new();
        for pending in self.queue.iter_mut().filter(|pending| pending.invoice == invoice && !pending.sent) {
            pending.decision.rebase(result.before_version, result.version);
            changed.push(pending.clone());
        }
        changed
    }

    /// The status an invoice is shown in, where a step of it is on its way.
    pub fn status(&self, invoice: InvoiceId) -> Option<Status> {
        let statuses = self.of(invoice).filter_map(|pending| match pending.shows {
            Shows::Status(status) => Some(status),
            Shows::Assigned(_) => None,
        });
        statuses.last()
    }

    /// Shows an invoice as it will be. Gives whether anything of it is on its way.
    pub fn put_on(&self, invoice: &mut InvoiceSummary) -> bool {
        let mut any = false;
        for pending in self.of(invoice.id) {
            pending.shows.put_on(invoice);
            any = true;
        }
        any
    }

    /// In whose names decisions are here. Other tabs leave these alone.
    pub fn clients(&self) -> impl Iterator<Item = &str> {
        self.queue.iter().map(|pending| pending.key.client_id.as_str())
    }

    fn of(&self, invoice: InvoiceId) -> impl Iterator<Item = &PendingDecision> {
        self.queue.iter().filter(move |pending| pending.invoice == invoice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{invoice::StepRequest, status::Step};
    use uuid::Uuid;

    const A: InvoiceId = InvoiceId(Uuid::from_u128(1));
    const B: InvoiceId = InvoiceId(Uuid::from_u128(2));

    fn approve(at: u64, invoice: InvoiceId) -> PendingDecision {
        PendingDecision {
            key: MutationKey { client_id: at.to_string(), mutation_id: 1 },
            at,
            invoice,
            title: String::new(),
            decision: Decision::Step {
                step: Step::Approve,
                request: StepRequest { base_version: Some(3), ..StepRequest::default() },
            },
            shows: Shows::Status(Status::Approved),
            undo: None,
            sent: false,
        }
    }

    fn of(pending: impl IntoIterator<Item = PendingDecision>) -> Decisions {
        let mut decisions = Decisions::default();
        pending.into_iter().for_each(|pending| decisions.push(pending));
        decisions
    }

    #[test]
    fn one_is_sent_at_a_time_and_only_when_its_invoice_is_ready() {
        let mut decisions = of([approve(1, A), approve(2, B)]);
        let first = decisions.begin(|invoice| invoice == B).expect("B is ready");
        assert_eq!((first.invoice, first.sent), (B, true));
        assert_eq!(decisions.begin(|_| true), None);
        decisions.answered(&first.key);
        assert_eq!(decisions.begin(|_| true).map(|next| next.invoice), Some(A));
    }

    #[test]
    fn what_was_sent_without_an_answer_is_sent_again_under_its_number() {
        let mut decisions = of([approve(1, A)]);
        let first = decisions.begin(|_| true).expect("ready");
        decisions.hold();
        assert!(decisions.wait());
        assert_eq!(decisions.begin(|_| true).map(|again| again.key), Some(first.key.clone()));
        decisions.answered(&first.key);
        assert!(!decisions.wait() && decisions.count() == 0);
    }

    #[test]
    fn what_waited_together_is_told_in_one_sentence() {
        let (first, second) = (approve(1, A), approve(2, B));
        let mut decisions = of([first.clone(), second.clone()]);
        assert!(decisions.are_told());
        decisions.hold();
        assert!(!decisions.are_told());
        decisions.answered(&first.key);
        assert_eq!(decisions.all_answered(), None);
        decisions.answered(&second.key);
        assert_eq!((decisions.all_answered(), decisions.all_answered()), (Some(2), None));
        assert!(decisions.are_told());
    }

    #[test]
    fn what_was_taken_back_waits_no_more() {
        let mut decisions = of([approve(1, A), approve(2, B)]);
        decisions.hold();
        decisions.withdraw(A);
        decisions.withdraw(B);
        assert!(!decisions.wait() && decisions.are_told());
    }

    #[test]
    fn only_what_was_never_sent_is_taken_back() {
        let mut decisions = of([approve(1, A), approve(2, B)]);
        decisions.begin(|_| true);
        assert!(!decisions.can_withdraw(A) && decisions.can_withdraw(B));
        assert_eq!((decisions.withdraw(A).len(), decisions.withdraw(B).len(), decisions.count()), (0, 1, 1));
    }

    #[test]
    fn an_invoice_is_shown_as_it_will_be() {
        let mut decisions = of([approve(1, A)]);
        assert_eq!((decisions.status(A), decisions.status(B)), (Some(Status::Approved), None));
        decisions.push(PendingDecision { shows: Shows::Status(Status::NeedsReview), ..approve(2, A) });
        assert_eq!(decisions.status(A), Some(Status::NeedsReview));
    }

    #[test]
    fn it_goes_on_from_the_own_change_that_arrived_before_it() {
        let mut decisions = of([approve(1, A)]);
        let result = |before, version| EditResult {
            before_version: before,
            version,
            status: Status::NeedsReview,
            fields: Default::default(),
            checks: Vec::new(),
            review_reasons: Vec::new(),
        };
        let kept = decisions.rebase(A, &result(3, 4));
        assert_eq!(kept[0].decision.base_version(), Some(4));
        decisions.rebase(A, &result(6, 7));
        assert_eq!(decisions.begin(|_| true).and_then(|sent| sent.decision.base_version()), Some(4));
    }

    #[test]
    fn what_is_taken_up_is_there_once_and_in_its_order() {
        let mut decisions = of([approve(3, A)]);
        decisions.take_up(vec![approve(3, A), approve(1, B)]);
        assert_eq!(decisions.clients().collect::<Vec<_>>(), ["1", "3"]);
    }
}
