//! Reads documents.

pub mod detect;
pub mod pdf;
pub mod xml;
