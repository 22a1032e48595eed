//! The others on the same invoice: who is here, which field they are in, where they point.

use crate::domain::{
    events::Cursor,
    field::Field,
    ids::{InvoiceId, UserId},
};
use crate::ui::reactive::effect_from;
use crate::ui::{
    format::initials,
    state::{Person, Presence, use_presence},
};
use leptos::{ev, prelude::*, wasm_bindgen::JsCast};
use std::collections::BTreeSet;
use web_sys::Element;

/// Faces in the head; the others are a number.
const FACES: usize = 4;
/// Colours of people, each with its rule in the style sheet.
const COLOURS: usize = 8;

/// The company of the page's invoice.
#[derive(Clone, Copy)]
pub struct Others {
    presence: Presence,
    people: Memo<Vec<Person>>,
}

impl Others {
    /// Is on the page, and gives it to everything below.
    pub fn provide(invoice: InvoiceId) {
        let presence = use_presence(invoice);
        let people = Memo::new(move |_| presence.people());
        provide_context(Others { presence, people });
    }

    /// Some for the page of all components.
    #[cfg(debug_assertions)]
    pub fn sample(company: crate::ui::state::reducer::Company) -> Others {
        let presence = Presence::sample(company);
        Others { presence, people: Memo::new(move |_| presence.people()) }
    }

    /// The focus came to a field or left all of them.
    pub fn focus(self, field: Option<Field>, may_edit: bool) {
        self.presence.focus(field, may_edit);
    }

    /// The pointer is over a page of the document, or no longer. Alone, nobody needs to know.
    fn point(self, cursor: Option<Cursor>) {
        if cursor.is_none() || !untrack(|| self.presence.is_alone()) {
            self.presence.point(cursor);
        }
    }

    /// Who is in a field, and how that is said.
    fn in_field(self, field: Field) -> Option<(UserId, String)> {
        let found = self.presence.in_field(field)?;
        let does = if found.edits { " is editing" } else { " is here" };
        Some((found.user, [found.name.as_str(), does].concat()))
    }
}

/// The number of a person's colour.
fn colour(user: UserId) -> String {
    let sum: usize = user.0.as_bytes().iter().map(|byte| usize::from(*byte)).sum();
    (sum % COLOURS).to_string()
}

/// Who else is here, and a word to screen readers when somebody comes.
#[component]
pub fn Faces() -> impl IntoView {
    let Others { people, .. } = expect_context();
    let faces = Memo::new(move |_| {
        people.with(|people| people.iter().map(|person| (person.user, person.name.clone())).collect::<Vec<_>>())
    });
    let arrived = arrivals(faces);
    view! {
        <span class="sr-only" aria-live="polite">
            {move || arrived.get()}
        </span>
        <Show when=move || faces.with(|faces| !faces.is_empty())>
            <ul class="faces" data-testid="presence" aria-label="Also here">
                <For each=move || first_faces(faces) key=|(user, _)| *user let:face>
                    {face_view(face)}
                </For>
                {move || faces.with(|faces| more(faces))}
            </ul>
        </Show>
    }
}

type Face = (UserId, String);

fn first_faces(faces: Memo<Vec<Face>>) -> Vec<Face> {
    faces.with(|faces| faces.iter().take(FACES).cloned().collect())
}

fn face_view((user, name): Face) -> impl IntoView {
    view! {
        <li class="avatar face" data-who=colour(user) title=name.clone()>
            <span aria-hidden="true">{initials(&name)}</span>
            <span class="sr-only">{name.clone()}</span>
        </li>
    }
}

/// Those beyond the first, as a number with their names.
fn more(faces: &[Face]) -> Option<impl IntoView + use<>> {
    let rest = faces.get(FACES..).filter(|rest| !rest.is_empty())?;
    let names = rest.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ");
    Some(view! {
        <li class="avatar face" title=names.clone()>
            <span aria-hidden="true">{["+", &rest.len().to_string()].concat()}</span>
            <span class="sr-only">{["and ", &names].concat()}</span>
        </li>
    })
}

