//! Where everything is put together.

pub mod accept;
pub mod auth;
mod client_address;
pub mod commands;
pub mod config;
mod demo;
mod document;
mod errors;
mod health;
mod idempotency;
mod openapi;
mod rest;
mod router;
mod security;
mod sessions;
pub mod shutdown;
mod sign_in_limits;
pub mod sockets;
pub mod startup;
mod state;
pub mod submit;
mod telemetry;
mod upkeep;
mod wiring;
