//! `/design`: every component in every state, for those who develop. A release has no such page.

mod basics;
mod document;
mod fields;
mod floats;
mod forms;
mod invoice;
mod lists;
mod page;
mod people;
mod rows;
mod samples;
mod talk;

pub use page::DesignPage;
