//! The frame around every page: rail, main part, upload tray, drop zone.

pub mod account;
pub mod bell;
pub mod connection;
pub mod extras;
mod gone;
pub mod head;
#[cfg(debug_assertions)]
mod inspector;
pub mod keys;
pub mod rail;
pub mod tray;
pub mod upload_dialog;

use crate::api::{
    ApiError,
    auth::{SignedIn, current_user},
};
use crate::domain::roles::Right;
use crate::ui::components::failure::Guard;
use crate::ui::icons::{self, icon};
use crate::ui::reactive::{effect, effect_from};
use crate::ui::state::{Bell, Live, Uploads};
use gone::GoneControls;
use leptos::prelude::*;
use leptos_router::{components::Outlet, hooks::use_location};

/// Who is signed in, asked once for all pages in the frame.
#[derive(Clone, Copy)]
pub struct Session(pub Resource<Result<Option<SignedIn>, ApiError>>);

impl Session {
    /// Whether the person has a right; false until it is known. Read it inside Suspense or Transition.
    pub fn may(self, right: Right) -> bool {
        self.0.with(|session| match session {
            Some(Ok(Some(person))) => person.rights.contains(&right),
            _ => false,
        })
    }

    /// Who is signed in, when it is known that somebody is. Read it inside Suspense or Transition.
    pub fn person(self) -> Option<SignedIn> {
        self.0.get().and_then(Result::ok).flatten()
    }
}

/// The invoice whose page was left last: the list goes on at its row.
#[derive(Clone, Copy)]
pub struct LeftInvoice(pub RwSignal<Option<String>>);

impl LeftInvoice {
    fn provide() {
        let left = LeftInvoice(RwSignal::new(None));
        let path = use_location().pathname;
        effect_from(move |before: Option<String>| {
            let now = path.get();
            let from = before.as_deref().filter(|before| *before != now);
            if let Some(id) = from.and_then(|before| before.strip_prefix("/invoices/")) {
                left.0.set(Some(id.to_owned()));
            }
            now
        });
        provide_context(left);
    }
}

#[component]
pub fn Frame() -> impl IntoView {
    framed(|| view! { <Outlet /> }.into_any())
}

/// What an administrator tells everybody.
fn notice() -> impl IntoView {
    let notice = use_context::<Live>().map(Live::notice);
    move || {
        let text = notice.and_then(|notice| notice.try_get()).unwrap_or_default();
        (!text.is_empty()).then(|| {
            view! {
                <p class="maintenance" role="status" data-testid="maintenance">
                    {icon(icons::WARN)}
                    {text}
                </p>
            }
        })
    }
}

/// The frame around a page that no route leads to. `inside` is made within it, where it finds who is signed in.
pub fn framed(inside: fn() -> AnyView) -> AnyView {
    let session = Session(Resource::new_blocking(|| (), |()| current_user()));
    provide_context(session);
    LeftInvoice::provide();
    // Keys and drops ask for it, outside the places where a resource may be read: an effect reads it for them.
    let may_upload = RwSignal::new(false);
    effect(move || may_upload.set(session.may(Right::Upload)));
    let uploads = Uploads::provide(may_upload.into());
    let bell = Bell::provide(bell::opener());
    effect(move || {
        if let Some(person) = session.person() {
            bell.belong_to(person.user_id);
        }
    });
    let extras = extras::Extras::provide(uploads);
    tray::follow_tasks(uploads);
    keys::listen(uploads);
    let gone = GoneControls::new();
    view! {
        <a class="skip-link" href="#main">
            "Skip to content"
        </a>
        <div class="frame">
            <rail::Rail />
            <main
                id="main"
                class="frame-main"
                tabindex="-1"
                on:focusin=move |_| gone.used()
                on:pointerdown:capture=move |_| gone.used()
                on:keydown:capture=move |_| gone.used()
                on:change:capture=move |event| gone.silence(&event)
                on:blur:capture=move |event| gone.silence(&event)
                on:focusout:capture=move |event| gone.silence(&event)
            >
                {notice()}
                <Guard>{inside()}</Guard>
            </main>
            {extras.tray()}
        </div>
        {view! { <tray::DropZone uploads /> }.into_any()}
        {extras.dialog()}
    }
    .into_any()
}
