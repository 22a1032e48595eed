//! A button with a menu of the people something can be given to.

use super::avatar::avatar;
use crate::api::{ApiError, invoices::load_assignable};
use crate::domain::{comment::Person, ids::UserId};
use crate::ui::components::skeleton;
use crate::ui::icons::{self, icon};
use crate::ui::markup::dynamic;
use leptos::{prelude::*, task::spawn_local};

/// What the menu of a button is called, what it offers, and what follows a choice.
#[derive(Clone, Copy)]
pub struct PeopleMenu {
    pub id: &'static str,
    /// Whoever is signed in: stands first, as "Me".
    pub me: Signal<Option<UserId>>,
    /// Whose it is now: "Nobody" is offered where it is somebody's.
    pub is_given: Signal<bool>,
    pub choose: Callback<Option<Person>>,
}

/// None: asked for, and not there yet.
pub type Loaded = Option<Result<Vec<Person>, ApiError>>;

impl PeopleMenu {
    /// The button shows `label`; the menu asks for the people when it is first opened.
    pub fn view(self, class: &'static str, title: &'static str, label: impl IntoView + 'static) -> AnyView {
        let people = RwSignal::new(Loaded::None);
        let load = move |_| {
            if people.with_untracked(|people| matches!(people, Some(Ok(_)))) {
                return;
            }
            spawn_local(async move {
                let found = load_assignable().await;
                _ = people.try_set(Some(found));
            });
        };
        view! {
            <button type="button" class=class popovertarget=self.id title=title data-testid="assign-button" on:click=load>
                {label}
            </button>
            <div id=self.id class="menu menu-people" popover="auto" role="group" aria-label=title>
                {dynamic(move || people.with(|people| self.rows(people)))}
            </div>
        }
        .into_any()
    }

    /// What is in the menu.
    pub fn rows(self, people: &Loaded) -> AnyView {
        let people = match people {
            None => return skeleton::line("w-40 m-2").into_any(),
            Some(Err(error)) => {
                return view! { <p class="form-error px-2" role="alert">{error.to_string()}</p> }.into_any();
            }
            Some(Ok(people)) => people,
        };
        let me = self.me.get();
        let (mine, others): (Vec<&Person>, Vec<&Person>) = people.iter().partition(|person| Some(person.id) == me);
        let mine = mine.into_iter().map(|person| self.row(Some(person), "Me"));
        let others = others.into_iter().map(|person| self.row(Some(person), &person.name));
        let nobody = self.is_given.get().then(|| self.row(None, "Nobody"));
        mine.chain(others).chain(nobody).collect_view().into_any()
    }

    fn row(self, person: Option<&Person>, label: &str) -> AnyView {
        let drawing = match person {
            Some(person) => avatar(&person.name).attr("aria-hidden", "true"),
            None => icon(icons::CLOSE),
        };
        let (person, label) = (person.cloned(), label.to_owned());
        view! {
            <button
                type="button"
                class="menu-item"
                popovertarget=self.id
                popovertargetaction="hide"
                on:click=move |_| self.choose.run(person.clone())
            >
                {drawing}
                {label}
            </button>
        }
        .into_any()
    }
}
