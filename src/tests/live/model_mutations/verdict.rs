//! What has to be true in the end.

use super::world::{FIELDS, Made, Told, World, number};
use ap_intake::{
    db,
    domain::{
        events::{Event, Room},
        field::Field,
        invoice::HistoryEntry,
    },
    ui::pages::review::merge,
};

impl World<'_> {
    /// How often a person was told of a conflict.
    pub fn conflicts_told(&self) -> usize {
        let told = self.made.iter().flat_map(|made| &made.told);
        told.filter(|told| **told == Told::Refused("conflict".to_owned())).count()
    }

    pub async fn check(&mut self) {
        let taken = self.taken().await;
        self.check_told(&taken);
        self.check_history(&taken).await;
        self.check_shown().await;
    }

    /// The changes in the order in which they were taken, by the events that name them.
    async fn taken(&self) -> Vec<usize> {
        let mut conn = self.services.store.read().await.unwrap();
        let events = db::events::event_range(&mut conn, &Room::Invoice(self.invoice), 0, 10_000).await.unwrap();
        let keys = events.into_iter().filter_map(|logged| match logged.event {
            Event::InvoiceUpdated { mutation, .. } => mutation,
            _ => None,
        });
        keys.map(|key| self.sent[&number(&key)]).collect()
    }

    /// Each change was taken once and said to be, or not taken and said not to be.
    fn check_told(&self, taken: &[usize]) {
        for (number, made) in self.made.iter().enumerate() {
            let times = taken.iter().filter(|one| **one == number).count();
            let what = format!("change {number} of {:?}, taken {times} times: {:?}", made.field, made.told);
            assert!(times <= 1, "not twice: {what}");
            assert!(!made.told.is_empty(), "not unseen: {what}");
            assert!(made.told.iter().all(|told| (*told == Told::Taken) == (times == 1)), "not wrongly: {what}");
        }
    }

    /// Each has one entry, and replaced nothing that the person could not know of.
    async fn check_history(&self, taken: &[usize]) {
        let mut conn = self.services.store.read().await.unwrap();
        let mut history = db::history::history_list(&mut conn, self.invoice).await.unwrap();
        history.retain(|entry| entry.actor == self.house.clerk.name);
        history.reverse();
        assert_eq!(history.len(), taken.len(), "one entry for each change");
        for (number, entry) in taken.iter().zip(&history) {
            self.check_entry(*number, entry);
        }
    }

    fn check_entry(&self, number: usize, entry: &HistoryEntry) {
        let (made, change) = (&self.made[number], &entry.changes[0]);
        assert_eq!((change.name, change.after.as_deref()), (made.field, Some(made.value.as_str())));
        let Some(before) = change.before.clone().filter(|before| *before != made.value) else { return };
        if self.theirs.contains(&before) {
            let was_shown = made.shown.contains(&(made.field, before.clone()));
            assert!(was_shown, "change {number} replaced {before}, which nobody saw");
        } else {
            let mut gave = self.made.iter().enumerate().filter(|(_, other)| is_of(other, made.field, &before));
            let is_newer = gave.clone().next().is_some() && gave.all(|(other, _)| other > number);
            assert!(!is_newer, "change {number} replaced {before}, which the person typed later");
        }
    }

    /// Every tab shows what stands in the database.
    async fn check_shown(&mut self) {
        let stored = self.house.get(self.invoice).await;
        for at in 0..self.tabs.len() {
            self.step(super::Step::Read(at)).await;
            self.step(super::Step::Show(at)).await;
        }
        for tab in self.tabs.iter().flatten() {
            let page = tab.page.as_ref().unwrap();
            for field in FIELDS {
                assert_eq!(page.value(&tab.outbox, field), merge::saved(&stored, field), "{field:?}");
            }
        }
    }
}

/// Whether the person typed this value there; to confirm one that was shown already is to type nothing.
fn is_of(made: &Made, field: Field, value: &str) -> bool {
    made.field == field && made.value == value && !made.shown.contains(&(field, value.to_owned()))
}
