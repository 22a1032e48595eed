//! What waits behind the bell, for the whole app: loaded when the page stands, then kept live over the person's own
//! room. A tab that marks something as read tells the others through the server.

use super::{
    connection::tab_visible,
    live::{Live, LiveListener},
    patience::patiently,
    reducer::LiveEvent,
};
use crate::{
    api::{
        ApiError,
        notifications::{load_notifications, read_notifications},
    },
    domain::{
        events::Room,
        ids::UserId,
        notification::{Notification, NotificationKind, Notifications, NotificationsRead},
    },
    ui::components::toast::{ToastAction, Toasts},
};
use leptos::{prelude::*, task::spawn_local};
use std::sync::Arc;

/// The most that are kept; the server lists no more either.
const MOST: usize = 50;

/// Leads to what a notification is about. Not a `Callback`: the message that offers it may outlive the frame.
type Open = Arc<dyn Fn(&Notification) + Send + Sync>;

/// From context. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Bell {
    /// None: not loaded yet.
    pub loaded: RwSignal<Option<Result<Notifications, ApiError>>>,
    /// Rises when a person asks for what a notification is about, also where they are there already.
    pub asked: RwSignal<u32>,
    open: StoredValue<Open>,
    listener: StoredValue<Option<LiveListener>>,
    live: Live,
    toasts: Toasts,
}

impl Bell {
    /// Makes it and provides it to everything below.
    pub fn provide(open: impl Fn(&Notification) + Send + Sync + 'static) -> Bell {
        let open: Open = Arc::new(open);
        let bell = Bell {
            loaded: RwSignal::new(None),
            asked: RwSignal::new(0),
            open: StoredValue::new(open),
            listener: StoredValue::new(None),
            live: expect_context(),
            toasts: expect_context(),
        };
        on_cleanup(move || drop(bell.listener.try_update_value(Option::take)));
        provide_context(bell);
        bell
    }

    /// One for the page of all components, with what is behind it.
    #[cfg(debug_assertions)]
    pub fn sample(loaded: Option<Result<Notifications, ApiError>>) -> Bell {
        let open: Open = Arc::new(|_| ());
        Bell {
            loaded: RwSignal::new(loaded),
            asked: RwSignal::new(0),
            open: StoredValue::new(open),
            listener: StoredValue::new(None),
            live: expect_context(),
            toasts: expect_context(),
        }
    }

    /// Whose bell it is. Loads it and listens. Browser only.
    pub fn belong_to(self, user: UserId) {
        let room = Room::User(user);
        if self.listener.with_value(|listener| listener.as_ref().is_none_or(|listener| *listener.room() != room)) {
            // Without a position: what comes before the first answer is in that answer.
            let listener = self.live.subscribe(room, None, move |event| self.heard(event));
            self.listener.set_value(Some(listener));
            self.load();
        }
    }

    pub fn load(self) {
        spawn_local(async move {
            let answer = patiently(load_notifications).await;
            // The frame may be gone.
            if let Ok(found) = &answer {
                let position = found.position.clone();
                let follow = |listener: &Option<LiveListener>| {
                    if let Some(listener) = listener {
                        listener.follow_from(position);
                    }
                };
                self.listener.try_with_value(follow);
            }
            // A list that is there is better than the news that it could not be had again.
            _ = self.loaded.try_update(|loaded| {
                if answer.is_ok() || !matches!(loaded, Some(Ok(_))) {
                    *loaded = Some(answer);
                }
            });
        });
    }

    /// Of all, also of those that are not listed.
    pub fn unread(self) -> i64 {
        self.loaded.with(|loaded| match loaded {
            Some(Ok(found)) => found.unread,
            _ => 0,
        })
    }

    /// Notes that the person saw one, or all. It shows at once; a failure loads what is true.
    pub fn mark_read(self, id: Option<String>) {
        let unread = self.loaded.try_with_untracked(|loaded| match loaded {
            Some(Ok(found)) => unread_after(found, id.as_deref()),
            _ => 0,
        });
        self.seen(&NotificationsRead { id: id.clone(), unread: unread.unwrap_or(0) });
        spawn_local(async move {
            // What the server made of it comes as an event, in its order among others.
            if read_notifications(id).await.is_err() {
                self.load();
            }
        });
    }

