//! Changes on their way, as plain data: their order, their numbers and what they are based on.

use crate::domain::{
    events::{Mutation, MutationKey, MutationOutcome, MutationResult},
    field::Field,
    ids::InvoiceId,
    invoice::{EditResult, FieldEdit, Placing},
    reading::PageBox,
};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Where a change goes once it is taken: what was done can be undone, what was undone can be redone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    Forward,
    Back,
}

/// A change on its way; its base is the version the person saw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    /// The number it is sent under, until it is decided.
    pub key: MutationKey,
    /// When it was made: milliseconds of the browser's clock.
    pub at: u64,
    pub invoice: InvoiceId,
    pub edit: FieldEdit,
    /// The value it replaces.
    pub before: String,
    /// The place it replaces, where it changes that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before_place: Option<PageBox>,
    pub direction: Direction,
}

/// A value, and where it stands, before a change.
#[derive(Clone, Debug, Default)]
pub struct Before {
    pub value: String,
    pub place: Option<PageBox>,
}

impl Pending {
    pub fn mutation(&self) -> Mutation {
        let MutationKey { client_id, mutation_id } = self.key.clone();
        Mutation { client_id, mutation_id, invoice: self.invoice, fields: vec![self.edit.clone()], decision: None }
    }

    pub fn result(&self, outcome: MutationOutcome) -> MutationResult {
        let MutationKey { client_id, mutation_id } = self.key.clone();
        MutationResult { client_id, mutation_id, outcome }
    }
}

#[cfg(test)]
impl Pending {
    /// The `number`th change of a tab: it makes its number the field's value.
    pub fn for_test(number: u64, name: Field, base_version: i64) -> Pending {
        Pending {
            key: MutationKey { client_id: "tab".to_owned(), mutation_id: number },
            at: number,
            invoice: InvoiceId(uuid::Uuid::nil()),
            edit: FieldEdit::new(name, base_version, number.to_string()),
            before: String::new(),
            before_place: None,
            direction: Direction::Forward,
        }
    }
}

pub type Queue = VecDeque<Pending>;

pub fn newest(queue: &Queue, invoice: InvoiceId, field: Field) -> Option<&Pending> {
    queue.iter().rev().find(|pending| pending.invoice == invoice && pending.edit.name == field)
}

/// The newest place on its way for a field.
pub fn newest_place(queue: &Queue, invoice: InvoiceId, field: Field) -> Placing {
    let of_field = queue.iter().rev().filter(|pending| pending.invoice == invoice && pending.edit.name == field);
    of_field.map(|pending| pending.edit.place).find(|place| !place.is_kept()).unwrap_or_default()
}

/// The base of what waits already for the same version: newer versions that came meanwhile were not seen below it. What
/// waits for the field itself may be older than the newest of its group, where it was taken up from a tab that is gone.
pub fn base_behind(queue: &Queue, invoice: InvoiceId, field: Field) -> Option<i64> {
    let newest_of = |is_it: &dyn Fn(Field) -> bool| {
        let before = queue.iter().rev().find(|pending| pending.invoice == invoice && is_it(pending.edit.name));
        before.map(|pending| pending.edit.base_version)
    };
    let group = field.version_group();
    let bases = [newest_of(&|name| name.version_group() == group), newest_of(&|name| name == field)];
    bases.into_iter().flatten().min()
}

/// What waits behind a change that was taken was typed on top of it, not against it. What was taken up since from a tab
/// that is gone, and is older, was not.
pub fn rebase(queue: &mut Queue, taken: &Pending, result: &EditResult) {
    let Some(version) = version_after(result, taken.edit.name.version_group()) else { return };
    for waiting in queue.iter_mut().filter(|waiting| waiting.invoice == taken.invoice && order(waiting) > order(taken))
    {
        if goes_on(taken, version, waiting.edit.name, waiting.edit.base_version) {
            waiting.edit.base_version = version;
        }
    }
}

/// Whether what is based on `base` goes on from a change that was taken and left its fields at `version`. Where
/// somebody else had given the same value, that was taken whatever came before it; what others gave the fields that
/// share its version was not seen then.
pub fn goes_on(taken: &Pending, version: i64, field: Field, base: i64) -> bool {
    let (name, before) = (taken.edit.name, taken.edit.base_version);
    base == before && (field == name || field.version_group() == name.version_group() && version == before + 1)
}

/// The version that an edit left in its group of fields.
pub fn version_after(result: &EditResult, group: Field) -> Option<i64> {
    result.fields.iter().filter(|(name, _)| name.version_group() == group).map(|(_, value)| value.version).max()
}

/// Puts what an earlier visit left before what was made since, each once. The numbers of a client stay in order.
pub fn take_up(queue: &mut Queue, stored: Vec<Pending>) {
    for pending in stored {
        if queue.iter().all(|known| known.key != pending.key) {
            queue.push_back(pending);
        }
    }
    queue.make_contiguous().sort_by(|one, other| order(one).cmp(&order(other)));
}

fn order(pending: &Pending) -> (u64, &str, u64) {
    (pending.at, &pending.key.client_id, pending.key.mutation_id)
}

