//! Two people changed the same fields: mine or theirs, for each; amounts together, of longer texts also both in one.

use super::{
    cells,
    model::Review,
    questions::{Answers, Pick, Question, Side},
    words,
};
use crate::domain::{field::Field, money::Decimal};
use crate::ui::components::{dialog::Dialog, focus, when::when};
use crate::ui::format::{NumberStyle, amount};
use crate::ui::markup::{dynamic, el};
use crate::ui::reactive::{effect, effect_from, memo};
use leptos::prelude::*;

/// Net, VAT and gross, which are checked against each other.
const AMOUNTS: [Field; 3] = [Field::NetTotal, Field::TaxTotal, Field::GrossTotal];

#[component]
pub fn ConflictDialog(review: Review) -> impl IntoView {
    let open = RwSignal::new(false);
    let answers = RwSignal::new(Answers::default());
    let questions = memo(move || review.questions());
    effect(move || {
        questions.with(|questions| {
            answers.update(|answers| answers.keep(questions));
            open.set(!questions.is_empty());
        });
        // Another question came: what was pressed may be gone.
        if open.get_untracked() {
            focus::keep_in_dialog(".choice");
        }
    });
    // Escape or Close: nothing was chosen.
    effect_from(move |was_open: Option<bool>| {
        let is_open = open.get();
        if was_open == Some(true) && !is_open && questions.with_untracked(|questions| !questions.is_empty()) {
            review.settle(|_| Pick::Theirs);
        }
        is_open
    });
    let is_unanswered = memo(move || {
        questions
            .with(|questions| answers.with(|answers| questions.iter().any(|question| answers.to(question).is_none())))
    });
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if is_unanswered.get_untracked() {
            focus::focus_first("dialog[open] [data-again] .choice");
            return;
        }
        let answers = answers.get_untracked();
        review.settle(|question| answers.to(question).unwrap_or(Pick::Theirs));
    };
    let rows = move || {
        let questions = questions.get().into_iter().enumerate();
        questions.map(|(at, question)| question_row(review, question, answers, at == 0)).collect_view()
    };
    view! {
        <Dialog open title="Somebody else changed this too" wide=true testid="conflict-dialog">
            <form on:submit=save novalidate>
                <div class="dialog-body">
                    <p class="text-muted">
                        "Choose which value counts. Undo brings the other one back; theirs stays in the history, too."
                    </p>
                    <div aria-live="polite">
                        {dynamic(move || {
                            is_unanswered
                                .get()
                                .then(|| {
                                    let words = "They changed a value again since you chose. Choose once more.";
                                    el("p").class("form-error").text(words)
                                })
                        })}
                    </div>
                    {rows}
                </div>
                <div class="dialog-foot">
                    <button
                        type="button"
                        class="btn btn-quiet"
                        data-testid="keep-mine"
                        on:click=move |_| review.settle(|_| Pick::Mine)
                    >
                        "Keep all mine"
                    </button>
                    <button
                        type="button"
                        class="btn btn-quiet mr-auto"
                        data-testid="use-theirs"
                        on:click=move |_| review.settle(|_| Pick::Theirs)
                    >
                        "Use all theirs"
                    </button>
                    <button type="submit" class="btn btn-primary" data-testid="merge">
                        "Save"
                    </button>
                </div>
            </form>
        </Dialog>
    }
}

fn question_row(review: Review, question: Question, answers: RwSignal<Answers>, is_first: bool) -> impl IntoView {
    let Told { label, before, mine, theirs } = told(review, &question);
    let who = [question.actor.as_str(), ", "].concat();
    let who = view! {
        {who}
        {when(question.at)}
    };
    let merged = question.merged.clone();
    let question = StoredValue::new(question);
    let picked = memo(move || question.with_value(|question| answers.with(|answers| answers.to(question))));
    let choice = move |pick: Pick, who: AnyView, words: String| {
        let is_picked = move || picked.get() == Some(pick);
        let choose = move |_| answers.update(|answers| question.with_value(|question| answers.choose(question, pick)));
        view! {
            <button
                type="button"
                class="choice"
                data-focus=move || (is_first && is_picked()).then_some("")
                aria-pressed=move || is_picked().to_string()
                on:click=choose
            >
                <span class="text-xs text-muted">{who}</span>
                <span class="num wrap-anywhere whitespace-pre-line">{words}</span>
            </button>
        }
    };
    let both = merged.map(|merged| choice(Pick::Both, "Both".into_any(), merged));
    view! {
        <div
            role="group"
            aria-label=label.clone()
            class="grid gap-1"
            data-again=move || picked.get().is_none().then_some("")
        >
            <div class="flex flex-wrap gap-x-2 text-sm">
                <span class="font-medium">{label.clone()}</span>
                <span class="text-muted num">{before}</span>
            </div>
            <div class="grid grid-cols-2 gap-2">
                {choice(Pick::Mine, "Mine".into_any(), mine)} {choice(Pick::Theirs, who.into_any(), theirs)}
            </div>
            {both}
        </div>
    }
}

