//! Who else is in an invoice, and the way to say where oneself is.

use super::{
    connection::SocketState,
    live::{Live, LiveListener},
    reducer::{Company, LiveEvent},
};
use crate::domain::{
    events::{Cursor, PresenceState, Room},
    field::Field,
    ids::{InvoiceId, UserId},
};
use crate::ui::reactive::effect;
use leptos::prelude::*;
use std::time::Duration;

/// The shortest time between two of our own messages. What comes meanwhile goes with the last one, so that going from
/// field to field is one move.
const PAUSE: Duration = Duration::from_millis(100);
/// The right of way ends after 30 s.
const RENEW: Duration = Duration::from_secs(10);

/// Somebody else, whatever the number of their tabs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub user: UserId,
    pub name: String,
    /// The field that has the focus.
    pub field: Option<Field>,
    /// The pointer over the document.
    pub cursor: Option<Cursor>,
}

/// Somebody else in a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InField {
    pub user: UserId,
    pub name: String,
    /// With the right of way.
    pub edits: bool,
}

/// The company of one invoice. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Presence {
    invoice: InvoiceId,
    live: Option<Live>,
    company: RwSignal<Company>,
    mine: StoredValue<Mine>,
}

/// What is to be told of this person.
#[derive(Clone, Copy, Default)]
struct Mine {
    state: PresenceState,
    wanted: Option<Field>,
    /// It will be told when the pause is over.
    waits: bool,
}

/// Is there, in an invoice, until the owner is cleaned up. Nobody is seen while there is no socket.
pub fn use_presence(invoice: InvoiceId) -> Presence {
    let presence = Presence {
        invoice,
        live: use_context(),
        company: RwSignal::new(Company::default()),
        mine: StoredValue::new(Mine::default()),
    };
    if let Some(live) = presence.live {
        presence.be_there(live);
    }
    presence
}

impl Presence {
    /// One for the page of all components: its people stay where they are.
    #[cfg(debug_assertions)]
    pub fn sample(company: Company) -> Presence {
        let invoice = InvoiceId(uuid::Uuid::nil());
        Presence { invoice, live: None, company: RwSignal::new(company), mine: StoredValue::new(Mine::default()) }
    }

    /// The others, each once, in an order that stays.
    pub fn people(self) -> Vec<Person> {
        self.company.with(grouped)
    }

    /// Who else is in a field.
    pub fn in_field(self, field: Field) -> Option<InField> {
        self.company.with(|company| in_field(company, field))
    }

    pub fn is_alone(self) -> bool {
        self.company.with(|company| company.people.is_empty())
    }

    /// The focus came to a field or left all of them. Who may edit wants the right of way there.
    pub fn focus(self, field: Option<Field>, may_edit: bool) {
        self.tell(|mine| (mine.state.field, mine.wanted) = (field, field.filter(|_| may_edit)));
    }

    /// The pointer is on the document, or no longer.
    pub fn point(self, cursor: Option<Cursor>) {
        self.tell(|mine| mine.state.cursor = cursor);
    }

    fn tell(self, change: impl FnOnce(&mut Mine)) {
        let waits = self.mine.try_update_value(|mine| {
            change(mine);
            std::mem::replace(&mut mine.waits, true)
        });
        if waits == Some(false) {
            set_timeout(move || self.announce(), PAUSE);
        }
    }

    fn announce(self) {
        let mine = self.mine.try_update_value(|mine| {
            mine.waits = false;
            *mine
        });
        if let Some((live, mine)) = self.live.zip(mine) {
            live.announce(self.invoice, Some(mine.state), mine.wanted);
        }
    }

