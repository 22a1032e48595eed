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
        self.in_millionths(usage) / Decimal::from(1_000_000)
    }

    /// The same in whole millionths: counters know no fractions.
    pub fn millionths_of(self, usage: Usage) -> u64 {
        self.in_millionths(usage).max(Decimal::ZERO).round().try_into().unwrap_or(u64::MAX)
    }

    /// Whatever a provider says that it counted, this comes to something.
    fn in_millionths(self, usage: Usage) -> Decimal {
        let of = |price: Decimal, tokens: u64| price.saturating_mul(Decimal::from(tokens));
        of(self.input, usage.input).saturating_add(of(self.output, usage.output))
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

impl Usage {
    pub fn total(self) -> u64 {
        self.input.saturating_add(self.output)
    }
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
        let usage = Usage { input: 1_000, output: 200 };
        assert_eq!(prices.of(usage).to_string(), "0.0045");
        assert_eq!(prices.millionths_of(usage), 4_500);
        assert_eq!(prices.millionths_of(Usage::default()), 0);
        assert!("cheap".parse::<Prices>().is_err());
    }

    #[test]
    fn no_count_of_tokens_is_too_high() {
        let most = Usage { input: u64::MAX, output: u64::MAX };
        assert_eq!(most.total(), u64::MAX);
        let prices = Prices { input: Decimal::MAX, output: Decimal::MAX };
        assert_eq!(prices.millionths_of(most), u64::MAX);
        assert!(prices.of(most) > Decimal::ZERO);
    }
}
