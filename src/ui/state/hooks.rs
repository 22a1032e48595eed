//! Live rooms for pages: follow a snapshot from the place it was read at.

use super::{
    live::{Live, LiveListener},
    reducer::LiveEvent,
};
use crate::domain::{
    events::{ProcessingStatus, Room},
    ids::{InvoiceId, TaskId},
    invoice::Position,
};
use crate::ui::reactive::effect;
use leptos::prelude::*;
use std::{collections::HashMap, sync::Arc};

/// More tasks than a person watches; the oldest that are over go first.
const MAX_TASKS: usize = 200;

/// Follows the room of one invoice. `position` is that of the snapshot shown; each time it changes, because the page
/// loaded again, events after it are delivered again. Nothing is heard before there is a position.
pub fn use_live_invoice(
    id: Signal<Option<InvoiceId>>,
    position: Signal<Option<Position>>,
    heard: impl Fn(&LiveEvent) + Send + Sync + 'static,
) {
    use_live_room(move || Some((Room::Invoice(id.get()?), position.get()?)), heard);
}

/// Follows the room `all` from the position of the list shown, like [`use_live_invoice`].
pub fn use_live_list(position: Signal<Option<Position>>, heard: impl Fn(&LiveEvent) + Send + Sync + 'static) {
    use_live_room(move || Some((Room::All, position.get()?)), heard);
}

/// Follows whatever room and snapshot `at` gives, until the owner is cleaned up.
pub fn use_live_room(
    at: impl Fn() -> Option<(Room, Position)> + Send + Sync + 'static,
    heard: impl Fn(&LiveEvent) + Send + Sync + 'static,
) {
    let Some(live) = use_context::<Live>() else {
        return;
    };
    let heard = Arc::new(heard);
    let listener = StoredValue::new(None::<LiveListener>);
    effect(move || {
        let Some((room, position)) = at() else { return };
        let same = listener.with_value(|listener| match listener {
            Some(listener) if *listener.room() == room => {
                listener.follow_from(position.clone());
                true
            }
            _ => false,
        });
        if !same {
            let heard = heard.clone();
            let new = live.subscribe(room, Some(position), move |event| {
                // Who is there changes nothing of what was loaded.
                if !matches!(event, LiveEvent::Company(_)) {
                    heard(event);
                }
            });
            listener.set_value(Some(new));
        }
    });
    on_cleanup(move || drop(listener.try_update_value(Option::take)));
}

/// How far each task heard of is: for the upload tray.
pub type TaskProgress = HashMap<TaskId, ProcessingStatus>;

/// A map of task → newest status, filled from now on. `reload` runs when something may have been missed.
pub fn use_task_progress(reload: impl Fn() + Send + Sync + 'static) -> ReadSignal<TaskProgress> {
    let (tasks, set_tasks) = signal(TaskProgress::new());
    let Some(live) = use_context::<Live>() else {
        return tasks;
    };
    let reload = Arc::new(reload);
    let listener = StoredValue::new(None::<LiveListener>);
    effect(move || {
        let reload = reload.clone();
        let new = live.subscribe(Room::All, None, move |event| match event {
            LiveEvent::Progress { status, .. } => _ = set_tasks.try_update(|tasks| note_progress(tasks, status)),
            LiveEvent::Reload => reload(),
            _ => {}
        });
        listener.set_value(Some(new));
    });
    on_cleanup(move || drop(listener.try_update_value(Option::take)));
    tasks
}

/// Takes a status over unless a newer one is known or the task is over.
pub fn note_progress(tasks: &mut TaskProgress, status: &ProcessingStatus) {
    if let Some(known) = tasks.get(&status.task_id) {
        let late = known.timestamp > status.timestamp || (known.status.is_over() && !status.status.is_over());
        if late {
            return;
        }
    }
    if tasks.len() >= MAX_TASKS {
        let oldest = tasks.values().min_by_key(|status| (!status.status.is_over(), status.timestamp));
        if let Some(oldest) = oldest.map(|status| status.task_id) {
            tasks.remove(&oldest);
        }
    }
    tasks.insert(status.task_id, status.clone());
}
