//! Where everything is put together.

pub mod auth;
mod client_address;
pub mod config;
mod errors;
mod health;
mod idempotency;
mod openapi;
mod rest;
mod security;
mod sessions;
pub mod shutdown;
mod sign_in_limits;
pub mod sockets;
mod state;
mod telemetry;
mod upkeep;
