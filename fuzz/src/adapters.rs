//! Of the project's adapters, what reads documents.

#[path = "../../src/adapters/document_reader.rs"]
pub mod document_reader;
#[path = "../../src/adapters/readers/mod.rs"]
pub mod readers;
