//! What people see.
pub mod state;
