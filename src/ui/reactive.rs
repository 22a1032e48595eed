//! Effects and memos with boxed closures: the browser carries the code that runs them once, and not once for each.
//!
//! Effects begin when the page was taken over from the server. Taking over may wait for a part of the program to arrive,
//! and whatever changes the page meanwhile (a socket that opens, what an earlier visit left unsent) would make it another
//! than the one in the document.

use leptos::prelude::{ArcRwSignal, Effect, Get, GetUntracked, Memo, Set, Signal};
use std::sync::{Arc, Mutex, PoisonError};

thread_local! {
    static TAKEN_OVER: ArcRwSignal<bool> = ArcRwSignal::new(false);
}

/// The page in the document is the program's from now on: effects begin.
pub fn page_is_taken_over() {
    TAKEN_OVER.with(|taken_over| taken_over.set(true));
}

/// Followed only while it may still change.
fn is_taken_over() -> bool {
    TAKEN_OVER.with(|taken_over| taken_over.get_untracked() || taken_over.get())
}

/// Runs now and whenever what it reads changes. In the browser only.
pub fn effect(run: impl FnMut() + 'static) {
    boxed(Box::new(run));
}

fn boxed(mut run: Box<dyn FnMut()>) {
    Effect::new(move || {
        if is_taken_over() {
            run();
        }
    });
}

/// An effect that gets what it gave the last time.
pub fn effect_from<T: Send + Sync + 'static>(mut run: impl FnMut(Option<T>) -> T + 'static) {
    Effect::new(move |before: Option<Option<T>>| is_taken_over().then(|| run(before.flatten())));
}

/// A value worked out of others, which tells of changes only when it is another one.
pub fn memo<T: PartialEq + Send + Sync + 'static>(value: impl Fn() -> T + Send + Sync + 'static) -> Memo<T> {
    let value: Box<dyn Fn() -> T + Send + Sync> = Box::new(value);
    Memo::new(move |_| value())
}

/// Reads a signal for somebody who may outlive it, and then gets what it held last.
pub fn lasting<T: Clone + Send + Sync + 'static>(signal: Signal<T>) -> impl Fn() -> T + Send + Sync + 'static {
    let last = Arc::new(Mutex::new(signal.get_untracked()));
    move || {
        let now = signal.try_get();
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(now) = now {
            *last = now;
        }
        last.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use leptos::prelude::{Owner, RwSignal};

    #[test]
    fn what_a_signal_held_outlives_it() {
        let owner = Owner::new();
        let (signal, last) = owner.with(|| {
            let signal = RwSignal::new(1);
            (signal, lasting::<i32>(signal.into()))
        });
        signal.set(2);
        assert_eq!(last(), 2);
        owner.cleanup();
        assert_eq!(last(), 2);
    }
}
