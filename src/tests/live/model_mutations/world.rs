//! What happens: the person, the browser's glue around its plain data, the network, the server, somebody else.

use super::{
    Fate, Step,
    browser::{Page, Storage, Tab},
};
use crate::{services::House, store};
use ap_intake::{
    db::{self, fields::StoredField},
    domain::{
        error::AppError,
        events::{Mutation, MutationKey, MutationOutcome, MutationResult},
        field::Field,
        ids::InvoiceId,
        invoice::{FieldEdit, FieldValue, InvoiceDetail},
        reading::Source,
        status::Status,
    },
    services::Services,
    ui::{
        pages::review::merge,
        state::edits::{
            Before, Direction, Outcome, Pending,
            outbox::Act,
            stored::{forget, keep, left_by},
            version_after,
        },
    },
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// One nobody ever filled, one the reader filled, and two that share a version, of which one was filled.
pub const FIELDS: [Field; 4] = [Field::Note, Field::InvoiceNumber, Field::NetTotal, Field::GrossTotal];

/// What a person was told of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    Taken,
    Refused(String),
}

/// A change that the person made.
pub struct Made {
    pub field: Field,
    pub value: String,
    pub told: Vec<Told>,
    /// What had been shown until then.
    pub shown: BTreeSet<(Field, String)>,
}

pub struct World<'a> {
    pub house: &'a House,
    pub services: Services,
    pub invoice: InvoiceId,
    pub storage: Storage,
    pub tabs: [Option<Tab>; 3],
    pub made: Vec<Made>,
    /// Which change was sent under a number.
    pub sent: BTreeMap<(String, u64), usize>,
    /// Values that somebody else gave, and this person did not.
    pub theirs: BTreeSet<String>,
    /// Messages of sockets that were cut.
    strays: Vec<Mutation>,
    /// How far each client was decided.
    decided: BTreeMap<String, u64>,
    clock: u64,
    /// The latest that it ever showed.
    latest: u64,
    drawn: u64,
}

