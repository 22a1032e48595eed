//! What stands at the edge: documents, files, mail, models. A trait each, so that services know none of them.

pub mod archive;
pub mod document_reader;
pub mod files;
pub mod models;
pub mod readers;
pub mod samples;
