//! International bank account numbers, ISO 13616.
