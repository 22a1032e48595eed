//! One open socket: reads what the client asks, sends what its mailbox holds, and ends when either side is gone.

use super::{
    SignInWatch, SocketState,
    company::SocketLocks,
    requests::{error_message, room_asked_for},
};
use crate::{
    domain::{
        error::AppError,
        events::{ErrorMessage, Room, ServerMessage},
        roles::{Actor, Right},
    },
    realtime::{
        Farewell,
        heartbeat::{Beat, Heartbeat},
        hub::Connection,
        mailbox::{BATCH, BATCH_BYTES},
        room::frame,
    },
};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use futures::SinkExt;
use governor::{DefaultDirectRateLimiter, Quota};
use std::{num::NonZeroU32, pin::pin, sync::Arc, time::Duration};
use tokio::time::{Instant, sleep_until, timeout};

/// A client that takes longer to take a frame is gone or stuck.
const WRITE_TIME: Duration = Duration::from_secs(10);
/// Time for the client to close its side.
const CLOSE_TIME: Duration = Duration::from_secs(2);
/// How often the sign-in is checked.
const CHECK_EVERY: Duration = Duration::from_secs(30);
/// A message is answered for somebody who was signed in this long ago at most.
const CHECKED_WITHIN: Duration = Duration::from_secs(1);
/// Messages a second, and at once after a pause.
const MESSAGES_PER_SECOND: NonZeroU32 = NonZeroU32::new(20).unwrap();
const BURST: NonZeroU32 = NonZeroU32::new(60).unwrap();
/// Messages over the limit, without one under it in between, that end a socket.
const MAX_REFUSED: u32 = 200;

/// Why a socket ends.
pub(super) enum End {
    /// The other side is gone, or does not follow the WebSocket protocol.
    Gone,
    /// The other side closed.
    Closed,
    TooLarge,
    Bye(Farewell),
}

pub(super) struct Session {
    pub(super) state: SocketState,
    pub(super) actor: Actor,
    watch: Option<Arc<dyn SignInWatch>>,
    pub(super) connection: Connection,
    pub(super) locks: SocketLocks,
    /// When the sign-in was checked.
    checked: Instant,
    heartbeat: Heartbeat,
    limit: DefaultDirectRateLimiter,
    refused: u32,
    /// The client said hello: it takes batches and pings of ours.
    pub(super) full: bool,
}

/// Serves a socket until it ends. It is in `room` from the start, if one is given.
pub async fn serve(
    mut socket: WebSocket,
    state: SocketState,
    actor: Actor,
    watch: Option<Arc<dyn SignInWatch>>,
    room: Option<Room>,
) {
    let connection = state.hub.connect();
    connection.mailbox().gather(&state.pacer);
    connection.card().belongs_to(&actor.name);
    let limit = DefaultDirectRateLimiter::direct(Quota::per_second(MESSAGES_PER_SECOND).allow_burst(BURST));
    let now = Instant::now();
    let heartbeat = Heartbeat::new(now);
    let locks = SocketLocks::new(state.services.clone(), connection.name().to_owned());
    let mut session =
        Session { state, actor, watch, connection, locks, checked: now, heartbeat, limit, refused: 0, full: false };
    if let Some(room) = room {
        // Once at the start: it is not to make the task of every open socket larger.
        Box::pin(session.enter(&room, None)).await;
    }
    let end = session.run(&mut socket).await;
    // What follows is seldom, and would make the task of every open socket larger.
    Box::pin(part(socket, session, end)).await;
}

/// Tells the other side why the socket ends, and hears it out.
async fn part(mut socket: WebSocket, session: Session, end: End) {
    let close = match end {
        End::Gone => return,
        End::Closed => {
            // The answer to its close waits to be written; without it the other side reports a broken connection.
            _ = timeout(CLOSE_TIME, socket.flush()).await;
            return;
        }
        End::TooLarge => CloseFrame { code: close_code::SIZE, reason: Utf8Bytes::from_static("message too large") },
        End::Bye(farewell) => {
            tracing::debug!(?farewell, user_id = %session.actor.user_id, "socket closed");
            let text = frame(&farewell.message(rand::random()));
            if let Some(text) = text {
                _ = write(&mut socket, vec![text], false).await;
            }
            CloseFrame { code: close_code::AWAY, reason: Utf8Bytes::from_static("bye") }
        }
    };
    _ = timeout(WRITE_TIME, socket.send(Message::Close(Some(close)))).await;
    // Hanging up on what the client still sends would reset the connection, and it would never read why.
    let answer = async { while let Some(Ok(_)) = socket.recv().await {} };
    _ = timeout(CLOSE_TIME, answer).await;
}

impl Session {
    async fn run(&mut self, socket: &mut WebSocket) -> End {
        let mailbox = self.connection.mailbox().clone();
        let stopping = self.state.stopping.clone();
        let mut stopped = pin!(stopping.cancelled());
        // Set anew only when it rings: what it stands for is never due earlier than was thought.
        let mut timer = pin!(sleep_until(self.due()));
        loop {
            let step = tokio::select! {
                biased;
                () = &mut stopped => Err(End::Bye(Farewell::Shutdown)),
                () = &mut timer => {
                    let step = Box::pin(self.rung(socket)).await;
                    timer.as_mut().reset(self.due());
                    step
                }
                // Messages up are few. Without the box, all that a subscription needs would be kept for each idle socket.
                received = socket.recv() => Box::pin(self.received(socket, received)).await,
                () = mailbox.filled() => Ok(()),
            };
            let sent = match step {
                Ok(()) => self.send_waiting(socket).await,
                Err(end) => Err(end),
            };
            if let Err(end) = sent {
                return end;
            }
        }
    }

