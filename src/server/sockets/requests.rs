//! What a client asks on its socket, and how that is answered. Each message is authorised by itself.

use super::session::{End, Session};
use crate::{
    domain::{
        error::AppError,
        events::{
            ClientMessage, ErrorMessage, Mutation, MutationOutcome, MutationResult, Resume, Room, ServerMessage,
            Subscription, SystemMessage, Unsubscribed, Welcome,
        },
        ids::TaskId,
        invoice::Position,
    },
    realtime::room::frame,
};
use axum::extract::ws::{Message, WebSocket};

/// The protocol version this server speaks.
const PROTO: u32 = 1;
/// Rooms one socket may be in.
const MAX_ROOMS: usize = 100;

impl Session {
    pub(super) async fn handle(&mut self, socket: &mut WebSocket, text: &str) -> Result<(), End> {
        let message = match serde_json::from_str::<ClientMessage>(text) {
            Ok(message) => message,
            Err(error) => {
                self.error("malformed", &format!("Not a message: {error}"));
                return Ok(());
            }
        };
        self.stay_signed_in().await?;
        match message {
            ClientMessage::Hello { client_id, resume, .. } => self.hello(socket, client_id, resume).await?,
            ClientMessage::Subscribe(subscription) => self.subscribe(subscription).await,
            ClientMessage::Unsubscribe(subscription) => self.unsubscribe(&subscription).await,
            ClientMessage::Mutate(mutation) => self.mutate(mutation).await,
            ClientMessage::Cancel { task } => {
                let done = self.state.services.task_cancel(&self.actor, task).await;
                self.steered(task, done);
            }
            ClientMessage::Pause { task } => {
                let done = self.state.services.task_pause(&self.actor, task).await;
                self.steered(task, done);
            }
            ClientMessage::Resume { task } => {
                let done = self.state.services.task_resume(&self.actor, task).await;
                self.steered(task, done);
            }
            ClientMessage::Presence(update) => self.presence(update),
            ClientMessage::Lock(field) => self.lock(field).await,
            ClientMessage::Renew(field) => self.renew(field).await,
            ClientMessage::Unlock(field) => self.unlock(field).await,
            ClientMessage::Ping => self.answer(&ServerMessage::Pong),
            ClientMessage::Pong => {}
            ClientMessage::Unknown => self.error("unknown_type", "This type of message is not known"),
        }
        Ok(())
    }

    async fn hello(
        &mut self,
        socket: &mut WebSocket,
        client_id: Option<String>,
        resume: Vec<Resume>,
    ) -> Result<(), End> {
        self.full = true;
        self.connection.card().said_hello();
        self.connection.said_hello();
        match self.welcome(client_id.as_deref()).await {
            Ok(welcome) => {
                self.answer(&ServerMessage::Welcome(welcome));
                let message = self.state.hub.maintenance();
                if !message.is_empty() {
                    self.answer(&ServerMessage::System(SystemMessage::Maintenance { message }));
                }
            }
            Err(_) => {
                let message = error_message("unavailable", "Try again in a moment");
                self.refuse(ErrorMessage { temporary: true, ..message });
            }
        }
        for (place, Resume { room, epoch, offset }) in resume.into_iter().enumerate() {
            if place >= MAX_ROOMS {
                self.refuse_one_more(&room);
                continue;
            }
            self.enter(&room, Some(Position { epoch, offset })).await;
            // Each room's replay may be large: they do not wait for one another in memory.
            self.send_waiting(socket).await?;
        }
        Ok(())
    }

    async fn welcome(&self, client_id: Option<&str>) -> Result<Welcome, AppError> {
        let last_mutation = match client_id {
            Some(client) => self.state.services.last_mutation(&self.actor, client).await?,
            None => 0,
        };
        Ok(Welcome {
            proto: PROTO,
            epoch: self.state.hub.epoch().await.map_err(|_| AppError::Internal)?,
            connection: self.connection.name().to_owned(),
            user: self.actor.user_id,
            last_mutation,
        })
    }

