//! Reads documents.

pub mod detect;
pub mod layout;
pub mod pdf;
pub mod xml;
