//! The integration suite: real databases, the real server.
#![allow(clippy::unwrap_used)]

mod accept;
mod auth;
mod commands;
mod corpus;
mod crash;
mod edges;
mod fuzzed;
mod helpers;
mod joined;
mod live;
mod models;
mod ocr;
mod pages;
mod readers;
mod rest;
mod services;
mod store;
mod submit;