    async fn subscribe(&mut self, subscription: Subscription) {
        let Some(room) = subscription.target() else {
            return self.error("invalid", "Name one room: invoiceId, taskId or room");
        };
        let from = match (subscription.epoch, subscription.offset) {
            (Some(epoch), Some(offset)) => Some(Position { epoch, offset }),
            // An offset of nobody knows which log can not be trusted: nothing is replayed, and the client is told so.
            (None, Some(offset)) => Some(Position { epoch: String::new(), offset }),
            (_, None) => None,
        };
        self.enter(&room, from).await;
    }

    pub(super) async fn enter(&mut self, room: &Room, from: Option<Position>) {
        if self.connection.rooms() >= MAX_ROOMS && !self.connection.hears(room) {
            return self.refuse_one_more(room);
        }
        if let Err(error) = self.state.services.room_open(&self.actor, room).await {
            return self.refused(room, &error);
        }
        if self.connection.subscribe(room, from.as_ref()).await.is_err() {
            self.refused(room, &AppError::Internal);
        }
    }

    fn refuse_one_more(&self, room: &Room) {
        self.refuse_room(room, "too_many_rooms", "A socket is in 100 rooms at most", false);
    }

    fn refused(&self, room: &Room, error: &AppError) {
        self.refuse_room(room, error.code(), &error.to_string(), error.status() >= 500);
    }

    /// Says that a room was not entered, so that nobody waits for it.
    pub(super) fn refuse_room(&self, room: &Room, code: &str, message: &str, temporary: bool) {
        let room = Some(room.clone());
        self.refuse(ErrorMessage { room, temporary, ..error_message(code, message) });
    }

    async fn unsubscribe(&mut self, subscription: &Subscription) {
        let Some(room) = subscription.target() else {
            return self.error("invalid", "Name one room: invoiceId, taskId or room");
        };
        self.give_up_locks(&room).await;
        self.connection.unsubscribe(&room);
        // Behind the room's events that wait already, so that none comes after it.
        let frame = frame(&ServerMessage::Unsubscribed(Unsubscribed { room }));
        self.connection.mailbox().replay(frame);
    }

    async fn mutate(&self, mutation: Mutation) {
        let outcome = match self.state.services.mutate(&self.actor, &mutation).await {
            Ok(outcome) => outcome,
            Err(error) => MutationOutcome::Refused(error),
        };
        let Mutation { client_id, mutation_id, .. } = mutation;
        let result = ServerMessage::MutationResult(MutationResult { client_id, mutation_id, outcome });
        if let Some(frame) = frame(&result) {
            self.connection.mailbox().result(frame);
        }
    }

    /// What was done to a task is heard as its event; only a refusal is told here.
    fn steered<T>(&self, task: TaskId, done: Result<T, AppError>) {
        if let Err(error) = done {
            let message = error_message(error.code(), &error.to_string());
            self.refuse(ErrorMessage { task: Some(task), temporary: error.status() >= 500, ..message });
        }
    }

    pub(super) fn answer(&self, message: &ServerMessage) {
        if let Some(frame) = frame(message) {
            self.connection.mailbox().control(frame);
        }
    }

    /// Says why something was not done that is not about a room.
    pub(super) fn failed(&self, error: &AppError) {
        let message = error_message(error.code(), &error.to_string());
        self.refuse(ErrorMessage { temporary: error.status() >= 500, ..message });
    }

    pub(super) fn error(&self, code: &str, message: &str) {
        self.refuse(error_message(code, message));
    }

    pub(super) fn refuse(&self, message: ErrorMessage) {
        self.connection.card().failed(&message.code);
        self.answer(&ServerMessage::Error(message));
    }
}

pub(super) fn error_message(code: &str, message: &str) -> ErrorMessage {
    ErrorMessage { code: code.to_owned(), message: message.to_owned(), ..ErrorMessage::default() }
}

/// The room that a message asks to enter.
pub(super) fn room_asked_for(message: &Message) -> Option<Room> {
    let Message::Text(text) = message else { return None };
    match serde_json::from_str(text) {
        Ok(ClientMessage::Subscribe(subscription)) => subscription.target(),
        _ => None,
    }
}
