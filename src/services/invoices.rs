//! invoices
