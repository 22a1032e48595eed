//! VAT identification numbers.