    /// The person went to what a notification is about. Also by a message, when the frame may be gone.
    pub fn opened(self, about: &Notification) {
        self.toasts.take_back(&words(about));
        self.asked.update(|asked| *asked += 1);
        let is_unread = self.loaded.try_with_untracked(|loaded| match loaded {
            Some(Ok(found)) => found.notifications.iter().any(|known| known.id == about.id && !known.read),
            _ => false,
        });
        if is_unread.unwrap_or(!about.read) {
            self.mark_read(Some(about.id.clone()));
        }
    }

    fn heard(self, event: &LiveEvent) {
        match event {
            LiveEvent::Notified(new) => self.came((**new).clone()),
            LiveEvent::NotificationsRead(read) => self.seen(read),
            LiveEvent::Reload => self.load(),
            _ => {}
        }
    }

    fn came(self, new: Notification) {
        let is_new = self.loaded.try_update(|loaded| match loaded {
            Some(Ok(found)) => take_in(found, new.clone()),
            _ => false,
        });
        if is_new == Some(true) && tab_visible() {
            let text = words(&new);
            // Once for an invoice; the bell has each.
            self.toasts.take_back(&text);
            let open = self.open.get_value();
            let action = ToastAction::new("Open", move || {
                open(&new);
                self.opened(&new);
            });
            self.toasts.ok_with(text, action);
        }
    }

    fn seen(self, read: &NotificationsRead) {
        _ = self.loaded.try_update(|loaded| {
            if let Some(Ok(found)) = loaded {
                mark(found, read);
            }
        });
    }
}

fn words(about: &Notification) -> String {
    let did = match about.kind {
        NotificationKind::Mention => " mentioned you: ",
        NotificationKind::Assigned => " gave you ",
    };
    [about.actor.as_str(), did, &about.invoice_title].concat()
}

/// Puts a new one on top. False: it was there.
fn take_in(found: &mut Notifications, new: Notification) -> bool {
    if found.notifications.iter().any(|known| known.id == new.id) {
        return false;
    }
    found.unread += i64::from(!new.read);
    found.notifications.insert(0, new);
    found.notifications.truncate(MOST);
    true
}

fn mark(found: &mut Notifications, read: &NotificationsRead) {
    for known in &mut found.notifications {
        known.read |= read.id.as_ref().is_none_or(|id| *id == known.id);
    }
    found.unread = read.unread;
}

/// How many are unread once one is seen, or all.
fn unread_after(found: &Notifications, id: Option<&str>) -> i64 {
    let Some(id) = id else { return 0 };
    let is_unread = found.notifications.iter().any(|known| known.id == id && !known.read);
    found.unread - i64::from(is_unread)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ids::InvoiceId, invoice::Position};

    fn one(id: &str, read: bool) -> Notification {
        Notification {
            id: id.to_owned(),
            kind: NotificationKind::Mention,
            invoice_id: InvoiceId(uuid::Uuid::nil()),
            invoice_title: String::new(),
            actor: String::new(),
            actor_id: UserId(uuid::Uuid::nil()),
            text: String::new(),
            at: 0,
            read,
        }
    }

    #[test]
    fn what_comes_and_what_is_seen_is_counted() {
        let mut found = Notifications {
            notifications: vec![one("b", false), one("a", true)],
            unread: 2,
            position: Position::default(),
        };
        assert!(take_in(&mut found, one("c", false)) && !take_in(&mut found, one("c", false)), "twice is once");
        assert_eq!((found.unread, found.notifications[0].id.as_str()), (3, "c"));
        assert_eq!(unread_after(&found, Some("a")), 3, "it was read");
        let unread = unread_after(&found, Some("b"));
        mark(&mut found, &NotificationsRead { id: Some("b".to_owned()), unread });
        assert_eq!(found.notifications.iter().map(|known| known.read).collect::<Vec<_>>(), [false, true, true]);
        mark(&mut found, &NotificationsRead { id: None, unread: 0 });
        assert!(found.unread == 0 && found.notifications.iter().all(|known| known.read));
    }
}
