//! Language models as a second reader, where an operator set one up and an upload asks for it. A model sees the words of
//! the pages (and of scans their pictures, which OCR may have misread) as data; what it answers is one more opinion, which
//! [`merge`] takes only as far as the document bears it out. XML is never given to one.

mod answer;
mod anthropic;
mod ask;
mod merge;
mod openai;
mod reader;

pub use ask::{Patience, Question};
pub use reader::ModelReader;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// How a provider is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Api {
    /// `POST /v1/chat/completions`, which many servers speak, local ones among them.
    OpenAi,
    /// `POST /v1/messages`.
    Anthropic,
}

impl Api {
    /// The name by which uploads ask for it.
    pub fn name(self) -> &'static str {
        match self {
            Api::OpenAi => "openai",
            Api::Anthropic => "anthropic",
        }
    }
}

/// A key that is never written into a log.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What a million tokens cost, in whatever currency the operator thinks in. Written `in/out`: `2.50/10`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prices {
    pub input: Decimal,
    pub output: Decimal,
}

impl Prices {
    /// Of so many tokens.
    pub fn of(self, usage: Usage) -> Decimal {
        let million = Decimal::from(1_000_000);
        (self.input * Decimal::from(usage.input) + self.output * Decimal::from(usage.output)) / million
    }
}

impl FromStr for Prices {
    type Err = rust_decimal::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (input, output) = text.split_once('/').unwrap_or((text, text));
        Ok(Prices { input: input.trim().parse()?, output: output.trim().parse()? })
    }
}

/// Tokens that a provider counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    pub input: u64,
    pub output: u64,
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Usage) {
        self.input = self.input.saturating_add(other.input);
        self.output = self.output.saturating_add(other.output);
    }
}

/// A provider as an operator set it up.
#[derive(Clone, Debug)]
pub struct Provider {
    pub api: Api,
    /// Up to and without `/v1`: `https://api.example.com`.
    pub base_url: String,
    pub key: Secret,
    pub model: String,
    /// None: costs are not told.
    pub prices: Option<Prices>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_never_shown() {
        let provider = Provider {
            api: Api::OpenAi,
            base_url: String::new(),
            key: Secret::new("sk-123"),
            model: String::new(),
            prices: None,
        };
        assert!(!format!("{provider:?}").contains("123"));
    }

    #[test]
    fn tokens_cost_what_was_set() {
        let prices: Prices = "2.50/10".parse().unwrap();
        assert_eq!(prices.of(Usage { input: 1_000, output: 200 }).to_string(), "0.0045");
        assert!("cheap".parse::<Prices>().is_err());
    }
}
