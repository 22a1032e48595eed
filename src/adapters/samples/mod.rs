//! The project's own sample invoices.
