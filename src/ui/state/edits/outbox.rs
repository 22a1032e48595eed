//! What one tab has still to tell the server, as plain data: what goes next, under which number, and what an answer
//! means. The browser's part is in [`super::Edits`]; tests drive this against the real service.

use super::queue::{Before, Direction, Pending, Queue, base_behind, newest, newest_place, rebase, renumber, take_up};
use crate::domain::{
    error::AppError,
    events::{MutationKey, MutationOutcome, MutationResult},
    field::Field,
    ids::InvoiceId,
    invoice::{EditResult, FieldEdit, Placing},
};

/// What became of a change.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Taken(EditResult),
    /// It stays in the outbox until the page says [`Outbox::forget`].
    Refused(AppError),
    /// The server can not be reached: it is sent again later.
    Waits,
}

/// What an answer leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Write it to the browser's storage.
    Keep(Pending),
    /// Remove it from there.
    Forget(MutationKey),
    /// Tell the page.
    Tell(Pending, Outcome),
}

#[derive(Debug, Default)]
pub struct Outbox {
    /// Who numbers the changes: this tab, until the server forgot it.
    client_id: String,
    last_number: u64,
    /// When the newest change was made.
    last_at: u64,
    queue: Queue,
    /// The change that was sent and not answered.
    sending: Option<MutationKey>,
    /// Refused, and not yet settled by the person.
    held: Vec<(Pending, AppError)>,
}

impl Outbox {
    pub fn new(client_id: String) -> Outbox {
        Outbox { client_id, ..Outbox::default() }
    }

    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// Changes of one invoice on their way.
    pub fn of_invoice(&self, invoice: InvoiceId) -> usize {
        self.queue.iter().filter(|pending| pending.invoice == invoice).count()
    }

    /// The changes of one invoice on their way.
    pub fn changes_of(&self, invoice: InvoiceId) -> Vec<Pending> {
        self.queue.iter().filter(|pending| pending.invoice == invoice).cloned().collect()
    }

    /// The fields of an invoice that have changes on their way.
    pub fn fields_of(&self, invoice: InvoiceId) -> Vec<Field> {
        self.queue.iter().filter(|pending| pending.invoice == invoice).map(|pending| pending.edit.name).collect()
    }

    /// The newest value on its way for a field.
    pub fn value(&self, invoice: InvoiceId, field: Field) -> Option<&str> {
        newest(&self.queue, invoice, field).map(|pending| pending.edit.value.as_str())
    }

    /// The newest place on its way for a field.
    pub fn place(&self, invoice: InvoiceId, field: Field) -> Placing {
        newest_place(&self.queue, invoice, field)
    }

    /// Refused changes of an invoice that the person has not settled.
    pub fn held(&self, invoice: InvoiceId) -> Vec<(Pending, AppError)> {
        self.held.iter().filter(|(pending, _)| pending.invoice == invoice).cloned().collect()
    }

    /// In whose name changes are here: this tab's first, then those of tabs that are gone. Other tabs leave these alone.
    pub fn clients(&self) -> Vec<String> {
        let mut clients = vec![self.client_id.clone()];
        for pending in self.queue.iter().chain(self.held.iter().map(|(pending, _)| pending)) {
            if !clients.contains(&pending.key.client_id) {
                clients.push(pending.key.client_id.clone());
            }
        }
        clients
    }

    /// What a change is based on that is typed now, where the page knows the version `seen`.
    pub fn base(&self, invoice: InvoiceId, field: Field, seen: i64) -> i64 {
        base_behind(&self.queue, invoice, field).map_or(seen, |behind| behind.min(seen))
    }

    /// Takes a change, based on the version that the person saw. Gives it as it is to be stored.
    pub fn push(
        &mut self,
        now: u64,
        invoice: InvoiceId,
        seen: FieldEdit,
        before: Before,
        direction: Direction,
    ) -> Pending {
        let edit = FieldEdit { base_version: self.base(invoice, seen.name, seen.base_version), ..seen };
        self.last_number += 1;
        // After everything that is here, even when somebody set the clock back.
        self.last_at = now.max(self.last_at + 1);
        let key = MutationKey { client_id: self.client_id.clone(), mutation_id: self.last_number };
        let before_place = before.place.filter(|_| !edit.place.is_kept());
        let pending = Pending { key, at: self.last_at, invoice, edit, before: before.value, before_place, direction };
        self.queue.push_back(pending.clone());
        pending
    }

    /// Takes up what a tab that is gone left in the storage.
    pub fn take_up(&mut self, mut stored: Vec<Pending>) {
        stored.retain(|pending| self.held.iter().all(|(held, _)| held.key != pending.key));
        take_up(&mut self.queue, stored);
        self.last_at = self.queue.iter().map(|pending| pending.at).fold(self.last_at, u64::max);
    }

    /// Begins to send what is next. One at a time: fields that share a version would otherwise refuse each other.
    pub fn begin(&mut self) -> Option<Pending> {
        if self.sending.is_some() {
            return None;
        }
        let next = self.queue.front()?.clone();
        self.sending = Some(next.key.clone());
        Some(next)
    }

    /// The change that was sent and not answered.
    pub fn in_flight(&self) -> Option<&Pending> {
        let key = self.sending.as_ref()?;
        self.queue.iter().find(|pending| pending.key == *key)
    }

