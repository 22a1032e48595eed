//! Effects and memos with boxed closures: the browser carries the code that runs them once, and not once for each.

use leptos::prelude::{Effect, Memo};

/// Runs now and whenever what it reads changes. In the browser only.
pub fn effect(run: impl FnMut() + 'static) {
    boxed(Box::new(run));
}

fn boxed(run: Box<dyn FnMut()>) {
    Effect::new(run);
}

/// A value worked out of others, which tells of changes only when it is another one.
pub fn memo<T: PartialEq + Send + Sync + 'static>(value: impl Fn() -> T + Send + Sync + 'static) -> Memo<T> {
    let value: Box<dyn Fn() -> T + Send + Sync> = Box::new(value);
    Memo::new(move |_| value())
}
