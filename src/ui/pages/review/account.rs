//! Under the IBAN: which account is known for the supplier, and what to do where it is another one.

use super::{
    ask::{foot, form_error, note_field, typed},
    model::Review,
};
use crate::api::invoices::verify_account;
use crate::domain::{
    bank_account::{AccountVerification, BankAccount, KnownAccount, Origin, Standing, account_key},
    field::Field,
    status::Step,
};
use crate::ui::components::{
    button::{Button, Look},
    dialog::Dialog,
    marks::{Note, Tone},
    when::when,
};
use crate::ui::format::groups_of_four;
use crate::ui::icons::{self, icon};
use crate::ui::reactive::memo;
use leptos::{html, prelude::*};

/// The reason a wrong account is rejected for.
const WRONG_ACCOUNT: &str = "wrong_account";

/// What the server knows of the account that stands in the field now: another one is asked for anew.
fn asked(review: Review) -> Option<BankAccount> {
    review.detail.with(|detail| {
        let value = detail.fields.get(&Field::Iban).map_or("", |value| value.value.as_str());
        detail.bank_account.clone().filter(|account| account.account == account_key(value))
    })
}

/// Stands under the checks of the IBAN, which say what is wrong.
#[component]
pub fn AccountNote(review: Review) -> impl IntoView {
    let account = memo(move || asked(review));
    // What is decided asks for nothing more.
    let is_open = memo(move || review.status().is_undecided());
    move || account.get().filter(|_| is_open.get()).and_then(|account| under_field(review, account))
}

fn under_field(review: Review, account: BankAccount) -> Option<impl IntoView> {
    let standing = account.standing;
    let known = account.known.filter(|known| standing == Standing::Changed || known.origin == Origin::Verified);
    if standing == Standing::Known && known.is_none() {
        return None;
    }
    Some(view! {
        <div class="account-note" data-testid="account-note">
            {known.map(|known| known_words(standing, known))}
            {(standing != Standing::Known).then(|| choices(review, account.may_verify))}
        </div>
    })
}

/// The known account, whole, so that the two can be compared; or who verified this one.
fn known_words(standing: Standing, known: KnownAccount) -> impl IntoView {
    let by = match known.origin {
        Origin::Verified => "verified",
        Origin::Approved => "approved",
    };
    let person = if known.person.is_empty() { " ".to_owned() } else { [" by ", &known.person, ", "].concat() };
    let account = (standing == Standing::Changed).then(|| {
        view! {
            "Known: "
            <span class="mono text-ink">{groups_of_four(&known.account)}</span>
            ", "
        }
    });
    let by = if standing == Standing::Changed { by } else { "Account verified" };
    let drawing = if standing == Standing::Changed { icons::INFO } else { icons::PERSON };
    view! {
        <p class="field-note tone-info">
            {icon(drawing)} <span class="text-muted wrap-anywhere">{account} {by} {person} {when(known.at)}</span>
        </p>
    }
}

fn choices(review: Review, may_verify: bool) -> impl IntoView {
    let busy = review.asking;
    let verify = may_verify.then(|| {
        view! {
            <Button
                label="Verify account…"
                testid="verify-account"
                disabled=busy
                on_press=Callback::new(move |()| review.verify_open.set(true))
            />
        }
    });
    let waits = (!may_verify).then(|| {
        view! {
            <p class="hint">"Somebody who neither uploaded nor changed this invoice verifies it."</p>
        }
    });
    view! {
        <div class="account-choices">
            {waits} {verify}
            <Show when=move || review.allows(Step::Reject)>
                <Button
                    label="Not theirs: reject…"
                    look=Look::Quiet
                    testid="reject-account"
                    disabled=busy
                    on_press=Callback::new(move |()| review.reject(WRONG_ACCOUNT))
                />
            </Show>
        </div>
    }
}

/// Asks how the account was verified.
#[component]
pub fn VerifyDialog(review: Review) -> impl IntoView {
    let open = review.verify_open;
    let note = NodeRef::<html::Textarea>::new();
    let no_note = RwSignal::new(false);
    let account = memo(move || asked(review));
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let words = typed(note);
        no_note.set(words.is_empty());
        if words.is_empty() {
            return crate::ui::layout::keys::focus("verify-note");
        }
        open.set(false);
        if let Some(BankAccount { account, .. }) = account.get_untracked() {
            let said = AccountVerification { account, note: words };
            review.ask("Bank account verified", verify_account(review.id, said));
        }
    };
    let row = |label: &'static str, account: String| {
        view! {
            <div>
                <dt class="text-muted">{label}</dt>
                <dd class="mono wrap-anywhere">{groups_of_four(&account)}</dd>
            </div>
        }
    };
    let accounts = move || {
        account.get().map(|account| {
            let known = account.known.filter(|known| known.account != account.account);
            view! {
                <dl class="grid gap-2">
                    {row("On this invoice", account.account)} {known.map(|known| row("Known until now", known.account))}
                </dl>
            }
        })
    };
    view! {
        <Dialog open title="Verify the bank account" testid="verify-dialog">
            <form on:submit=send novalidate>
                <div class="dialog-body">
                    {accounts}
                    <Note tone=Tone::Info drawing=icons::INFO>
                        <p>"Ask the supplier by a way you know already, not by a number or address on the invoice."</p>
                    </Note>
                    <div class="form-row">
                        <label for="verify-note">"How it was verified"</label>
                        {note_field(note, "verify-note", "verify-note-error", no_note)}
                        {form_error("verify-note-error", no_note, "Say in a few words how")}
                        <p class="hint">"Kept in the history, with your name. From then on the account is known."</p>
                    </div>
                </div>
                {foot(open, "Verify account", "btn btn-primary", "verify-confirm")}
            </form>
        </Dialog>
    }
}
