//! The bar for invoices chosen in the list: a step of all of them, and what came of it. Its code is a file of its own,
//! loaded with the first choice.

use super::choice::Choice;
use crate::api::invoices::take_steps;
use crate::domain::{
    error::AppError,
    invoice::{InvoiceSummary, SeenInvoice, StepOutcome},
    status::Step,
};
use crate::ui::components::{
    button::{Button, Look},
    dialog::Dialog,
    focus,
    progress::Progress,
    toast::ToastAction,
};
use crate::ui::icons::{self, icon};
use crate::ui::markup::{Markup, dynamic, el};
use crate::ui::reactive::memo;
use crate::ui::state::queries::reload_dashboards;
use leptos::{
    prelude::*,
    task::spawn_local,
    wasm_split::{SplitLoaderError, wasm_split},
};
use leptos_fetch::QueryClient;

/// Makes the bar of a choice.
pub type Bar = fn(Choice) -> AnyView;

#[wasm_split(bulk_bar, wasm_split_path = leptos::wasm_split, fallible)]
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
    name: String,
}

fn name_of(row: &InvoiceSummary) -> String {
    match (&row.supplier_name, &row.invoice_number) {
        (Some(supplier), Some(number)) => [supplier.as_str(), " ", number].concat(),
        _ => row.filename.clone(),
    }
}

/// What came of a step of several invoices.
#[derive(Clone)]
struct Report {
    step: Step,
    done: Vec<Item>,
    refused: Vec<(Item, AppError)>,
    /// The step that takes it back, and what of it this person may take back.
    undo: Option<(Step, Vec<Item>)>,
}

impl Report {
    fn of(step: Step, items: Vec<Item>, outcomes: Vec<StepOutcome>) -> Report {
        let mut report = Report { step, done: Vec::new(), refused: Vec::new(), undo: None };
        for (mut item, outcome) in items.into_iter().zip(outcomes) {
            match outcome.taken {
                Ok(taken) => {
                    // What takes it back stands on what it is now.
                    item.seen.version = taken.version;
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
        let done = [self.done.len().to_string().as_str(), " ", done_word(self.step)].concat();
        if self.refused.is_empty() {
            return done;
        }
        let refused = [self.refused.len().to_string().as_str(), " refused"].concat();
        if self.done.is_empty() { refused } else { [done.as_str(), ", ", &refused].concat() }
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
    /// How many are done, of how many, while a step is being taken.
    progress: RwSignal<Option<(usize, usize)>>,
    report: RwSignal<Option<Report>>,
    report_open: RwSignal<bool>,
}

fn view(choice: Choice) -> AnyView {
    let bulk = Bulk {
        choice,
        queries: expect_context(),
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
                .then(|| {
                    view! {
                        <div class="bulk" role="group" aria-label="Chosen invoices" tabindex="-1" data-testid="bulk-bar">
                            {dynamic(move || if is_busy.get() { bulk.under_way() } else { bulk.buttons(count) })}
                        </div>
                    }
                })
        })}
        {bulk.report_dialog()}
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

    fn button(self, step: Step) -> impl IntoView {
        let look = if step == Step::Approve { Look::Primary } else { Look::Plain };
        view! { <Button label=verb(step) look on_press=Callback::new(move |()| self.take(step)) /> }
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

    fn under_way(self) -> AnyView {
        let words = move || {
            let (done, of) = self.progress.get().unwrap_or_default();
            [done.to_string().as_str(), " of ", &of.to_string(), " done"].concat()
        };
        let percent = move || self.progress.get().map(|(done, of)| (done * 100 / of.max(1)) as u8);
        view! {
            <span class="bulk-count num" role="status">
                {words}
            </span>
            <Progress name="Invoices done" percent=Signal::derive(percent) />
        }
        .into_any()
    }

    fn take(self, step: Step) {
        if self.progress.with_untracked(Option::is_some) {
            return;
        }
        let names = untrack(|| self.with_chosen(|rows| rows.into_iter().map(|row| (row.id, name_of(row))).collect()));
        let names: Vec<_> = names;
        let items = self.choice.chosen.with_untracked(|chosen| {
            let named = |seen: &SeenInvoice| Some((*seen, &names.iter().find(|(id, _)| *id == seen.id)?.1));
            let named = chosen.invoices().iter().filter_map(named);
            named.map(|(seen, name)| Item { seen, name: name.clone() }).collect()
        });
        self.ask(step, items);
    }

    /// Also runs after the page is gone, to take back what was done there.
    fn ask(self, step: Step, items: Vec<Item>) {
        // The buttons make way for the progress.
        focus::focus_first(".bulk");
        _ = self.progress.try_set(Some((0, items.len())));
        spawn_local(async move {
            let mut outcomes = Vec::new();
            for part in items.chunks(TOGETHER) {
                _ = self.progress.try_set(Some((outcomes.len(), items.len())));
                match take_steps(part.iter().map(|item| item.seen).collect(), step).await {
                    Ok(some) => outcomes.extend(some),
                    Err(error) => {
                        let rest = items.iter().skip(outcomes.len());
                        let lost = |item: &Item| StepOutcome { id: item.seen.id, taken: Err(error.0.clone()) };
                        outcomes.extend(rest.map(lost).collect::<Vec<_>>());
                        break;
                    }
                }
            }
            self.tell(Report::of(step, items, outcomes));
        });
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
            _ if report.done.is_empty() => toasts.failed(words),
            Some((undo, items)) => {
                toasts.ok_with(words, ToastAction::new("Undo", move || self.ask(undo, items.clone())));
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
                self.ask(undo, items);
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
        el("a").class("link").attr("href", href).text(item.name.clone())
    };
    let refused = report.refused.iter().map(|(item, error)| {
        let words = el("span").class("outcome").child(link(item)).child(el("p").text(reason(error)));
        el("li").class("tone-bad").child(icon(icons::STOP)).child(words)
    });
    let word = done_word(report.step);
    let done = report.done.iter().map(|item| {
        let words = el("span").child(link(item)).child(el("span").class("text-muted").text([" ", word].concat()));
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
        Item { seen: SeenInvoice { id: row.id, version: row.version }, name: name_of(&row) }
    }

    #[test]
    fn a_report_counts_what_was_done_and_what_was_refused() {
        let items = vec![item(1), item(2), item(3)];
        let taken = |version, undo| Ok(StepTaken { version, undo });
        let answers = [taken(5, Some(Step::Reopen)), Err(AppError::Internal), taken(7, None)];
        let outcomes = items.iter().zip(answers).map(|(item, taken)| StepOutcome { id: item.seen.id, taken });
        let outcomes = outcomes.collect();
        let report = Report::of(Step::Approve, items, outcomes);
        assert_eq!(report.words(), "2 approved, 1 refused");
        let (undo, back) = report.undo.expect("one can be taken back");
        assert_eq!((undo, back.len(), back[0].seen.version), (Step::Reopen, 1, 5));
        assert_eq!(back[0].name, "Muster GmbH 2026-117");
    }

    #[test]
    fn a_report_leaves_out_what_did_not_happen() {
        let all = Report { step: Step::Submit, done: vec![item(1)], refused: Vec::new(), undo: None };
        assert_eq!(all.words(), "1 submitted for approval");
        let none = Report { done: Vec::new(), refused: vec![(item(1), AppError::Internal)], ..all };
        assert_eq!(none.words(), "1 refused");
    }
}
