//! Reads documents.

pub mod detect;
pub mod xml;
