//! Invoices as people and programs see them.