/// `Rita Reviewer is here`, once for each person.
fn arrivals(faces: Memo<Vec<Face>>) -> RwSignal<String> {
    let said = RwSignal::new(String::new());
    effect_from(move |known: Option<BTreeSet<UserId>>| {
        let mut known = known.unwrap_or_default();
        faces.with(|faces| {
            let new: Vec<&str> =
                faces.iter().filter(|(user, _)| known.insert(*user)).map(|(_, name)| name.as_str()).collect();
            match new.as_slice() {
                [] => {}
                [one] => said.set([one, " is here"].concat()),
                many => said.set([&many.join(", "), " are here"].concat()),
            }
        });
        known
    });
    said
}

/// The id of what says who is in a field.
pub fn mark_id(field: Field) -> String {
    ["field-", &field.name(), "-others"].concat()
}

/// Who is in a field: the number of their colour, and words.
pub type Mark = Memo<Option<(String, String)>>;

pub fn mark_of(others: Others, field: Field) -> Mark {
    Memo::new(move |_| others.in_field(field).map(|(user, text)| (colour(user), text)))
}

/// The words, over the edge of the field's row. Its control is described by them.
pub fn mark_view(field: Field, mark: Mark) -> impl IntoView {
    view! {
        <div class="field-others" id=mark_id(field)>
            {move || {
                mark.get().map(|(_, text)| {
                    view! {
                        <span class="name-tag" data-testid="field-other">
                            {text}
                        </span>
                    }
                })
            }}
        </div>
    }
}

/// Notes where the pointer is over a page; fingers point at nothing.
pub fn pointed(others: Others, page: usize, event: &ev::PointerEvent) {
    if event.pointer_type() == "touch" {
        return;
    }
    let sheet = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
    let Some(place) = sheet.map(|sheet| sheet.get_bounding_client_rect()) else { return };
    let share = |at: i32, start: f64, size: f64| {
        ((f64::from(at) - start) / size * f64::from(Cursor::EDGE)).clamp(0.0, f64::from(Cursor::EDGE)) as u16
    };
    let x = share(event.client_x(), place.left(), place.width());
    let y = share(event.client_y(), place.top(), place.height());
    others.point(u16::try_from(page).ok().map(|page| Cursor { page, x, y }));
}

/// The pointer left the page.
pub fn pointed_away(others: Others) {
    others.point(None);
}

/// The pointers of others over a page of the document.
pub fn pointers(others: Others, page: usize) -> impl IntoView {
    let here = Memo::new(move |_| {
        let is_here = |person: &&Person| person.cursor.is_some_and(|cursor| usize::from(cursor.page) == page);
        others.people.with(|people| {
            people.iter().filter(is_here).map(|person| (person.user, person.name.clone())).collect::<Vec<_>>()
        })
    });
    view! {
        <div class="pointers" aria-hidden="true">
            <For each=move || here.get() key=|(user, _)| *user let:face>
                {pointer(others, face)}
            </For>
        </div>
    }
}

fn pointer(others: Others, (user, name): Face) -> impl IntoView {
    let place = Memo::new(move |before: Option<&(u16, u16)>| {
        let cursor = others.people.with(|people| people.iter().find(|person| person.user == user)?.cursor);
        cursor.map(|cursor| (cursor.x, cursor.y)).or(before.copied()).unwrap_or_default()
    });
    view! {
        <div
            class="pointer"
            data-who=colour(user)
            data-testid="pointer"
            style:left=move || per_cent(place.get().0)
            style:top=move || per_cent(place.get().1)
        >
            <svg viewBox="0 0 16 16" width="20" height="20">
                <path d="M1 1l5 13 2.2-5.8L14 6z" />
            </svg>
            <span class="name-tag">{name}</span>
        </div>
    }
}

/// Ten-thousandths as per cent. Integers are printed, because printing floats is large in WASM.
pub fn per_cent(share: u16) -> String {
    let hundredths = (share % 100).to_string();
    let zero = if hundredths.len() < 2 { "0" } else { "" };
    [(share / 100).to_string().as_str(), ".", zero, &hundredths, "%"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_printed_without_floats() {
        assert_eq!(per_cent(0), "0.00%");
        assert_eq!(per_cent(1_205), "12.05%");
        assert_eq!(per_cent(Cursor::EDGE), "100.00%");
    }
}
