//! The box to write a comment in, with the names that what is being typed may become.

use super::Thread;
use crate::domain::{
    comment::{NewComment, Person},
    ids::UserId,
};
use crate::ui::icons::{self, icon};
use crate::ui::pages::review::{
    comment_draft::CommentDraft,
    mentions::{begun, caret_after, fitting, mentions_in},
};
use crate::ui::reactive::effect;
use leptos::{ev, html, prelude::*};

const LIST_ID: &str = "mention-list";
/// Names that are offered at once.
const OFFERED: usize = 6;

/// The box with its names to choose from.
#[derive(Clone, Copy)]
struct Composer {
    thread: Thread,
    writer: UserId,
    area: NodeRef<html::Textarea>,
    /// Chosen from the list: of two people of one name, these are meant.
    chosen: RwSignal<Vec<Person>>,
    offered: RwSignal<Vec<Person>>,
    active: RwSignal<usize>,
}

pub(super) fn composer(thread: Thread, writer: UserId) -> impl IntoView {
    let box_ = Composer {
        thread,
        writer,
        area: NodeRef::new(),
        chosen: RwSignal::new(Vec::new()),
        offered: RwSignal::new(Vec::new()),
        active: RwSignal::new(0),
    };
    // Names that come while somebody waits for them.
    effect(move || {
        thread.people.track();
        untrack(|| box_.look());
    });
    effect(move || {
        if let Some(area) = box_.area.get() {
            untrack(|| box_.go_on(&area));
        }
    });
    let is_open = move || box_.offered.with(|offered| !offered.is_empty());
    let active_id = move || is_open().then(|| option_id(box_.active.get()));
    let said = move || match box_.offered.with(Vec::len) {
        0 => "",
        _ => "Names to choose from: arrow keys, then Enter",
    };
    view! {
        <form
            class="composer"
            on:submit=move |event: ev::SubmitEvent| {
                event.prevent_default();
                box_.send();
            }
        >
            <label class="sr-only" for="comment-text">
                "Write a comment"
            </label>
            <textarea
                node_ref=box_.area
                id="comment-text"
                data-testid="comment-text"
                class="input"
                rows="2"
                maxlength="4000"
                placeholder="Write a comment; @ names somebody"
                aria-autocomplete="list"
                aria-haspopup="listbox"
                aria-controls=LIST_ID
                aria-activedescendant=active_id
                on:focus=move |_| thread.load_people()
                on:input=move |_| box_.written()
                on:click=move |_| box_.look()
                on:blur=move |_| box_.close()
                on:keydown=move |event| box_.key(&event)
            ></textarea>
            <ul id=LIST_ID class="mention-list" role="listbox" aria-label="People" hidden=move || !is_open()>
                {move || options(box_)}
            </ul>
            <span class="sr-only" role="status">
                {said}
            </span>
            <button type="submit" class="btn justify-self-end">
                {icon(icons::SEND)}
                "Send"
                <span class="opacity-70 text-xs" aria-hidden="true">
                    "⌃↵"
                </span>
            </button>
        </form>
    }
}

fn option_id(place: usize) -> String {
    ["mention-", &place.to_string()].concat()
}

fn options(box_: Composer) -> impl IntoView + use<> {
    let offered = box_.offered.get().into_iter().enumerate();
    offered
        .map(|(place, person)| {
            let name = person.name.clone();
            view! {
                <li
                    id=option_id(place)
                    class="menu-item"
                    role="option"
                    aria-selected=move || (box_.active.get() == place).to_string()
                    // Before the box loses the focus.
                    on:pointerdown=move |event| {
                        event.prevent_default();
                        box_.choose(person.clone());
                    }
                >
                    {name}
                </li>
            }
        })
        .collect_view()
}

impl Composer {
    fn draft(self) -> CommentDraft {
        CommentDraft { writer: self.writer, invoice: self.thread.review.id }
    }