/// A question in words.
struct Told {
    label: String,
    before: Option<String>,
    mine: String,
    theirs: String,
}

fn told(review: Review, question: &Question) -> Told {
    match &question.sides[..] {
        [side] => told_alone(side, review.numbers),
        sides => told_together(review, sides),
    }
}

fn told_alone(side: &Side, numbers: NumberStyle) -> Told {
    let field = side.name;
    let (mine, theirs) = (side.mine.as_str(), side.theirs.as_str());
    let told = |value: &str, other: &str| match field.row() {
        Some(_) => or_empty(cells::difference_words(field, value, other, numbers)),
        None => or_empty(words::shown(field.kind(), value, numbers)),
    };
    let label = match field.row() {
        Some(_) => cells::row_name(field, theirs, mine),
        None => words::full_label(field),
    };
    let before = side.base.as_deref().map(|base| ["Before: ", &told(base, mine)].concat());
    // The same value: it is where it stands that differs.
    let (mine, theirs) = match mine == theirs {
        true => ("My place on the page".to_owned(), "Their place on the page".to_owned()),
        false => (told(mine, theirs), told(theirs, mine)),
    };
    Told { label, before, mine, theirs }
}

/// All amounts on both sides, also the one that nobody changed: they are right or wrong together.
fn told_together(review: Review, sides: &[Side]) -> Told {
    let numbers = review.numbers;
    let all = |of: fn(&Side) -> &String| {
        let value = |field| match sides.iter().find(|side| side.name == field) {
            Some(side) => of(side).clone(),
            None => untrack(|| review.value(field)),
        };
        amounts_words(&AMOUNTS.map(value), numbers)
    };
    let base = |side: &Side| {
        let base = or_empty(words::shown(side.name.kind(), side.base.as_deref()?, numbers));
        Some([side.name.label(), " ", &base].concat())
    };
    let before = sides.iter().filter_map(base).collect::<Vec<_>>().join(", ");
    Told {
        label: "Amounts".to_owned(),
        before: (!before.is_empty()).then(|| ["Before: ", &before].concat()),
        mine: all(|side| &side.mine),
        theirs: all(|side| &side.theirs),
    }
}

/// Net, VAT and gross, a line each, and whether they fit.
fn amounts_words(values: &[String; 3], numbers: NumberStyle) -> String {
    let line = |(field, value): (Field, &String)| {
        [field.label(), " ", &or_empty(words::shown(field.kind(), value, numbers))].concat()
    };
    let mut lines: Vec<String> = AMOUNTS.into_iter().zip(values).map(line).collect();
    let parsed = values.each_ref().map(|value| value.parse::<Decimal>().ok());
    if let [Some(net), Some(tax), Some(gross)] = parsed
        && let Some(sum) = net.checked_add(tax)
    {
        lines.push(match sum == gross {
            true => "Net and VAT make the gross total".to_owned(),
            false => ["Net and VAT make ", &amount(&sum.to_string(), numbers)].concat(),
        });
    }
    lines.join("\n")
}

fn or_empty(words: String) -> String {
    if words.is_empty() { "(empty)".to_owned() } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_say_whether_they_fit() {
        let told = |values: [&str; 3]| amounts_words(&values.map(str::to_owned), NumberStyle::Comma);
        let fitting = "Net total 1.000,00\nVAT total 190,00\nGross total 1.190,00\nNet and VAT make the gross total";
        assert_eq!(told(["1000.00", "190.00", "1190.00"]), fitting);
        assert!(told(["1000.00", "190.00", "1200.00"]).ends_with("\nNet and VAT make 1.190,00"));
        assert!(told(["1000.00", "", "1000.00"]).ends_with("\nVAT total (empty)\nGross total 1.000,00"));
    }
}