    /// When the heartbeat or the check of the sign-in has something to do.
    fn due(&self) -> Instant {
        self.heartbeat.due().min(self.checked + CHECK_EVERY)
    }

    async fn rung(&mut self, socket: &mut WebSocket) -> Result<(), End> {
        if self.checked.elapsed() >= CHECK_EVERY {
            self.check_sign_in().await?;
        }
        if Instant::now() >= self.heartbeat.due() {
            self.beat(socket).await?;
        }
        Ok(())
    }

    /// Sends all that waits.
    pub(super) async fn send_waiting(&self, socket: &mut WebSocket) -> Result<(), End> {
        loop {
            let frames = self.connection.mailbox().take(BATCH, BATCH_BYTES).map_err(End::Bye)?;
            if frames.is_empty() {
                return Ok(());
            }
            write(socket, frames, self.full).await?;
        }
    }

    /// Checks the sign-in if that was a while ago.
    pub(super) async fn stay_signed_in(&mut self) -> Result<(), End> {
        if self.checked.elapsed() < CHECKED_WITHIN {
            return Ok(());
        }
        self.check_sign_in().await
    }

    async fn check_sign_in(&mut self) -> Result<(), End> {
        self.checked = Instant::now();
        if let Some(watch) = &self.watch {
            self.actor = actor_now(watch.actor().await, &self.actor).ok_or(End::Bye(Farewell::SignedOut))?;
        }
        if self.actor.may(Right::Read) { Ok(()) } else { Err(End::Bye(Farewell::SignedOut)) }
    }

    async fn beat(&mut self, socket: &mut WebSocket) -> Result<(), End> {
        if self.heartbeat.beat(Instant::now()) == Beat::GiveUp {
            return Err(End::Bye(Farewell::Silent));
        }
        if self.full {
            // Scripts in pages can not see the protocol's own pings, and want to know that we are there.
            self.answer(&ServerMessage::Ping);
            return Ok(());
        }
        let sent = timeout(WRITE_TIME, socket.send(Message::Ping(Default::default()))).await;
        sent.ok().and_then(Result::ok).ok_or(End::Gone)
    }

    async fn received(
        &mut self,
        socket: &mut WebSocket,
        received: Option<Result<Message, axum::Error>>,
    ) -> Result<(), End> {
        let message = match received {
            Some(Ok(message)) => message,
            Some(Err(error)) if is_too_large(&error) => return Err(End::TooLarge),
            Some(Err(_)) | None => return Err(End::Gone),
        };
        self.heartbeat.heard(Instant::now());
        self.connection.heard();
        if matches!(message, Message::Close(_)) {
            return Err(End::Closed);
        }
        if self.limit.check().is_err() {
            return self.refuse_one(&message);
        }
        self.refused = 0;
        match message {
            Message::Close(_) | Message::Ping(_) | Message::Pong(_) => Ok(()),
            Message::Binary(_) => {
                self.error("malformed", "Send text frames");
                Ok(())
            }
            Message::Text(text) => self.handle(socket, &text).await,
        }
    }

    /// Drops a message over the limit. That is told once, and for each room that was asked for, so that the client
    /// knows which to ask for again.
    fn refuse_one(&mut self, message: &Message) -> Result<(), End> {
        self.refused += 1;
        if self.refused > MAX_REFUSED {
            return Err(End::Bye(Farewell::Flood));
        }
        let room = room_asked_for(message);
        if room.is_some() || self.refused == 1 {
            let words = "Too many messages: this one and those that follow are dropped";
            self.refuse(ErrorMessage { room, temporary: true, ..error_message("rate_limited", words) });
        }
        Ok(())
    }
}

/// Who the socket speaks for from now on; None: nobody. An answer that could not be had is none: the next check asks
/// again, since a socket sent away as signed out does not come back.
fn actor_now(found: Result<Option<Actor>, AppError>, before: &Actor) -> Option<Actor> {
    found.unwrap_or_else(|error| {
        tracing::warn!(%error, user_id = %before.user_id, "the sign-in of a socket could not be checked");
        Some(before.clone())
    })
}

/// Writes frames as they are, or several as one array.
async fn write(socket: &mut WebSocket, frames: Vec<Utf8Bytes>, batch: bool) -> Result<(), End> {
    let frames = if batch && frames.len() > 1 { vec![array(&frames)] } else { frames };
    let all = async {
        for frame in frames {
            socket.feed(Message::Text(frame)).await?;
        }
        socket.flush().await
    };
    timeout(WRITE_TIME, all).await.ok().and_then(Result::ok).ok_or(End::Gone)
}

fn array(frames: &[Utf8Bytes]) -> Utf8Bytes {
    let mut text = String::with_capacity(frames.iter().map(|frame| frame.len() + 1).sum::<usize>() + 1);
    for (place, frame) in frames.iter().enumerate() {
        text.push(if place == 0 { '[' } else { ',' });
        text.push_str(frame);
    }
    text.push(']');
    text.into()
}

/// The library tells it only inside its own error.
fn is_too_large(error: &axum::Error) -> bool {
    use std::error::Error;
    let source = error.source().map(ToString::to_string).unwrap_or_default();
    source.contains("too long") || source.contains("too big")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ids::UserId, roles::Role};

    #[test]
    fn only_an_answer_ends_a_sign_in() {
        let before = Actor {
            user_id: UserId(uuid::Uuid::nil()),
            name: "Cleo".to_owned(),
            role: Role::Clerk,
            rights: Role::Clerk.rights().to_vec(),
        };
        let promoted = Actor { role: Role::Reviewer, ..before.clone() };
        assert_eq!(actor_now(Ok(None), &before), None);
        assert_eq!(actor_now(Ok(Some(promoted.clone())), &before), Some(promoted));
        assert_eq!(actor_now(Err(AppError::Internal), &before), Some(before));
    }
}
