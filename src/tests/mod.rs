//! The integration suite: real databases, the real server.
#![allow(clippy::unwrap_used)]

mod crash;
mod edges;
mod live;
mod services;
mod store;
