//! Settings: for admins the people and the rules of the house, for approvers who stands in for them.

mod companies;
mod learned;
mod people;
mod reasons;
mod route;
mod rules;
mod stand_ins;

pub use route::SettingsRoute;

use super::invoices::search_from_elsewhere;
use crate::api::{ApiError, settings::load_settings};
use crate::domain::approval::Settings;
use crate::ui::components::{failure::refused, focus, skeleton, toast::Toasts};
use crate::ui::format::amount;
use crate::ui::layout::head::PageHead;
use crate::ui::prefs::number_style;
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn SettingsPage() -> impl IntoView {
    let loaded = Resource::new(|| (), |()| load_settings());
    view! {
        <PageHead title="Settings" search=search_from_elsewhere() />
        <div class="page-body grid-cols-[minmax(0,1fr)] gap-8!">
            <Suspense fallback=loading>
                {move || {
                    loaded
                        .get()
                        .map(|answer| match answer {
                            Ok(first) => sections(first).into_any(),
                            Err(error) => refused(&error.0, Callback::new(move |()| loaded.refetch())).into_any(),
                        })
                }}
            </Suspense>
        </div>
    }
}

fn loading() -> impl IntoView {
    view! {
        <div class="grid gap-4" aria-busy="true">
            {skeleton::line("w-28")} {skeleton::line("w-60")} {skeleton::line("w-40")} {skeleton::line("w-60")}
        </div>
    }
}

/// What the page shows now, and how a change is sent.
#[derive(Clone, Copy)]
struct Shown {
    settings: RwSignal<Settings>,
    toasts: Toasts,
}

impl Shown {
    /// Asks for the settings again. What is shown is better than nothing, and the page may have been left meanwhile.
    fn reload(self) {
        spawn_local(async move {
            if let Ok(now) = load_settings().await {
                _ = self.settings.try_set(now);
                focus::keep_on_page();
            }
        });
    }

    /// Sends a change. Taken: says so, runs `then`, loads anew. Refused: `failure` says why.
    fn send<T: 'static>(
        self,
        asked: impl Future<Output = Result<T, ApiError>> + 'static,
        done: &'static str,
        failure: RwSignal<Option<String>>,
        then: impl FnOnce(T) + 'static,
    ) {
        spawn_local(async move {
            match asked.await {
                Ok(answer) => {
                    _ = failure.try_set(None);
                    self.toasts.ok(done);
                    then(answer);
                    self.reload();
                }
                Err(error) => _ = failure.try_set(Some(error.to_string())),
            }
        });
    }
}

fn sections(first: Settings) -> impl IntoView {
    let (is_admin, may_approve) = (first.members.is_some(), first.stand_ins.is_some());
    let shown = Shown { settings: RwSignal::new(first), toasts: expect_context() };
    view! {
        {is_admin.then(|| people::section(shown).into_any())}
        {is_admin.then(|| rules::section(shown).into_any())}
        {is_admin.then(|| companies::section(shown).into_any())}
        {is_admin.then(|| reasons::section(shown).into_any())}
        {is_admin.then(|| learned::section(shown).into_any())}
        {may_approve.then(|| stand_ins::section(shown).into_any())}
    }
}

/// What a form holds, by the names of its fields.
fn form_of(event: &leptos::ev::SubmitEvent) -> impl Fn(&str) -> String {
    event.prevent_default();
    let form = web_sys::FormData::new_with_form(&event_target(event)).ok();
    move |name| form.as_ref().and_then(|form| form.get(name).as_string()).unwrap_or_default()
}

/// An amount as its field shows it; none is an empty field.
fn shown_amount(value: Option<&str>) -> String {
    value.map(|value| amount(value, number_style())).unwrap_or_default()
}
