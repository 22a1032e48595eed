//! Pure types and rules, the same on the server and in the browser. Knows nothing of databases, HTTP or pages.

pub mod approval;
pub mod arithmetic;
pub mod attachment;
pub mod checks;
pub mod comment;
pub mod connections;
pub mod dates;
pub mod error;
pub mod events;
pub mod field;
pub mod iban;
pub mod ids;
pub mod invoice;
pub mod jobs;
pub mod money;
pub mod normalise;
pub mod notification;
pub mod reading;
pub mod roles;
pub mod rows;
pub mod status;
pub mod vat_id;
pub mod work_item;