/// The server knows less of a client than was sent in its name (its database is an older one, or the client was
/// forgotten): what waits is numbered anew, under `client` from `next` on. Gives the keys that are no longer used.
pub fn renumber(queue: &mut Queue, unknown: &str, client: &str, mut next: u64) -> Vec<MutationKey> {
    let mut left = Vec::new();
    for pending in queue.iter_mut().filter(|pending| pending.key.client_id == unknown) {
        let key = MutationKey { client_id: client.to_owned(), mutation_id: next };
        left.push(std::mem::replace(&mut pending.key, key));
        next += 1;
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{invoice::FieldValue, reading::Source, status::Status};
    use std::collections::BTreeMap;

    fn pending(number: u64, invoice: InvoiceId, name: Field, base_version: i64) -> Pending {
        Pending { invoice, ..Pending::for_test(number, name, base_version) }
    }

    fn result(field: Field, version: i64) -> EditResult {
        let value = FieldValue { version, ..FieldValue::empty(Source::User) };
        EditResult {
            before_version: 8,
            version: 9,
            status: Status::NeedsReview,
            fields: BTreeMap::from([(field, value)]),
            checks: Vec::new(),
            review_reasons: Vec::new(),
        }
    }

    fn invoice(number: u128) -> InvoiceId {
        InvoiceId(uuid::Uuid::from_u128(number))
    }

    fn numbers(queue: &Queue) -> Vec<u64> {
        queue.iter().map(|pending| pending.key.mutation_id).collect()
    }

    #[test]
    fn edits_behind_ones_own_go_on_from_it() {
        let (here, there) = (invoice(1), invoice(2));
        let first = pending(1, here, Field::NetTotal, 3);
        let mut queue = Queue::from([
            pending(2, here, Field::GrossTotal, 3),
            pending(3, here, Field::DueDate, 3),
            pending(4, there, Field::NetTotal, 3),
            pending(5, here, Field::NetTotal, 2),
        ]);
        rebase(&mut queue, &first, &result(Field::NetTotal, 4));
        let bases: Vec<i64> = queue.iter().map(|pending| pending.edit.base_version).collect();
        assert_eq!(bases, [4, 3, 3, 2], "only what shares the version, and was typed on top");
    }

    #[test]
    fn an_older_edit_that_was_taken_up_since_does_not_go_on_from_a_newer_one() {
        let here = invoice(1);
        let mut queue = Queue::from([pending(1, here, Field::Note, 3)]);
        rebase(&mut queue, &pending(2, here, Field::Note, 3), &result(Field::Note, 4));
        assert_eq!(queue[0].edit.base_version, 3);
    }

    #[test]
    fn a_value_that_somebody_else_gave_too_covers_nothing_else_of_theirs() {
        let (here, net) = (invoice(1), Field::NetTotal);
        let first = pending(1, here, net, 3);
        let mut queue = Queue::from([pending(2, here, net, 3), pending(3, here, Field::GrossTotal, 3)]);
        rebase(&mut queue, &first, &result(net, 6));
        let bases: Vec<i64> = queue.iter().map(|pending| pending.edit.base_version).collect();
        assert_eq!(bases, [6, 3]);
    }

    #[test]
    fn an_edit_behind_another_keeps_what_that_one_saw() {
        let (here, there) = (invoice(1), invoice(2));
        let queue = Queue::from([pending(1, here, Field::NetTotal, 3)]);
        assert_eq!(base_behind(&queue, here, Field::GrossTotal), Some(3));
        assert_eq!(base_behind(&queue, here, Field::DueDate), None);
        assert_eq!(base_behind(&queue, there, Field::NetTotal), None);
        assert_eq!(newest(&queue, here, Field::GrossTotal), None);
    }

    #[test]
    fn what_was_left_comes_first_and_once() {
        let mut queue = Queue::from([pending(20, invoice(1), Field::Note, 0)]);
        take_up(&mut queue, [11, 20, 10].map(|number| pending(number, invoice(1), Field::Note, 0)).to_vec());
        assert_eq!(numbers(&queue), [10, 11, 20]);
    }

    #[test]
    fn numbers_of_one_client_stay_in_order_within_a_millisecond() {
        let mut queue = Queue::new();
        let at_once = [3, 1, 2].map(|number| Pending { at: 5, ..pending(number, invoice(1), Field::Note, 0) });
        take_up(&mut queue, at_once.to_vec());
        assert_eq!(numbers(&queue), [1, 2, 3]);
    }

    #[test]
    fn what_the_server_does_not_know_is_numbered_anew() {
        let mut queue: Queue = [7, 8].map(|number| pending(number, invoice(1), Field::Note, 0)).into();
        let other = MutationKey { client_id: "other".to_owned(), mutation_id: 3 };
        queue.push_back(Pending { key: other.clone(), ..pending(9, invoice(1), Field::Note, 0) });
        let left = renumber(&mut queue, "tab", "new", 1);
        assert_eq!(left.iter().map(|key| key.mutation_id).collect::<Vec<_>>(), [7, 8]);
        assert_eq!(numbers(&queue), [1, 2, 3]);
        assert_eq!(queue[2].key, other);
    }

    #[test]
    fn a_stored_edit_is_read_back() {
        let place = PageBox { page: 1, x: 0.25, y: 0.5, w: 0.125, h: 0.25 };
        for (placing, before_place) in
            [(Placing::Kept, None), (Placing::Removed, Some(place)), (Placing::At(place), None)]
        {
            let mut kept = Pending { before_place, ..pending(1, invoice(1), Field::Iban, 2) };
            kept.edit.place = placing;
            let text = serde_json::to_string(&kept).unwrap();
            assert_eq!(serde_json::from_str::<Pending>(&text).unwrap(), kept);
        }
    }

    #[test]
    fn the_newest_place_is_that_of_the_last_change_that_says_one() {
        let here = invoice(1);
        let mut queue = Queue::from([1, 2, 3].map(|number| pending(number, here, Field::Iban, 0)));
        assert_eq!(newest_place(&queue, here, Field::Iban), Placing::Kept);
        queue[1].edit.place = Placing::Removed;
        assert_eq!(newest_place(&queue, here, Field::Iban), Placing::Removed);
        assert_eq!(newest_place(&queue, here, Field::Note), Placing::Kept);
    }
}