    /// Goes on with what was written before the page was left, and shows what could not be sent.
    fn go_on(self, area: &web_sys::HtmlTextAreaElement) {
        let text = self.draft().read().filter(|_| area.value().is_empty());
        let unsent = self.draft().unsent();
        if text.is_none() && unsent.is_empty() {
            return;
        }
        text.inspect(|text| area.set_value(text));
        self.thread.show_unsent(unsent);
        if let Some(fold) = area.closest("details").ok().flatten() {
            _ = fold.set_attribute("open", "");
        }
    }

    fn written(self) {
        self.look();
        if let Some(area) = self.area.get_untracked() {
            self.draft().keep(&area.value());
        }
    }

    /// Offers the names that what is being typed may become.
    fn look(self) {
        let Some(area) = self.area.get_untracked() else { return };
        let (text, caret) = (area.value(), caret_of(&area));
        let offered = self.thread.people.with_untracked(|people| match (begun(&text, caret), people) {
            (Some((_, typed)), Some(people)) => fitting(people, typed, self.writer, OFFERED),
            _ => Vec::new(),
        });
        self.active.set(0);
        self.offered.set(offered);
    }

    /// Also when the box loses the focus because it goes.
    fn close(self) {
        if self.offered.try_with_untracked(|offered| !offered.is_empty()) == Some(true) {
            self.offered.set(Vec::new());
        }
    }

    /// Puts a name in the place of what was typed of it.
    fn choose(self, person: Person) {
        let Some(area) = self.area.get_untracked() else { return };
        let (text, caret) = (area.value(), caret_of(&area));
        if let Some((at, typed)) = begun(&text, caret) {
            let rest = &text[at + 1 + typed.len()..];
            let space = if rest.starts_with(' ') { "" } else { " " };
            let head = [&text[..at], "@", &person.name].concat();
            area.set_value(&[head.as_str(), space, rest].concat());
            let after = caret_after(&head, head.len()) + 1;
            // Refused only by what left the page.
            _ = area.set_selection_range(after, after);
            self.draft().keep(&area.value());
        }
        self.chosen.update(|chosen| chosen.push(person));
        self.close();
    }

    fn key(self, event: &ev::KeyboardEvent) {
        if event.is_composing() {
            return;
        }
        let offered = self.offered.with_untracked(Vec::len);
        let active = self.active.get_untracked();
        match event.key().as_str() {
            // Not the page's own: that would decide about the invoice.
            "Enter" if event.ctrl_key() || event.meta_key() => self.send(),
            "Enter" | "Tab" if offered > 0 && !event.shift_key() => {
                let person = self.offered.with_untracked(|offered| offered.get(active).cloned());
                person.into_iter().for_each(|person| self.choose(person));
            }
            "ArrowDown" if offered > 0 => self.active.set((active + 1) % offered),
            "ArrowUp" if offered > 0 => self.active.set((active + offered - 1) % offered),
            "Escape" if offered > 0 => self.close(),
            _ => return,
        }
        event.prevent_default();
    }

    /// Sends what stands in the box. Whoever's name stands in it is mentioned, chosen from the list or typed.
    fn send(self) {
        let Some(area) = self.area.get_untracked() else { return };
        let text = area.value().trim().to_owned();
        if text.is_empty() {
            return;
        }
        let mut known = self.chosen.get_untracked();
        known.extend(self.thread.people.get_untracked().unwrap_or_default());
        let mentions = mentions_in(&text, &known);
        area.set_value("");
        self.draft().keep("");
        self.close();
        self.chosen.set(Vec::new());
        let key = Some(((js_sys::Math::random() * 9e15) as u64).to_string());
        self.thread.send(NewComment { text, mentions, key });
    }
}

fn caret_of(area: &web_sys::HtmlTextAreaElement) -> usize {
    area.selection_start().ok().flatten().unwrap_or_default() as usize
}
