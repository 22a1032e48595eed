//! The bar at the bottom: undo, whether everything is saved, and the decision. What is rarely done is in its menu, and on
//! a phone everything but the main button.

use super::{Dialogs, model::Review, words};
use crate::domain::{
    invoice::StepRequest,
    status::{Status, Step},
};
use crate::ui::components::button::{Button, IconButton, Look};
use crate::ui::format::counted;
use crate::ui::icons::{self, Icon, icon, icon_turning};
use crate::ui::reactive::memo;
use leptos::{either::EitherOf3, prelude::*};

/// Steps with a button here, in the order they stand; the main one comes last.
const SIDE_STEPS: [Step; 5] = [Step::Retry, Step::NotDuplicate, Step::MarkDuplicate, Step::Postpone, Step::Reopen];

const MENU_ID: &str = "review-menu";

#[component]
pub fn Actions(
    review: Review,
    dialogs: Dialogs,
    /// Approves, and then does something or nothing.
    approve: Callback<Option<Callback<()>>>,
    /// Approves or submits, then goes on to the next invoice.
    decide: Callback<()>,
) -> impl IntoView {
    let busy = Signal::derive(move || review.busy());
    let side = move || {
        let steps = SIDE_STEPS.into_iter().filter(|step| review.allows(*step));
        steps
            .map(|step| view! { <Button label=words::verb(step) disabled=busy on_press=Callback::new(move |()| plain(review, step)) /> })
            .collect_view()
    };
    let reject = Callback::new(move |()| review.reject(""));
    view! {
        <div class="actions" role="group" aria-label="Decision">
            <IconButton
                label="Undo (Ctrl+Z)"
                drawing=icons::UNDO
                disabled=Signal::derive(move || !review.can_undo())
                on_press=Callback::new(move |()| review.undo())
            />
            <IconButton
                label="Redo (Ctrl+Shift+Z)"
                drawing=icons::REDO
                disabled=Signal::derive(move || !review.can_redo())
                on_press=Callback::new(move |()| review.redo())
            />
            <Saved review />
            <span class="actions-side">
                {side}
                // Of what could not be read there is little else to do.
                <Show when=move || review.status() == Status::Failed && review.allows(Step::Cancel)>
                    <Button
                        label="Discard…"
                        look=Look::Danger
                        testid="discard-button"
                        disabled=busy
                        on_press=Callback::new(move |()| dialogs.discard.set(true))
                    />
                </Show>
                <Show when=move || review.allows(Step::Reject)>
                    <Button
                        label=words::verb(Step::Reject)
                        look=Look::Danger
                        testid="reject-button"
                        disabled=busy
                        on_press=reject
                    />
                </Show>
            </span>
            <More review dialogs />
            <MainButton review approve decide />
        </div>
    }
}

fn plain(review: Review, step: Step) {
    review.step(step, StepRequest::default(), None);
}

/// The one thing to do here. Enter on the last field that needed a look comes to it; with Ctrl it goes on to the next invoice.
#[component]
fn MainButton(review: Review, approve: Callback<Option<Callback<()>>>, decide: Callback<()>) -> impl IntoView {
    let main = memo(move || [Step::Approve, Step::Submit].into_iter().find(|step| review.allows(*step)));
    let label = move |step: Step| match step {
        Step::Approve if review.fails_a_check() => "Approve anyway…",
        step => words::verb(step),
    };
    move || {
        main.get().map(|step| {
            let testid = if step == Step::Approve { "approve-button" } else { "submit-button" };
            view! {
                <button
                    type="button"
                    id="decide"
                    class=Look::Primary.class()
                    data-testid=testid
                    title="Ctrl+Enter: and go to the next"
                    aria-keyshortcuts="Control+Enter"
                    disabled=move || review.busy()
                    on:click=move |event| match step {
                        _ if event.ctrl_key() => decide.run(()),
                        Step::Approve => approve.run(None),
                        step => plain(review, step),
                    }
                >
                    {icon(icons::CHECK)}
                    {move || label(step)}
                </button>
            }
        })
    }
}