    /// A refused change is settled: taken back, or sent anew.
    pub fn forget(&mut self, key: &MutationKey) {
        self.held.retain(|(pending, _)| pending.key != *key);
    }

    /// The server's word on a change; `fresh` is a client id that nobody has. An answer that nobody waits for any more
    /// changes nothing and leads to nothing.
    pub fn answered(&mut self, result: MutationResult, fresh: String) -> Vec<Act> {
        let key = MutationKey { client_id: result.client_id, mutation_id: result.mutation_id };
        let Some(pending) = self.in_flight().filter(|pending| pending.key == key).cloned() else { return Vec::new() };
        self.sending = None;
        match result.outcome {
            MutationOutcome::Done(result) => self.taken(pending, *result),
            // The same number again later: if it did arrive, the server answers what it answered.
            MutationOutcome::Retry | MutationOutcome::Decided(_) => vec![Act::Tell(pending, Outcome::Waits)],
            MutationOutcome::Refused(error) if passes(&error) => vec![Act::Tell(pending, Outcome::Waits)],
            MutationOutcome::Refused(error) => {
                self.queue.retain(|other| other.key != pending.key);
                self.held.push((pending.clone(), error.clone()));
                vec![Act::Tell(pending, Outcome::Refused(error))]
            }
            MutationOutcome::Gap { .. } => self.begin_anew(&key.client_id, fresh),
        }
    }

    fn taken(&mut self, pending: Pending, result: EditResult) -> Vec<Act> {
        self.queue.retain(|other| other.key != pending.key);
        rebase(&mut self.queue, &pending, &result);
        let mut acts: Vec<Act> = self.queue.iter().cloned().map(Act::Keep).collect();
        acts.push(Act::Forget(pending.key.clone()));
        acts.push(Act::Tell(pending, Outcome::Taken(result)));
        acts
    }

    /// The server does not know what was sent before in the name of `unknown`.
    fn begin_anew(&mut self, unknown: &str, fresh: String) -> Vec<Act> {
        let left = renumber(&mut self.queue, unknown, &fresh, 1);
        self.client_id = fresh;
        self.last_number = left.len() as u64;
        let kept = self.queue.iter().cloned().map(Act::Keep);
        kept.chain(left.into_iter().map(Act::Forget)).collect()
    }
}

/// Whether a refusal is about now, and not about the change: later it may be taken. Where something broke, nobody knows
/// whether the change was; the server says so when it is sent again.
pub fn passes(error: &AppError) -> bool {
    error.is_passing() || *error == AppError::Unauthenticated
}

#[cfg(test)]
mod tests {
    use super::*;

    fn type_in(outbox: &mut Outbox, now: u64, value: &str) -> Pending {
        let edit = FieldEdit::new(Field::Note, 1, value);
        outbox.push(now, InvoiceId(uuid::Uuid::nil()), edit, Before::default(), Direction::Forward)
    }

    fn refuse(outbox: &mut Outbox, error: AppError) -> Vec<Act> {
        let sent = outbox.begin().expect("something to send");
        outbox.answered(sent.result(MutationOutcome::Refused(error)), String::new())
    }

    #[test]
    fn where_something_broke_the_change_is_sent_again() {
        let mut outbox = Outbox::new("tab".to_owned());
        let first = type_in(&mut outbox, 5, "a");
        assert_eq!(refuse(&mut outbox, AppError::Internal), [Act::Tell(first.clone(), Outcome::Waits)]);
        assert_eq!(outbox.begin(), Some(first));
    }

    #[test]
    fn an_answer_that_nobody_waits_for_leads_to_nothing() {
        let mut outbox = Outbox::new("tab".to_owned());
        let first = type_in(&mut outbox, 5, "a");
        assert_eq!(outbox.answered(first.result(MutationOutcome::Retry), String::new()), []);
        assert_eq!(outbox.len(), 1);
    }

    #[test]
    fn a_clock_set_back_changes_no_order() {
        let mut earlier = Outbox::new("earlier".to_owned());
        let left = type_in(&mut earlier, 50, "a");
        let mut outbox = Outbox::new("tab".to_owned());
        outbox.take_up(vec![left.clone()]);
        let (second, third) = (type_in(&mut outbox, 40, "b"), type_in(&mut outbox, 40, "c"));
        let mut next = Outbox::new("next".to_owned());
        next.take_up(vec![third.clone(), second.clone(), left.clone()]);
        assert_eq!(next.queue, [left, second, third]);
    }

    #[test]
    fn what_was_taken_up_belongs_to_this_tab_until_it_is_settled() {
        let mut earlier = Outbox::new("earlier".to_owned());
        let left = type_in(&mut earlier, 5, "a");
        let mut outbox = Outbox::new("tab".to_owned());
        outbox.take_up(vec![left.clone()]);
        assert_eq!(outbox.clients(), ["tab", "earlier"]);
        refuse(&mut outbox, AppError::not_found("Invoice"));
        assert_eq!(outbox.clients(), ["tab", "earlier"]);
        outbox.take_up(vec![left.clone()]);
        assert!(outbox.is_empty(), "it is not sent again while the person is asked");
        outbox.forget(&left.key);
        assert_eq!(outbox.clients(), ["tab"]);
    }
}
