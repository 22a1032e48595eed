//! Exact amounts. Never floating point.

pub use rust_decimal::Decimal;