/// The menu "…".
#[component]
fn More(review: Review, dialogs: Dialogs) -> impl IntoView {
    let side = move || {
        let steps = SIDE_STEPS.into_iter().filter(|step| review.allows(*step));
        steps.map(|step| narrow_item(words::verb(step), step_icon(step), move || plain(review, step))).collect_view()
    };
    let reject = move || {
        review
            .allows(Step::Reject)
            .then(|| narrow_item(words::verb(Step::Reject), icons::REJECTED, move || review.reject("")))
    };
    let split = move || {
        let allowed = review.detail.with(|detail| detail.splitting.allowed);
        allowed.then(|| item("Split into invoices…", "menu-item", icons::COPY, move || dialogs.split.set(true)))
    };
    let discard = move || {
        review
            .allows(Step::Cancel)
            .then(|| item(words::verb(Step::Cancel), "menu-item", icons::CANCELLED, move || dialogs.discard.set(true)))
    };
    let source = ["/api/v1/invoices/", &review.id.to_string(), "/document"].concat();
    view! {
        <button
            type="button"
            class="btn btn-icon"
            popovertarget=MENU_ID
            aria-label="More"
            title="More"
            data-testid="review-more"
        >
            {icon(icons::MORE)}
        </button>
        <div id=MENU_ID class="menu menu-review" popover="auto">
            {side}
            {reject}
            {split}
            {discard}
            <a class="menu-item" href=source rel="external" download>
                {icon(icons::DOWNLOAD)}
                "Original file"
            </a>
            {item("Print", "menu-item", icons::PRINT, || _ = window().print())}
            {item("Keys (?)", "menu-item", icons::KEYS, move || dialogs.keys.set(true))}
        </div>
    }
}

/// Only where the bar has no room for the step's own button.
fn narrow_item(label: &'static str, drawing: Icon, press: impl Fn() + 'static) -> impl IntoView {
    item(label, "menu-item only-narrow", drawing, press)
}

fn item(label: &'static str, class: &'static str, drawing: Icon, press: impl Fn() + 'static) -> impl IntoView {
    view! {
        <button
            type="button"
            class=class
            popovertarget=MENU_ID
            popovertargetaction="hide"
            on:click=move |_| press()
        >
            {icon(drawing)}
            {label}
        </button>
    }
}

fn step_icon(step: Step) -> Icon {
    match step {
        Step::Retry => icons::RETRY,
        Step::Postpone => icons::LATER,
        Step::MarkDuplicate => icons::COPY,
        Step::Reopen => icons::UNDO,
        _ => icons::CHECK,
    }
}

/// Whether what was typed has arrived, and why approval is not offered when it is not.
#[component]
pub fn Saved(review: Review) -> impl IntoView {
    let why_not = move || {
        let reason = review.detail.with(words::why_not_approved);
        reason.map(|reason| {
            view! {
                <span class="mark whitespace-normal! text-sm">
                    {icon(icons::INFO)} <span class="clip-2" title=reason.clone()>{reason.clone()}</span>
                </span>
            }
        })
    };
    let state = move || match (review.edits.count(), review.edits.waiting()) {
        (0, _) => EitherOf3::A(view! { <span class="sr-only">"Saved"</span> {why_not()} }),
        (count, true) => EitherOf3::B(view! {
            <span class="tone-warn mark" data-testid="pending-sync">
                {icon(icons::OFFLINE)}
                {[counted(count as i64, "change waits", "changes wait").as_str(), " for the connection"].concat()}
            </span>
            <Show when=move || review.edits.can_take_back(review.id)>
                <Button
                    label="Take back"
                    look=Look::Quiet
                    testid="take-back"
                    on_press=Callback::new(move |()| review.edits.take_back(review.id))
                />
            </Show>
        }),
        (_, false) => EitherOf3::C(view! {
            <span class="mark" data-testid="pending-sync">
                {icon_turning(icons::SPINNER)}
                "Saving"
            </span>
        }),
    };
    view! {
        <span class="actions-state" role="status">
            {state}
        </span>
    }
}
