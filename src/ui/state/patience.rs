//! Asking again what got no answer: a few times, waiting longer each time.

use super::connection::backoff_ms;
use crate::{api::ApiError, domain::error::AppError};
use leptos::prelude::{set_timeout, window};
use std::{
    future::poll_fn,
    sync::{Arc, Mutex, PoisonError},
    task::{Poll, Waker},
    time::Duration,
};

/// Tries before the person is told: with the waits between, about two seconds.
const TRIES: u32 = 3;

/// Asks until there is an answer, the tries are used up, or the browser has no network to ask with.
pub async fn patiently<T, F>(ask: impl Fn() -> F) -> Result<T, ApiError>
where
    F: Future<Output = Result<T, ApiError>>,
{
    let mut tries = 1;
    loop {
        let answer = ask().await;
        if !may_ask_again(answer.as_ref().err(), tries, online()) {
            return answer;
        }
        pause(backoff_ms(tries, js_sys::Math::random())).await;
        tries += 1;
    }
}

fn may_ask_again(error: Option<&ApiError>, tries: u32, online: bool) -> bool {
    online && tries < TRIES && error.is_some_and(|error| error.0 == AppError::Unreachable)
}

/// The server asks itself; there is nothing between that could lose a question.
fn online() -> bool {
    cfg!(target_arch = "wasm32") && window().navigator().on_line()
}

/// Browser only.
async fn pause(milliseconds: u32) {
    let state = Arc::new(Mutex::new((false, None::<Waker>)));
    let timer = state.clone();
    set_timeout(
        move || {
            let mut state = timer.lock().unwrap_or_else(PoisonError::into_inner);
            state.0 = true;
            if let Some(waker) = state.1.take() {
                waker.wake();
            }
        },
        Duration::from_millis(milliseconds.into()),
    );
    poll_fn(move |context| {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.0 {
            return Poll::Ready(());
        }
        state.1 = Some(context.waker().clone());
        Poll::Pending
    })
    .await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_got_no_answer_is_asked_again_and_not_for_ever() {
        let lost = ApiError(AppError::Unreachable);
        assert!(may_ask_again(Some(&lost), 1, true));
        assert!(!may_ask_again(Some(&lost), TRIES, true));
        assert!(!may_ask_again(Some(&lost), 1, false), "offline, the connection's return asks");
        assert!(!may_ask_again(Some(&ApiError(AppError::Unauthenticated)), 1, true));
        assert!(!may_ask_again(None, 1, true));
    }
}