    fn be_there(self, live: Live) {
        let room = Room::Invoice(self.invoice);
        let listener = StoredValue::new(None::<LiveListener>);
        effect(move || {
            let new = live.subscribe(room.clone(), None, move |event| {
                if let LiveEvent::Company(company) = event {
                    _ = self.company.try_set(company.clone());
                }
            });
            listener.set_value(Some(new));
            self.company.set(live.company(&room));
            self.announce();
            let renew = set_interval_with_handle(move || live.renew(self.invoice), RENEW);
            on_cleanup(move || {
                if let Ok(renew) = renew {
                    renew.clear();
                }
            });
        });
        let is_open = Memo::new(move |_| live.connection().with(|now| now.socket == SocketState::Open));
        effect(move || {
            if !is_open.get() {
                self.company.set(Company::default());
            }
        });
        on_cleanup(move || {
            live.announce(self.invoice, None, None);
            drop(listener.try_update_value(Option::take));
        });
    }
}

/// A person once, by name; of several tabs the first that has a field or a pointer.
fn grouped(company: &Company) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    for present in &company.people {
        let PresenceState { field, cursor } = present.state;
        match people.iter_mut().find(|person| person.user == present.user) {
            Some(person) => {
                person.field = person.field.or(field);
                person.cursor = person.cursor.or(cursor);
            }
            None => people.push(Person { user: present.user, name: present.name.clone(), field, cursor }),
        }
    }
    people.sort_by(|one, other| (&one.name, one.user).cmp(&(&other.name, other.user)));
    people
}

/// Whoever has the right of way there, else the first whose focus is there. Focus and right of way are told apart: who
/// has it elsewhere is there, not in two places for a moment.
fn in_field(company: &Company, field: Field) -> Option<InField> {
    let holders = company.locks.iter().filter_map(|lock| Some((lock.field, lock.holder.as_ref()?)));
    if let Some((_, holder)) = holders.clone().find(|(locked, _)| *locked == field) {
        return Some(InField { user: holder.user, name: holder.name.clone(), edits: true });
    }
    let mut people = company.people.iter().filter(|present| present.state.field == Some(field));
    let present = people.find(|present| holders.clone().all(|(_, holder)| holder.user != present.user))?;
    Some(InField { user: present.user, name: present.name.clone(), edits: false })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::events::{Holder, Lock, Present};
    use uuid::Uuid;

    fn tab(connection: &str, user: u128, name: &str, field: Option<Field>) -> Present {
        Present {
            connection: connection.to_owned(),
            user: UserId(Uuid::from_u128(user)),
            name: name.to_owned(),
            clock: 1,
            state: PresenceState { field, cursor: None },
        }
    }

    #[test]
    fn a_person_with_several_tabs_is_there_once() {
        let people = vec![
            tab("a", 1, "Rita", None),
            tab("b", 2, "Cleo", None),
            tab("c", 1, "Rita", Some(Field::DueDate)),
            tab("d", 3, "Rita", None),
        ];
        let shown = grouped(&Company { people, locks: Vec::new() });
        let shown: Vec<_> = shown.iter().map(|person| (person.name.as_str(), person.field)).collect();
        assert_eq!(shown, [("Cleo", None), ("Rita", Some(Field::DueDate)), ("Rita", None)]);
    }

    #[test]
    fn whoever_goes_on_to_the_next_field_is_in_one_of_them() {
        let holder = Some(Holder { connection: "a".into(), user: UserId(Uuid::from_u128(1)), name: "Rita".into() });
        let invoice = InvoiceId(Uuid::nil());
        let locks = vec![Lock { invoice, field: Field::Note, holder, token: 1, expires_in_ms: 1 }];
        let people = vec![tab("a", 1, "Rita", Some(Field::DueDate)), tab("b", 2, "Cleo", Some(Field::Note))];
        let mut company = Company { people, locks };
        let name = |company: &Company, field| in_field(company, field).map(|found| (found.name, found.edits));
        assert_eq!(name(&company, Field::Note), Some(("Rita".to_owned(), true)), "the right of way comes first");
        assert_eq!(name(&company, Field::DueDate), None, "the focus is told a moment later");
        company.locks.clear();
        assert_eq!(name(&company, Field::Note), Some(("Cleo".to_owned(), false)));
        assert_eq!(name(&company, Field::DueDate), Some(("Rita".to_owned(), false)));
    }
}
