//! The bar for invoices chosen in the list: a decision about all of them, and what came of it. Its code is in the file of
//! `layout/extras.rs`, needed with the first choice.

use super::choice::{Choice, Chosen};
use crate::api::{ApiError, invoices::decide_all};
use crate::domain::{
    comment::Person,
    decision::{Decision, Shows},
    error::AppError,
    invoice::{InvoiceSummary, SeenInvoice, StepOutcome, StepRequest},
    status::{Status, Step, StepRefused},
};
use crate::ui::components::{
    button::{Button, Look},
    dialog::Dialog,
    focus,
    people_menu::PeopleMenu,
    progress::Progress,
    toast::ToastAction,
};
use crate::ui::icons::{self, icon};
use crate::ui::markup::{Dynamic, Markup, dynamic, el};
use crate::ui::reactive::memo;
use crate::ui::state::{
    Edits,
    edits::{Made, PendingDecision},
    queries::reload_dashboards,
};
use leptos::{
    prelude::*,
    task::spawn_local,
    wasm_split::{SplitLoaderError, wasm_split},
};
use leptos_fetch::QueryClient;

/// Makes the bar of a choice.
pub type Bar = fn(Choice) -> AnyView;

#[wasm_split(extras, wasm_split_path = leptos::wasm_split, fallible)]
pub fn bar() -> Result<Bar, SplitLoaderError> {
    Ok(view)
}

/// Steps that need no words, so that they can be taken of many.
const STEPS: [Step; 3] = [Step::Approve, Step::Submit, Step::Postpone];
/// Asked for together: few enough that one sees it going on.
const TOGETHER: usize = 10;

/// An invoice, and what people know it by.
#[derive(Clone)]
struct Item {
    seen: SeenInvoice,
    status: Status,
    title: String,
}

/// What is decided about all of them.
#[derive(Clone, PartialEq)]
enum What {
    Step(Step),
    Assign(Option<Person>),
}

impl What {
    /// What is sent for one of them, and what it is shown as; None: its status does not allow it.
    fn of(&self, item: &Item) -> Option<Made> {
        let (decision, shows) = match self {
            What::Step(step) => {
                let request = StepRequest { base_version: Some(item.seen.version), ..StepRequest::default() };
                (Decision::Step { step: *step, request }, Shows::Status(item.status.step(*step).ok()?))
            }
            What::Assign(to) => {
                (Decision::Assign { to: to.as_ref().map(|person| person.id) }, Shows::Assigned(to.clone()))
            }
        };
        Some(Made { invoice: item.seen.id, title: item.title.clone(), decision, shows, undo: None })
    }

    fn done_word(&self) -> String {
        match self {
            What::Step(step) => done_word(*step).to_owned(),
            What::Assign(Some(person)) => ["given to ", person.name.as_str()].concat(),
            What::Assign(None) => "nobody\u{2019}s work now".to_owned(),
        }
    }
}

/// What came of a decision about several invoices.
#[derive(Clone)]
struct Report {
    what: What,
    done: Vec<Item>,
    refused: Vec<(Item, AppError)>,
    /// The server could not be reached: they are sent later.
    waiting: usize,
    /// The step that takes it back, and what of it this person may take back.
    undo: Option<(Step, Vec<Item>)>,
}

impl Report {
    fn of(what: What, items: Vec<Item>, outcomes: Vec<StepOutcome>) -> Report {
        let mut report = Report { what, done: Vec::new(), refused: Vec::new(), waiting: 0, undo: None };
        for (mut item, outcome) in items.into_iter().zip(outcomes) {
            match outcome.taken {
                Ok(taken) => {
                    // What takes it back stands on what it is now.
                    item.seen.version = taken.version;
                    if let What::Step(step) = report.what {
                        item.status = item.status.step(step).unwrap_or(item.status);
                    }
                    if let Some(undo) = taken.undo {
                        report.undo.get_or_insert_with(|| (undo, Vec::new())).1.push(item.clone());
                    }
                    report.done.push(item);
                }
                Err(error) => report.refused.push((item, error)),
            }
        }
        report
    }

    /// `7 approved, 2 refused`
    fn words(&self) -> String {
        let count = |count: usize, words: &str| [count.to_string().as_str(), " ", words].concat();
        let parts = [
            (self.done.len(), self.what.done_word()),
            (self.waiting, "waiting for the connection".to_owned()),
            (self.refused.len(), "refused".to_owned()),
        ];
        let said: Vec<String> =
            parts.iter().filter(|(number, _)| *number > 0).map(|(number, words)| count(*number, words)).collect();
        if said.is_empty() { count(0, &self.what.done_word()) } else { said.join(", ") }
    }
}

