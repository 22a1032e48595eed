//! Pages, one a route.

pub mod connections;
#[cfg_attr(not(debug_assertions), path = "no_design.rs")]
pub mod design;
pub mod door;
pub mod invoices;
pub mod not_found;
pub mod review;
pub mod settings;
pub mod setup;
pub mod sign_in;
