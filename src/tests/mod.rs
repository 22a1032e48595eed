//! The integration suite: real databases, the real server.
#![allow(clippy::unwrap_used)]

mod corpus;
mod crash;
mod edges;
mod live;
mod readers;
mod services;
mod store;