fn verb(step: Step) -> &'static str {
    match step {
        Step::Approve => "Approve",
        Step::Submit => "Submit",
        _ => "Postpone",
    }
}

fn done_word(step: Step) -> &'static str {
    match step {
        Step::Approve => "approved",
        Step::Submit => "submitted for approval",
        Step::Postpone => "postponed",
        _ => "back in review",
    }
}

/// In words of the list: nothing was opened there.
fn reason(error: &AppError) -> String {
    match error {
        AppError::Stale { .. } => "It changed since you chose it. Look at it first".to_owned(),
        error => error.to_string(),
    }
}

#[derive(Clone, Copy)]
struct Bulk {
    choice: Choice,
    queries: QueryClient,
    edits: Edits,
    /// How many are done, of how many, while a step is being taken.
    progress: RwSignal<Option<(usize, usize)>>,
    report: RwSignal<Option<Report>>,
    report_open: RwSignal<bool>,
}

pub fn view(choice: Choice) -> AnyView {
    let bulk = Bulk {
        choice,
        queries: expect_context(),
        edits: expect_context(),
        progress: RwSignal::new(None),
        report: RwSignal::new(None),
        report_open: RwSignal::new(false),
    };
    let count = memo(move || choice.chosen.with(|chosen| chosen.invoices().len()));
    let is_busy = memo(move || bulk.progress.with(Option::is_some));
    let shows = memo(move || is_busy.get() || count.get() > 0);
    view! {
        {dynamic(move || {
            shows
                .get()
                .then(|| framed(dynamic(move || if is_busy.get() { under_way(bulk.progress) } else { bulk.buttons(count) })))
        })}
        {bulk.report_dialog()}
    }
    .into_any()
}

/// The bar with something in it.
pub fn framed(inside: Dynamic) -> AnyView {
    view! {
        <div class="bulk" role="group" aria-label="Chosen invoices" tabindex="-1" data-testid="bulk-bar">
            {inside}
        </div>
    }
    .into_any()
}

/// How many are done, of how many.
pub fn under_way(progress: RwSignal<Option<(usize, usize)>>) -> AnyView {
    let words = move || {
        let (done, of) = progress.get().unwrap_or_default();
        [done.to_string().as_str(), " of ", &of.to_string(), " done"].concat()
    };
    let percent = move || progress.get().map(|(done, of)| (done * 100 / of.max(1)) as u8);
    view! {
        <span class="bulk-count num" role="status">
            {words}
        </span>
        <Progress name="Invoices done" percent=Signal::derive(percent) />
    }
    .into_any()
}

impl Bulk {
    fn buttons(self, count: Memo<usize>) -> AnyView {
        let steps = memo(move || STEPS.into_iter().filter(|step| self.offers(*step)).collect::<Vec<_>>());
        let buttons = move || match steps.get() {
            none if none.is_empty() => {
                view! { <span class="text-muted">"Nothing to decide on these"</span> }.into_any()
            }
            steps => steps.into_iter().map(|step| self.button(step)).collect_view().into_any(),
        };
        let choice = self.choice;
        view! {
            {el("kbd").class("kbd").attr("aria-hidden", "true").attr("title", "B, in a row: to these buttons").text("B")}
            <span class="bulk-count num" role="status">
                {move || [count.get().to_string().as_str(), " chosen"].concat()}
            </span>
            {dynamic(buttons)}
            {self.choice.may.edit.then(|| self.give())}
            <span class="bulk-rest">
                <Button label="All" look=Look::Quiet on_press=Callback::new(move |()| choice.mark_all(true)) />
                <Button
                    label="Clear"
                    look=Look::Quiet
                    on_press=Callback::new(move |()| {
                        choice.clear();
                        focus::keep_on_page();
                    })
                />
            </span>
        }
        .into_any()
    }

    fn give(self) -> AnyView {
        let menu = PeopleMenu {
            id: "bulk-assign-menu",
            me: self.choice.me.into(),
            is_given: Signal::stored(true),
            choose: Callback::new(move |to| self.take(What::Assign(to))),
        };
        menu.view("btn", "Assign to", "Assign…")
    }

