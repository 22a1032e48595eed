//! Why an invoice is rejected: a reason, and a note that says more.

use super::model::Review;
use crate::domain::{
    invoice::{REJECT_REASONS, StepRequest},
    status::Step,
};
use crate::ui::components::dialog::Dialog;
use leptos::{html, prelude::*};

#[component]
pub fn RejectDialog(review: Review, open: RwSignal<bool>) -> impl IntoView {
    let reason = NodeRef::<html::Select>::new();
    let note = NodeRef::<html::Textarea>::new();
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let code = reason.get_untracked().map(|reason| reason.value()).unwrap_or_default();
        let words = note.get_untracked().map(|note| note.value()).unwrap_or_default();
        let request =
            StepRequest { reason_code: Some(code), reason: Some(words.trim().to_owned()), ..StepRequest::default() };
        open.set(false);
        review.step(Step::Reject, request, None);
    };
    let reasons =
        REJECT_REASONS.iter().map(|(code, words)| view! { <option value=*code>{*words}</option> }).collect_view();
    view! {
        <Dialog open title="Reject this invoice" testid="reject-dialog">
            <form on:submit=send>
                <div class="dialog-body">
                    <div class="form-row">
                        <label for="reject-reason">"Reason"</label>
                        <select node_ref=reason class="input" id="reject-reason" name="reason_code" required>
                            <option value="">"Choose one"</option>
                            {reasons}
                        </select>
                    </div>
                    <div class="form-row">
                        <label for="reject-note">"Note"</label>
                        <textarea node_ref=note class="input" id="reject-note" name="reason" rows="3" maxlength="2000" required></textarea>
                        <p class="hint">"Kept in the history. Say what the supplier has to change."</p>
                    </div>
                </div>
                <div class="dialog-foot">
                    <button type="button" class="btn" on:click=move |_| open.set(false)>
                        "Cancel"
                    </button>
                    <button type="submit" class="btn btn-danger" data-testid="reject-confirm">
                        "Reject"
                    </button>
                </div>
            </form>
        </Dialog>
    }
}
