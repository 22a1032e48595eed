//! What a page asks for while it is rendered is read once. Rendering may build a part of a page twice (once to learn what
//! it waits for, once to write it), and the answer of the first time goes into the page for the browser. Were the second
//! one another, because somebody changed the invoice in between, the browser would find other elements than it expects.

use super::ApiError;
use leptos::prelude::use_context;
use std::{
    any::Any,
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::OnceCell;

type Cell<T> = Arc<OnceCell<Result<T, ApiError>>>;

/// The answers of one request, from context.
#[derive(Clone, Default)]
pub struct PageReads(Arc<Mutex<HashMap<String, Arc<dyn Any + Send + Sync>>>>);

impl PageReads {
    /// None: something else goes by this name.
    fn cell<T: Send + Sync + 'static>(&self, name: String) -> Option<Cell<T>> {
        let mut cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = cells.entry(name).or_insert_with(|| Arc::new(OnceCell::<Result<T, ApiError>>::new()));
        cell.clone().downcast().ok()
    }
}

/// Reads, or gives what the same request has read under this name.
pub async fn once<T>(name: String, read: impl Future<Output = Result<T, ApiError>>) -> Result<T, ApiError>
where
    T: Clone + Send + Sync + 'static,
{
    match use_context::<PageReads>().and_then(|reads| reads.cell::<T>(name)) {
        Some(cell) => cell.get_or_init(|| read).await.clone(),
        None => read.await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use leptos::prelude::{Owner, provide_context};

    #[tokio::test]
    async fn what_was_read_is_not_read_again() {
        let owner = Owner::new();
        owner.set();
        provide_context(PageReads::default());
        assert_eq!(once("a".to_owned(), async { Ok(1) }).await, Ok(1));
        assert_eq!(once("a".to_owned(), async { Ok(2) }).await, Ok(1));
        assert_eq!(once("b".to_owned(), async { Ok(2) }).await, Ok(2));
        // Another shape under the same name is no answer.
        assert_eq!(once("a".to_owned(), async { Ok("x".to_owned()) }).await, Ok("x".to_owned()));
    }
}