    fn button(self, step: Step) -> impl IntoView {
        let look = if step == Step::Approve { Look::Primary } else { Look::Plain };
        view! { <Button label=verb(step) look on_press=Callback::new(move |()| self.take(What::Step(step))) /> }
    }

    /// Whether the step is this person's, and at least one of the chosen is in a state for it.
    fn offers(self, step: Step) -> bool {
        let fits = |row: &InvoiceSummary| row.status.step(step).is_ok();
        self.choice.may.take(step) && self.with_chosen(|rows| rows.iter().any(|row| fits(row)))
    }

    fn with_chosen<T>(self, look: impl FnOnce(Vec<&InvoiceSummary>) -> T) -> T {
        let Choice { chosen, shown, .. } = self.choice;
        chosen.with(|chosen| {
            shown.with(|shown| {
                look(shown.iter().flat_map(|shown| &shown.rows).filter(|row| chosen.has(row.id)).collect())
            })
        })
    }

    fn take(self, what: What) {
        if self.progress.with_untracked(Option::is_some) {
            return;
        }
        let rows = untrack(|| self.with_chosen(|rows| rows.into_iter().cloned().collect::<Vec<InvoiceSummary>>()));
        let items = self.choice.chosen.with_untracked(|chosen| {
            let shown = |seen: &SeenInvoice| Some((*seen, rows.iter().find(|row| row.id == seen.id)?));
            let shown = chosen.invoices().iter().filter_map(shown);
            shown.map(|(seen, row)| Item { seen, status: row.status, title: row.title() }).collect()
        });
        self.ask(what, items);
    }

    /// Also runs after the page is gone, to take back what was done there.
    fn ask(self, what: What, items: Vec<Item>) {
        // The buttons make way for the progress.
        focus::focus_first(".bulk");
        _ = self.progress.try_set(Some((0, items.len())));
        spawn_local(async move {
            let report = self.decide(what, items).await;
            self.tell(report);
        });
    }

    /// What can not be sent now, or got no answer, goes to what waits for the connection, under the same numbers.
    async fn decide(self, what: What, items: Vec<Item>) -> Report {
        let (mut sent, mut outcomes, mut unanswered) = (Vec::new(), Vec::new(), Vec::new());
        let refused = |item: &Item, step| StepRefused { from: item.status, step };
        let (mut made, mut not_allowed) = (Vec::new(), Vec::new());
        for item in items {
            match (what.of(&item), &what) {
                (Some(decision), _) => made.push((item, decision.pending())),
                (None, What::Step(step)) => not_allowed.push((item.clone(), refused(&item, *step).into())),
                (None, What::Assign(_)) => {}
            }
        }
        let total = made.len();
        for part in made.chunks(TOGETHER) {
            _ = self.progress.try_set(Some((sent.len() + unanswered.len(), total)));
            let answer = match unanswered.is_empty() {
                true => decide_all(part.iter().map(|(_, pending)| pending.mutation()).collect()).await,
                false => Err(ApiError(AppError::Unreachable)),
            };
            match answer {
                Ok(some) => outcomes.extend(some),
                Err(error) if error.0.is_passing() => {
                    unanswered
                        .extend(part.iter().map(|(_, pending)| PendingDecision { sent: true, ..pending.clone() }));
                    continue;
                }
                Err(error) => {
                    let lost = |item: &Item| StepOutcome { id: item.seen.id, taken: Err(error.0.clone()) };
                    outcomes.extend(part.iter().map(|(item, _)| lost(item)));
                }
            }
            sent.extend(part.iter().map(|(item, _)| item.clone()));
        }
        let waiting = unanswered.len();
        if waiting > 0 {
            self.edits.take_over(unanswered);
        }
        let mut report = Report::of(what, sent, outcomes);
        report.refused.extend(not_allowed);
        Report { waiting, ..report }
    }

    fn tell(self, report: Report) {
        reload_dashboards(self.queries);
        let is_gone = self.progress.try_set(None).is_some();
        _ = self.choice.chosen.try_update(|chosen| {
            let refused = report.refused.iter().map(|(item, _)| item);
            report.done.iter().chain(refused).for_each(|item| chosen.forget(item.seen.id));
        });
        focus::keep_on_page();
        // What was decided leaves the list now, wherever the pointer rests.
        self.choice.attention.let_go();
        if report.waiting > 0 {
            _ = self.choice.chosen.try_set(Chosen::default());
        }
        if is_gone || report.refused.is_empty() {
            return self.say(report);
        }
        self.report.set(Some(report));
        // Shown only when the focus is where it is to come back to.
        request_animation_frame(move || _ = self.report_open.try_set(true));
    }