impl<'a> World<'a> {
    pub async fn new(house: &'a House) -> World<'a> {
        let invoice = store::add_invoice(&house.services.store, house.clerk.user_id, &Uuid::now_v7().to_string()).await;
        let mut tx = house.services.store.begin_quiet().await.unwrap();
        db::invoices::invoice_set_status(&mut tx, invoice, Status::NeedsReview, None, 1).await.unwrap();
        for (field, value) in [(Field::InvoiceNumber, "read"), (Field::NetTotal, "0.50")] {
            let stored = read(value);
            db::fields::field_put_all(&mut tx, invoice, [(field, &stored)].into_iter()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut world = World {
            house,
            services: house.services.clone(),
            invoice,
            storage: Storage::default(),
            tabs: [None, None, None],
            made: Vec::new(),
            sent: BTreeMap::new(),
            theirs: BTreeSet::new(),
            strays: Vec::new(),
            decided: BTreeMap::new(),
            clock: 1_000,
            latest: 1_000,
            drawn: 0,
        };
        world.open(0).await;
        world.take_up(0);
        world
    }

    pub async fn step(&mut self, step: Step) {
        match step {
            Step::Edit(at, field) => self.edit(at, FIELDS[field]),
            Step::Begin(at, field) => self.begin(at, FIELDS[field]),
            Step::Confirm(at, field) => self.confirm(at, FIELDS[field]),
            Step::EditBadly(at) => self.send(at, Field::DueDate, 0, "soon".to_owned()),
            Step::Choose { tab, mine } => self.choose(tab, mine).await,
            Step::Other { field, copy } => self.other(FIELDS[field], copy).await,
            Step::Read(at) => self.read(at).await,
            Step::Show(at) => self.show(at),
            Step::Refresh(at) => {
                self.read(at).await;
                self.show(at);
            }
            Step::Open(at) => self.open(at).await,
            Step::TakeUp(at) => self.take_up(at),
            Step::Reload(at) => self.reload(at).await,
            Step::Die(at) => self.die(at),
            Step::Freeze(at) => self.tabs[at].iter_mut().for_each(|tab| tab.is_frozen = true),
            Step::Wake(at) => self.wake(at),
            Step::Leave(at) => self.awake(at).into_iter().for_each(|tab| tab.page = None),
            Step::Visit(at) => self.visit(at).await,
            Step::Arrive(at, fate) => self.arrive(at, fate).await,
            Step::Answer { tab, twice } => self.answer(tab, twice),
            Step::Travel(at) => {
                self.arrive(at, Fate::Decided).await;
                self.answer(at, false);
            }
            Step::AskAgain(at) => self.ask_again(at),
            Step::Stray(which) if !self.strays.is_empty() => {
                let message = self.strays.remove(which % self.strays.len());
                self.decide(&message).await;
            }
            Step::Stray(_) => {}
            Step::Cut(at) => self.cut(at),
            Step::Offline(at) => {
                self.awake(at).into_iter().for_each(|tab| tab.is_offline = true);
                self.cut(at);
            }
            Step::Online(at) => {
                self.awake(at).into_iter().for_each(|tab| tab.is_offline = false);
                self.send_next(at);
            }
            Step::Retry(at) => self.send_next(at),
            Step::Restart => self.restart(),
            Step::ForgetClients => self.forget_clients().await,
            Step::ClockBack => self.clock = self.clock.saturating_sub(7),
        }
        self.tabs.iter_mut().flatten().for_each(|tab| tab.look(&FIELDS));
    }

    // The person.

    fn awake(&mut self, at: usize) -> Option<&mut Tab> {
        self.tabs[at].as_mut().filter(|tab| !tab.is_frozen)
    }

    /// The page, while no question covers it.
    fn page(&mut self, at: usize) -> Option<&mut Page> {
        self.awake(at)?.page.as_mut().filter(|page| page.clashes.is_empty())
    }

    fn edit(&mut self, at: usize, field: Field) {
        let value = self.new_value(field);
        let Some(page) = self.page(at) else { return };
        let version = merge::version_of(&page.detail, field);
        let seen = page.drafts.get(field).map_or(version, |draft| draft.seen);
        page.drafts.remove(field);
        self.send(at, field, seen, value);
    }

    fn begin(&mut self, at: usize, field: Field) {
        let invoice = self.invoice;
        let Some(tab) = self.awake(at) else { return };
        let Some(page) = tab.page.as_mut().filter(|page| page.clashes.is_empty()) else { return };
        let base = tab.outbox.base(invoice, field, merge::version_of(&page.detail, field));
        page.drafts.write(field, "typed".to_owned(), base, String::new());
    }

    fn confirm(&mut self, at: usize, field: Field) {
        let Some(tab) = self.awake(at) else { return };
        let Some(page) = &tab.page else { return };
        let (value, version) = (page.value(&tab.outbox, field).to_owned(), merge::version_of(&page.detail, field));
        if !value.is_empty() && !page.drafts.contains(field) && page.clashes.is_empty() {
            self.send(at, field, version, value);
        }
    }

    fn send(&mut self, at: usize, field: Field, seen: i64, value: String) {
        let made = self.made.len();
        let (now, invoice) = (self.clock, self.invoice);
        let Some(tab) = self.awake(at) else { return };
        let Some(shown) = tab.page.as_ref().map(|page| page.shown.clone()) else { return };
        let edit = FieldEdit::new(field, seen, value.clone());
        // The value before is for undoing; here it says which change it is, whatever its number becomes.
        let before = Before { value: made.to_string(), place: None };
        let pending = tab.outbox.push(now, invoice, edit, before, Direction::Forward);
        self.made.push(Made { field, value, told: Vec::new(), shown });
        self.clock += 1;
        self.latest = self.latest.max(self.clock);
        keep(&self.storage, self.house.clerk.user_id, &pending);
        self.send_next(at);
    }

    async fn choose(&mut self, at: usize, keep_mine: bool) {
        let Some(page) = self.awake(at).and_then(|tab| tab.page.as_mut()) else { return };
        let clashes = std::mem::take(&mut page.clashes);
        clashes.all().iter().for_each(|clash| merge::theirs(&mut page.detail, &clash.conflict));
        for clash in clashes.all() {
            if keep_mine {
                self.send(at, clash.conflict.name, clash.conflict.version, clash.conflict.mine.clone());
            }
            self.forget(at, &clash.key);
        }
        self.read(at).await;
        self.show(at);
    }

    async fn other(&mut self, field: Field, copy: bool) {
        let copied = self.made.iter().rev().find(|made| made.field == field).filter(|_| copy);
        let copied = copied.map(|made| made.value.clone());
        let value = copied.unwrap_or_else(|| {
            let value = self.new_value(field);
            self.theirs.insert(value.clone());
            value
        });
        let group = field.version_group();
        let fields = self.house.get(self.invoice).await.fields;
        let versions = fields.iter().filter(|(name, _)| name.version_group() == group).map(|(_, value)| value.version);
        let edit = FieldEdit::new(field, versions.max().unwrap_or(0), value);
        self.drawn += 1;
        let number = self.drawn.to_string();
        self.services.edit_fields(&self.house.reviewer, self.invoice, &number, &[edit]).await.unwrap();
    }

    /// Unlike any other, in the form that is kept.
    fn new_value(&mut self, field: Field) -> String {
        self.drawn += 1;
        if field.version_group() == Field::GrossTotal { format!("{}.00", self.drawn) } else { self.drawn.to_string() }
    }

    // The browser.

    async fn detail(&self) -> InvoiceDetail {
        self.services.invoice(&self.house.clerk, self.invoice).await.unwrap()
    }

    async fn read(&mut self, at: usize) {
        let detail = self.detail().await;
        if let Some(tab) = self.awake(at).filter(|tab| !tab.is_offline) {
            tab.answer = Some(detail);
        }
    }

    fn show(&mut self, at: usize) {
        let Some(tab) = self.awake(at) else { return };
        if let (Some(page), Some(answer)) = (&mut tab.page, tab.answer.take())
            && !merge::is_older(&page.detail, &answer)
        {
            page.detail = answer;
        }
    }

    fn draw_client_id(&mut self) -> String {
        self.drawn += 1;
        format!("{}-{}", self.invoice, self.drawn)
    }

    async fn open(&mut self, at: usize) {
        if self.tabs[at].is_none() {
            // Nobody can tell what came first if the clock was set back for longer than a tab takes to open.
            self.clock = self.latest;
            let alive = self.tabs.iter().flatten().filter(|tab| !tab.is_frozen).flat_map(|tab| tab.outbox.clients());
            let alive = alive.collect();
            self.tabs[at] = Some(Tab::new(self.draw_client_id(), self.detail().await, alive));
        }
    }

    fn take_up(&mut self, at: usize) {
        let Some(tab) = self.tabs[at].as_mut().filter(|tab| !tab.is_frozen) else { return };
        if let Some(alive) = tab.asked.take() {
            tab.outbox.take_up(left_by::<Pending>(&self.storage, self.house.clerk.user_id, &alive));
            self.send_next(at);
        }
    }

    async fn reload(&mut self, at: usize) {
        self.die(at);
        self.open(at).await;
        self.take_up(at);
    }

    fn die(&mut self, at: usize) {
        if let Some(tab) = self.tabs[at].take() {
            self.strays.extend(tab.up);
        }
    }

    fn wake(&mut self, at: usize) {
        if let Some(tab) = &mut self.tabs[at]
            && std::mem::take(&mut tab.is_frozen)
        {
            self.cut(at);
        }
    }

    async fn visit(&mut self, at: usize) {
        let (detail, invoice) = (self.detail().await, self.invoice);
        let Some(tab) = self.awake(at).filter(|tab| tab.page.is_none()) else { return };
        tab.page = Some(Page::new(detail));
        for (pending, error) in tab.outbox.held(invoice) {
            self.not_taken(at, &pending, error);
        }
    }

    fn send_next(&mut self, at: usize) {
        let Some(tab) = self.awake(at) else { return };
        let Some(pending) = tab.outbox.begin() else { return };
        let is_offline = tab.is_offline;
        if !is_offline {
            tab.up.push_back(pending.mutation());
        }
        let made = which(&pending);
        let known = *self.sent.entry(number(&pending.key)).or_insert(made);
        assert_eq!(known, made, "a number is for one change: {:?}", pending.key);
        if is_offline {
            self.answered(at, pending.result(MutationOutcome::Refused(AppError::Unreachable)));
        }
    }

    fn answered(&mut self, at: usize, result: MutationResult) {
        let fresh = self.draw_client_id();
        let Some(tab) = self.awake(at) else { return };
        let acts = tab.outbox.answered(result, fresh);
        let waits = acts.is_empty() || matches!(acts[..], [Act::Tell(_, Outcome::Waits)]);
        for act in acts {
            match act {
                Act::Keep(pending) => keep(&self.storage, self.house.clerk.user_id, &pending),
                Act::Forget(key) => forget::<Pending>(&self.storage, self.house.clerk.user_id, &key),
                Act::Tell(pending, outcome) => self.tell(at, pending, outcome),
            }
        }
        if !waits {
            self.send_next(at);
        }
    }

    /// The page hears it; where it is not open, a toast says that a change was refused.
    fn tell(&mut self, at: usize, pending: Pending, outcome: Outcome) {
        match outcome {
            Outcome::Taken(result) => {
                self.made[which(&pending)].told.push(Told::Taken);
                if let Some(page) = self.awake(at).and_then(|tab| tab.page.as_mut()) {
                    if let Some(version) = version_after(&result, pending.edit.name.version_group()) {
                        page.drafts.taken(&pending, version);
                    }
                    merge::taken(&mut page.detail, result);
                }
            }
            Outcome::Refused(error) => {
                self.made[which(&pending)].told.push(Told::Refused(error.code().to_owned()));
                self.not_taken(at, &pending, error);
            }
            Outcome::Waits => {}
        }
    }

    fn not_taken(&mut self, at: usize, pending: &Pending, error: AppError) {
        let Some(page) = self.awake(at).and_then(|tab| tab.page.as_mut()) else { return };
        let settled = match error {
            AppError::Conflict { conflicts } => {
                let theirs = conflicts.iter().map(|new| (new.name, new.theirs.clone().unwrap_or_default()));
                page.shown.extend(theirs);
                page.clashes.meet(pending, conflicts)
            }
            _ => vec![pending.key.clone()],
        };
        settled.iter().for_each(|key| self.forget(at, key));
    }

    fn forget(&mut self, at: usize, key: &MutationKey) {
        self.awake(at).into_iter().for_each(|tab| tab.outbox.forget(key));
        forget::<Pending>(&self.storage, self.house.clerk.user_id, key);
    }

    // The network and the server.

    async fn arrive(&mut self, at: usize, fate: Fate) {
        let Some(message) = self.tabs[at].as_mut().and_then(|tab| tab.up.pop_front()) else { return };
        let outcome = match fate {
            Fate::Decided => self.decide(&message).await,
            Fate::Limited => MutationOutcome::Refused(AppError::RateLimited { seconds: 1 }),
            Fate::Broken => {
                self.decide(&message).await;
                MutationOutcome::Refused(AppError::Internal)
            }
        };
        let Mutation { client_id, mutation_id, .. } = message;
        let answer = MutationResult { client_id, mutation_id, outcome };
        self.tabs[at].iter_mut().for_each(|tab| tab.down.push_back(answer.clone()));
    }

    async fn decide(&mut self, message: &Mutation) -> MutationOutcome {
        let clerk = &self.house.clerk;
        let outcome = self.services.mutate(clerk, message).await.unwrap_or_else(MutationOutcome::Refused);
        let last = self.services.last_mutation(clerk, &message.client_id).await.unwrap();
        let before = self.decided.insert(message.client_id.clone(), last).unwrap_or(0);
        let is_new = last == before + 1 && last == message.mutation_id;
        assert!(is_new || last == before, "numbers rise by one: {before}, {last}, {message:?}");
        outcome
    }

    fn answer(&mut self, at: usize, twice: bool) {
        let Some(answer) = self.awake(at).and_then(|tab| tab.down.pop_front()) else { return };
        if twice {
            self.answered(at, answer.clone());
        }
        self.answered(at, answer);
    }

    fn ask_again(&mut self, at: usize) {
        let Some(tab) = self.awake(at).filter(|tab| !tab.is_offline) else { return };
        let again = tab.outbox.in_flight().map(Pending::mutation);
        tab.up.extend(again);
    }

    /// What is on the socket is lost, or arrives where nobody hears the answer any more.
    fn cut(&mut self, at: usize) {
        let Some(tab) = &mut self.tabs[at] else { return };
        self.strays.extend(tab.up.drain(..));
        tab.down.clear();
        let unanswered = tab.outbox.in_flight().map(|pending| pending.result(MutationOutcome::Retry));
        unanswered.into_iter().for_each(|result| self.answered(at, result));
    }

    fn restart(&mut self) {
        self.services = self.house.restarted();
        for at in 0..self.tabs.len() {
            self.cut(at);
        }
        self.strays.clear();
    }

    /// After a month without a word. What was decided and not answered by then, nobody can tell any more.
    async fn forget_clients(&mut self) {
        let stored = left_by::<Pending>(&self.storage, self.house.clerk.user_id, &[]);
        let is_known = |pending: &Pending| {
            self.decided.get(&pending.key.client_id).is_some_and(|last| pending.key.mutation_id <= *last)
        };
        if stored.iter().any(is_known) {
            return;
        }
        self.strays.clear();
        for tab in self.tabs.iter_mut().flatten() {
            let waits_for = tab.outbox.in_flight().map(|pending| number(&pending.key));
            tab.up.retain(|message| waits_for == Some((message.client_id.clone(), message.mutation_id)));
        }
        self.decided.clear();
        let mut tx = self.services.store.begin_quiet().await.unwrap();
        db::mutations::mutation_delete_before(&mut tx, i64::MAX).await.unwrap();
        tx.commit().await.unwrap();
    }

    // The end.

    /// Lets everything arrive, and the person answer every question.
    pub async fn settle(&mut self) {
        for round in 0..40 {
            for at in 0..self.tabs.len() {
                self.wake(at);
                self.step(Step::Online(at)).await;
                self.take_up(at);
                self.visit(at).await;
                self.choose(at, round < 3).await;
            }
            self.open(0).await;
            while let Some(message) = self.strays.pop() {
                self.decide(&message).await;
            }
            self.exchange().await;
            if self.tabs.iter().flatten().all(Tab::is_at_rest) {
                for tab in self.tabs.iter().flatten() {
                    assert!(tab.holds_nothing(self.invoice), "no question is shown for it: {:?}", tab.outbox);
                }
                if self.storage.is_empty() {
                    return;
                }
                // What a tab left that died later than the others opened is for the next one.
                self.reload(0).await;
            }
        }
        panic!("it does not come to rest: {:?}", left_by::<Pending>(&self.storage, self.house.clerk.user_id, &[]));
    }

    async fn exchange(&mut self) {
        for at in 0..self.tabs.len() {
            while self.tabs[at].as_ref().is_some_and(|tab| !tab.up.is_empty() || !tab.down.is_empty()) {
                self.arrive(at, Fate::Decided).await;
                self.answer(at, false);
            }
        }
    }
}

pub fn number(key: &MutationKey) -> (String, u64) {
    (key.client_id.clone(), key.mutation_id)
}

/// The number of the change among those made.
fn which(pending: &Pending) -> usize {
    pending.before.parse().unwrap()
}

fn read(value: &str) -> StoredField {
    let value = FieldValue { value: value.to_owned(), version: 1, ..FieldValue::empty(Source::Text) };
    StoredField { value, changed_by: "reader".to_owned(), changed_at: 1 }
}
