//! The bar at the bottom: undo, whether everything is saved, and the decision.

use super::{model::Review, words};
use crate::domain::{invoice::StepRequest, status::Step};
use crate::ui::components::button::{Button, IconButton, Look};
use crate::ui::format::counted;
use crate::ui::icons::{self, icon, icon_turning};
use leptos::{either::EitherOf3, prelude::*};

/// Steps with a button here, in the order they stand; the main one comes last.
const SIDE_STEPS: [Step; 6] =
    [Step::Cancel, Step::Retry, Step::NotDuplicate, Step::MarkDuplicate, Step::Postpone, Step::Reopen];

#[component]
pub fn Actions(
    review: Review,
    /// Opens the dialog that asks why.
    reject_open: RwSignal<bool>,
    /// Approves or submits, then goes on to the next invoice.
    decide: Callback<()>,
) -> impl IntoView {
    let allowed = Memo::new(move |_| review.detail.with(|detail| detail.allowed.clone()));
    let busy = review.stepping;
    let plain = move |step: Step| review.step(step, StepRequest::default(), None);
    let side = move || {
        SIDE_STEPS
            .into_iter()
            .filter(|step| allowed.with(|allowed| allowed.contains(step)))
            .map(|step| {
                let look = if step == Step::Cancel { Look::Quiet } else { Look::Plain };
                view! { <Button label=words::verb(step) look disabled=busy on_press=Callback::new(move |()| plain(step)) /> }
            })
            .collect_view()
    };
    let may = move |step: Step| Memo::new(move |_| allowed.with(|allowed| allowed.contains(&step)));
    let (may_reject, may_approve, may_submit) = (may(Step::Reject), may(Step::Approve), may(Step::Submit));
    view! {
        <div class="actions" role="group" aria-label="Decision">
            <IconButton
                label="Undo"
                drawing=icons::UNDO
                disabled=Signal::derive(move || !review.can_undo())
                on_press=Callback::new(move |()| review.undo())
            />
            <IconButton
                label="Redo"
                drawing=icons::REDO
                disabled=Signal::derive(move || !review.can_redo())
                on_press=Callback::new(move |()| review.redo())
            />
            <Saved review />
            {side}
            <Show when=move || may_reject.get()>
                <Button
                    label=words::verb(Step::Reject)
                    look=Look::Danger
                    testid="reject-button"
                    disabled=busy
                    on_press=Callback::new(move |()| reject_open.set(true))
                />
            </Show>
            <Show when=move || may_submit.get() && !may_approve.get()>
                {main_button(words::verb(Step::Submit), "submit-button", busy, decide, move || plain(Step::Submit))}
            </Show>
            <Show when=move || may_approve.get()>
                {main_button(words::verb(Step::Approve), "approve-button", busy, decide, move || plain(Step::Approve))}
            </Show>
        </div>
    }
}

/// The one thing to do here. Enter on the last field that needed a look comes to it; with Ctrl it goes on to the next invoice.
fn main_button(
    label: &'static str,
    testid: &'static str,
    busy: RwSignal<bool>,
    decide: Callback<()>,
    press: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <button
            type="button"
            id="decide"
            class=Look::Primary.class()
            data-testid=testid
            title="Ctrl+Enter: and go to the next"
            aria-keyshortcuts="Control+Enter"
            disabled=move || busy.get()
            on:click=move |event| if event.ctrl_key() { decide.run(()) } else { press() }
        >
            {icon(icons::CHECK)}
            {label}
        </button>
    }
}

/// Whether what was typed has arrived, and why approval is not offered when it is not.
#[component]
fn Saved(review: Review) -> impl IntoView {
    let why_not = move || {
        let reason = review.detail.with(|detail| detail.approve_refused.clone());
        reason.map(|reason| {
            view! {
                <span class="mark whitespace-normal! text-sm">
                    {icon(icons::INFO)} <span class="clip-2" title=reason.clone()>{reason.clone()}</span>
                </span>
            }
        })
    };
    let state = move || match (review.pending(), review.waiting.get()) {
        (0, _) => EitherOf3::A(view! { <span class="sr-only">"Saved"</span> {why_not()} }),
        (count, true) => EitherOf3::B(view! {
            <span class="tone-warn mark" data-testid="pending-sync">
                {icon(icons::OFFLINE)}
                {[counted(count as i64, "change waits", "changes wait").as_str(), " for the connection"].concat()}
            </span>
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