    fn say(self, report: Report) {
        let (toasts, words) = (self.choice.toasts, report.words());
        match report.undo {
            _ if report.done.is_empty() && report.waiting == 0 => toasts.failed(words),
            Some((undo, items)) => {
                toasts.ok_with(words, ToastAction::new("Undo", move || self.ask(What::Step(undo), items.clone())));
            }
            None => toasts.ok(words),
        }
    }

    fn report_dialog(self) -> impl IntoView {
        let open = self.report_open;
        let undo = move || self.report.with(|report| report.as_ref()?.undo.clone());
        let take_back = move |_| {
            open.set(false);
            if let Some((undo, items)) = untrack(undo) {
                self.ask(What::Step(undo), items);
            }
        };
        let undo_button = move || {
            undo().map(|_| {
                view! {
                    <button type="button" class="btn" on:click=take_back>
                        {icon(icons::UNDO)}
                        "Undo"
                    </button>
                }
            })
        };
        view! {
            <Dialog open title="Not all could be done" testid="bulk-report">
                <div class="dialog-body outcomes">
                    {dynamic(move || self.report.with(|report| report.as_ref().map(outcomes)))}
                </div>
                <div class="dialog-foot">
                    {dynamic(undo_button)}
                    <button type="button" class="btn btn-primary" data-focus on:click=move |_| open.set(false)>
                        "Close"
                    </button>
                </div>
            </Dialog>
        }
    }
}

fn outcomes(report: &Report) -> Vec<Markup> {
    let link = |item: &Item| {
        let href = ["/invoices/", &item.seen.id.to_string()].concat();
        el("a").class("link").attr("href", href).text(item.title.clone())
    };
    let refused = report.refused.iter().map(|(item, error)| {
        let words = el("span").class("outcome").child(link(item)).child(el("p").text(reason(error)));
        el("li").class("tone-bad").child(icon(icons::STOP)).child(words)
    });
    let word = report.what.done_word();
    let done = report.done.iter().map(|item| {
        let words =
            el("span").child(link(item)).child(el("span").class("text-muted").text([" ", word.as_str()].concat()));
        el("li").class("tone-ok").child(icon(icons::OK)).child(words)
    });
    let heading = el("p").class("font-medium").attr("role", "status").text(report.words());
    vec![heading, el("ul").children(refused.chain(done))]
}

#[cfg(test)]
mod tests {
    use super::super::rows::tests::summary;
    use super::*;
    use crate::domain::invoice::StepTaken;

    fn item(id: u128) -> Item {
        let row = summary(id);
        Item { seen: SeenInvoice { id: row.id, version: row.version }, status: row.status, title: row.title() }
    }

    #[test]
    fn a_report_counts_what_was_done_and_what_was_refused() {
        let items = vec![item(1), item(2), item(3)];
        let taken = |version, undo| Ok(StepTaken { version, undo });
        let answers = [taken(5, Some(Step::Reopen)), Err(AppError::Internal), taken(7, None)];
        let outcomes = items.iter().zip(answers).map(|(item, taken)| StepOutcome { id: item.seen.id, taken });
        let outcomes = outcomes.collect();
        let report = Report::of(What::Step(Step::Approve), items, outcomes);
        assert_eq!(report.words(), "2 approved, 1 refused");
        let (undo, back) = report.undo.expect("one can be taken back");
        assert_eq!((undo, back.len(), back[0].seen.version), (Step::Reopen, 1, 5));
        assert_eq!((back[0].title.as_str(), back[0].status), ("Muster GmbH · 2026-117", Status::Approved));
    }

    #[test]
    fn a_report_leaves_out_what_did_not_happen() {
        let what = What::Step(Step::Submit);
        let all = Report { what, done: vec![item(1)], refused: Vec::new(), waiting: 0, undo: None };
        assert_eq!(all.words(), "1 submitted for approval");
        let some = Report { waiting: 2, ..all.clone() };
        assert_eq!(some.words(), "1 submitted for approval, 2 waiting for the connection");
        let none = Report { done: Vec::new(), refused: vec![(item(1), AppError::Internal)], ..all };
        assert_eq!(none.words(), "1 refused");
    }
}
