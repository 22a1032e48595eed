//! The thread of an invoice: what people wrote to each other. What is sent stands there at once; what others write comes
//! over the invoice's room.

mod composer;

use super::{
    comment_draft::CommentDraft,
    mentions::{mentions_in, pieces},
    model::Review,
};
use crate::api::{
    ApiError,
    comments::{add_comment, load_comments, load_people},
};
use crate::domain::{
    comment::{Comment, Comments, NewComment, Person},
    error::AppError,
    events::Room,
    roles::Right,
};
use crate::ui::components::{avatar::avatar, failure::refused, when::when};
use crate::ui::icons::{self, icon, icon_turning};
use crate::ui::layout::Session;
use crate::ui::reactive::effect;
use crate::ui::state::{Bell, LiveEvent, hooks::use_live_room, queries::is_ready};
use leptos::{either::Either, prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;

/// Where links to the thread lead.
const ANCHOR: &str = "comments";
/// Of one that an earlier visit to the page left behind. Sent again it is still written only once.
const LEFT_BEHIND: &str = "the page was left before the server answered";

type Loaded = Resource<Result<Comments, ApiError>>;

/// One on its way, or refused.
#[derive(Clone, PartialEq)]
struct Pending {
    comment: NewComment,
    /// Why it was not taken.
    failed: Option<String>,
}

impl Pending {
    fn key(&self) -> &str {
        self.comment.key.as_deref().unwrap_or_default()
    }
}

#[derive(Clone, Copy)]
struct Thread {
    review: Review,
    loaded: Loaded,
    /// Those that came after what was loaded.
    newer: RwSignal<Vec<Comment>>,
    pending: RwSignal<Vec<Pending>>,
    /// Who can be mentioned; asked for when somebody begins to write.
    people: RwSignal<Option<Vec<Person>>>,
}

impl Thread {
    fn new(review: Review, loaded: Loaded) -> Thread {
        Thread {
            review,
            loaded,
            newer: RwSignal::new(Vec::new()),
            pending: RwSignal::new(Vec::new()),
            people: RwSignal::new(None),
        }
    }

    /// All, oldest first.
    fn all(self) -> Vec<Comment> {
        let mut all = self.loaded.with(|loaded| match loaded {
            Some(Ok(found)) => found.comments.clone(),
            _ => Vec::new(),
        });
        self.newer.with(|newer| newer.iter().for_each(|comment| put(&mut all, comment)));
        all
    }

    fn came(self, comment: &Comment) {
        // One's own comes twice, as an event and as an answer, or without an answer; what stood for it goes with the first.
        if self.draft().is_some_and(|draft| draft.writer == comment.author_id) {
            let mut taken = None;
            self.pending.update(|pending| taken = take_same(pending, &comment.text));
            taken.iter().for_each(|one| self.forget(&one.comment));
        }
        self.newer.update(|newer| put(newer, comment));
    }

    /// Where what this person writes here is kept; None: it is not known yet who they are.
    fn draft(self) -> Option<CommentDraft> {
        let writer = self.review.me.with_untracked(|me| me.as_ref().map(|me| me.id))?;
        Some(CommentDraft { writer, invoice: self.review.id })
    }

    fn forget(self, comment: &NewComment) {
        self.draft().inspect(|draft| draft.forget_unsent(comment));
    }

    /// Shows what an earlier visit could not send.
    fn show_unsent(self, unsent: Vec<NewComment>) {
        self.pending.update(|all| {
            for comment in unsent {
                if all.iter().all(|one| one.comment.key != comment.key) {
                    all.push(Pending { comment, failed: Some(LEFT_BEHIND.to_owned()) });
                }
            }
        });
    }

    fn load_people(self) {
        if self.people.with_untracked(Option::is_none) {
            spawn_local(async move {
                if let Ok(found) = load_people().await {
                    _ = self.people.try_set(Some(found));
                }
            });
        }
    }

    /// Names are known only once the people are: where they could not be had before, they are asked for first.
    async fn deliver(self, comment: &NewComment) -> Result<Comment, ApiError> {
        let mut comment = comment.clone();
        let unknown = self.people.try_with_untracked(Option::is_none) == Some(true);
        if unknown && comment.text.contains('@') {
            let people = load_people().await?;
            comment.mentions = mentions_in(&comment.text, &people);
            _ = self.people.try_set(Some(people));
        }
        add_comment(self.review.id, comment).await
    }

    /// Sends one, new or again. Until it was taken it is kept, also past this page.
    fn send(self, comment: NewComment) {
        let draft = self.draft();
        draft.inspect(|draft| draft.keep_unsent(&comment));
        let pending = Pending { comment: comment.clone(), failed: None };
        self.pending.update(|all| {
            all.retain(|one| one.key() != pending.key());
            all.push(pending);
        });
        spawn_local(async move {
            let answer = self.deliver(&comment).await;
            // The page may be gone by now.
            _ = self.pending.try_update(|all| all.retain(|one| one.comment.key != comment.key));
            match answer {
                Ok(written) => {
                    draft.inspect(|draft| draft.forget_unsent(&comment));
                    _ = self.newer.try_update(|newer| put(newer, &written));
                }
                Err(error) => {
                    let failed = Some(error.to_string());
                    _ = self.pending.try_update(|all| all.push(Pending { comment, failed }));
                }
            }
        });
    }
}

/// Takes out what says the same: rather one on its way than one that was refused.
fn take_same(pending: &mut Vec<Pending>, text: &str) -> Option<Pending> {
    let at = |failed: bool| pending.iter().position(|one| one.failed.is_some() == failed && one.comment.text == text);
    let at = at(false).or_else(|| at(true))?;
    Some(pending.remove(at))
}

/// Each once, in the order of time.
fn put(all: &mut Vec<Comment>, comment: &Comment) {
    if all.iter().all(|known| known.id != comment.id) {
        let place = all.partition_point(|known| (known.at, &known.id) < (comment.at, &comment.id));
        all.insert(place, comment.clone());
    }
}

/// `heard` runs when somebody wrote something.
#[component]
pub fn CommentsFold(review: Review, heard: Callback<()>) -> impl IntoView {
    let loaded = Resource::new(|| (), move |()| load_comments(review.id));
    thread_view(Thread::new(review, loaded), heard)
}

/// A thread for the page of all components; of what is on its way, why it was not taken.
#[cfg(debug_assertions)]
pub fn sample(review: Review, comments: Comments, pending: Vec<(NewComment, Option<String>)>) -> impl IntoView {
    let loaded = Resource::new(|| (), move |()| std::future::ready(Ok(comments.clone())));
    let thread = Thread::new(review, loaded);
    let pending = pending.into_iter().map(|(comment, failed)| Pending { comment, failed });
    thread.pending.set(pending.collect());
    thread_view(thread, Callback::new(|()| ()))
}

fn thread_view(thread: Thread, heard: Callback<()>) -> impl IntoView {
    let loaded = thread.loaded;
    let again = Callback::new(move |()| loaded.refetch());
    view! {
        <Transition fallback=|| ()>
            {
                // Made in here, where it is read: the page around it does not wait for it.
                let outcome = Memo::new(move |before: Option<&Outcome>| outcome(loaded, before));
                move || {
                    if !is_ready(loaded) {
                        return None;
                    }
                    outcome
                        .get()
                        .map(|outcome| match outcome {
                            Ok(()) => fold(thread, heard).into_any(),
                            Err(error) => refused(&error, again).into_any(),
                        })
                }
            }
        </Transition>
    }
}

/// None: not there yet.
type Outcome = Option<Result<(), AppError>>;

/// Changes only when the thread came or could not: what is being typed stays while it is asked for again.
fn outcome(loaded: Loaded, before: Option<&Outcome>) -> Outcome {
    let before = before.cloned().flatten();
    let now = loaded.with(|answer| match answer.as_ref()? {
        Ok(_) => Some(Ok(())),
        Err(error) => Some(Err(error.0.clone())),
    });
    match now {
        None => before,
        Some(Err(_)) if before == Some(Ok(())) => before,
        now => now,
    }
}

fn fold(thread: Thread, heard: Callback<()>) -> impl IntoView {
    follow(thread, heard);
    let called = follow_links();
    let count = Memo::new(move |_| thread.all().len());
    let number = move || (count.get() > 0).then(|| view! { <span class="count">{count.get().to_string()}</span> });
    let is_open = move || called.get() || count.get() > 0;
    let person = use_context::<Session>().and_then(Session::person);
    let writer = person.filter(|person| person.rights.contains(&Right::Edit)).map(|person| person.user_id);
    view! {
        <details class="fold" id=ANCHOR open=is_open data-testid="comments">
            <summary>
                {icon(icons::RIGHT)} "Comments"
                {number}
            </summary>
            <div>
                <ol class="thread" aria-live="polite">
                    <For each=move || thread.all() key=|comment| comment.id.clone() let:comment>
                        {row(comment)}
                    </For>
                    <For
                        each=move || thread.pending.get()
                        key=|one| (one.key().to_owned(), one.failed.is_some())
                        let:one
                    >
                        {pending_row(thread, one)}
                    </For>
                </ol>
                {writer.map(|writer| composer::composer(thread, writer))}
            </div>
        </details>
    }
}

/// Hears what others write, from where what is shown was read.
fn follow(thread: Thread, heard: Callback<()>) {
    use_live_room(
        move || {
            let position = thread.loaded.with(|loaded| Some(loaded.as_ref()?.as_ref().ok()?.position.clone()))?;
            Some((Room::Invoice(thread.review.id), position))
        },
        move |event| match event {
            LiveEvent::Reload => thread.loaded.refetch(),
            LiveEvent::Invoice { change, .. } => {
                if let Some(comment) = &change.comment {
                    thread.came(comment);
                    heard.run(());
                }
            }
            _ => {}
        },
    );
}

/// True once a link leads here; the thread is then opened and brought into view.
fn follow_links() -> RwSignal<bool> {
    let called = RwSignal::new(false);
    let hash = use_location().hash;
    let bell = use_context::<Bell>();
    effect(move || {
        bell.inspect(|bell| bell.asked.track());
        if hash.with(|hash| hash.strip_prefix('#') == Some(ANCHOR)) {
            called.set(true);
            request_animation_frame(|| {
                if let Some(fold) = document().get_element_by_id(ANCHOR) {
                    fold.scroll_into_view();
                }
            });
        }
    });
    called
}

fn row(comment: Comment) -> impl IntoView {
    view! {
        <li data-testid="comment">
            {avatar(&comment.author)}
            <div class="min-w-0">
                <div>
                    <span class="font-medium" aria-hidden="true">
                        {comment.author.clone()}
                    </span>
                    <span class="hint">" · " {when(comment.at)}</span>
                </div>
                {written(&comment.text, &comment.mentions)}
            </div>
        </li>
    }
}

/// Plain text, with the names in it marked.
fn written(text: &str, people: &[Person]) -> impl IntoView + use<> {
    let pieces = pieces(text, people)
        .into_iter()
        .map(|piece| match piece.person {
            Some(_) => Either::Left(view! { <span class="mention">{piece.text.to_owned()}</span> }),
            None => Either::Right(piece.text.to_owned()),
        })
        .collect_view();
    view! { <p class="thread-text">{pieces}</p> }
}

fn pending_row(thread: Thread, one: Pending) -> impl IntoView {
    let text = written(&one.comment.text, &[]);
    let state = match one.failed {
        None => Either::Left(
            view! { <p class="hint flex gap-1 items-center">{icon_turning(icons::SPINNER)} "Sending…"</p> },
        ),
        Some(reason) => {
            let given_up = one.comment.clone();
            let again = move |_| thread.send(one.comment.clone());
            let drop = move |_| {
                thread.forget(&given_up);
                thread.pending.update(|all| all.retain(|other| other.comment.key != given_up.key));
            };
            Either::Right(view! {
                <p class="field-note tone-bad">{icon(icons::ALERT)} <span>"Not sent: " {reason}</span></p>
                <div class="flex gap-2 mt-1">
                    <button type="button" class="btn btn-sm" on:click=again>
                        {icon(icons::RETRY)}
                        "Try again"
                    </button>
                    <button type="button" class="btn btn-quiet btn-sm" on:click=drop>
                        "Discard"
                    </button>
                </div>
            })
        }
    };
    view! {
        <li class="thread-pending" data-testid="comment-pending">
            <span></span>
            <div class="min-w-0">{text} {state}</div>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_arrived_is_taken_out_once_and_first_what_is_on_its_way() {
        let one = |key: &str, text: &str, failed: Option<&str>| Pending {
            comment: NewComment { text: text.to_owned(), mentions: Vec::new(), key: Some(key.to_owned()) },
            failed: failed.map(str::to_owned),
        };
        let mut pending = vec![one("1", "Yes", Some("away")), one("2", "No", None), one("3", "Yes", None)];
        let taken: Vec<Option<String>> =
            (0..3).map(|_| take_same(&mut pending, "Yes").map(|one| one.key().to_owned())).collect();
        assert_eq!(taken, [Some("3".to_owned()), Some("1".to_owned()), None]);
        assert_eq!(pending.len(), 1);
    }
}
