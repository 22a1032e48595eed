//! Dates as documents write them, and ISO 8601.
