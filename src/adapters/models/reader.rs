//! A reader of documents that asks a model, too, where that was asked for.

use super::{
    Api, Provider, Usage,
    answer::Answer,
    ask::{Line, Patience, Question, Unanswered, ask},
    merge::{is_asked, is_credit_note, merge},
};
use crate::adapters::{
    document_reader::{DocumentReader, Scans, TellPages},
    readers::{Locator, pdf::PageWords, unstyled_pages},
};
use crate::domain::{
    attachment::Attachment,
    reading::{DocumentKind, ModelChoice, PageWord, ReadError, Reading, ReadingNote},
    splitting::PageRange,
};
use async_trait::async_trait;
use bytes::Bytes;
use reqwest::{Client, redirect};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// How an upload says that no model is to be asked.
const LOCAL: &str = "local";
/// Pages that a model is shown: their words, and of scans their pictures.
const MAX_PAGES: u32 = 10;
const MAX_PICTURES: u32 = 4;
/// Pixels across a picture: small print can be read, and the bytes stay few.
const PICTURE_WIDTH: u32 = 1_200;

/// Reads with another reader, and then asks.
pub struct ModelReader {
    inner: Arc<dyn DocumentReader>,
    providers: Vec<Provider>,
    /// Asked where an upload says nothing.
    standard: Option<Api>,
    client: Client,
    patience: Patience,
}

impl ModelReader {
    /// # Errors
    /// When the system's certificates can not be read.
    pub fn new(
        inner: Arc<dyn DocumentReader>,
        providers: Vec<Provider>,
        standard: Option<Api>,
    ) -> Result<ModelReader, reqwest::Error> {
        // A provider that sends us elsewhere would get the document and the key to there.
        let client = Client::builder().redirect(redirect::Policy::none()).build()?;
        Ok(ModelReader { inner, providers, standard, client, patience: Patience::default() })
    }

    /// Waits so long for answers.
    pub fn with_patience(self, patience: Patience) -> ModelReader {
        ModelReader { patience, ..self }
    }

    /// The words of the pages, as far as a model is shown them. A page that can not be had is left out.
    async fn words(&self, document: &Bytes, reading: &Reading) -> Vec<PageWords> {
        let count = page_count(reading, MAX_PAGES);
        if !reading.words.is_empty() {
            let of = |page| reading.words.iter().filter(|word| word.place.page == page).cloned().collect();
            let pages: Vec<Vec<PageWord>> = (1..=count).map(of).collect();
            return unstyled_pages(&pages, &reading.pages);
        }
        let mut pages = Vec::new();
        for page in 1..=count {
            pages.push(self.inner.page_words(document.clone(), page).await.unwrap_or_default());
        }
        unstyled_pages(&pages, &reading.pages)
    }

    async fn question(&self, document: &Bytes, reading: &Reading, words: &[PageWords]) -> Question {
        let text = Question::of_words(words);
        let mut pictures = Vec::new();
        // Words that OCR found may be misread: the picture says what they are.
        if text.is_empty() || reading.kind == DocumentKind::ScanImage {
            for page in 1..=page_count(reading, MAX_PICTURES) {
                pictures.extend(self.inner.page_png(document.clone(), page, PICTURE_WIDTH).await.ok());
            }
        }
        Question { text, pictures }
    }

    async fn second_opinion(&self, document: &Bytes, provider: &Provider, reading: &mut Reading) {
        let words = self.words(document, reading).await;
        let question = self.question(document, reading, &words).await;
        let line = Line { client: &self.client, provider, patience: self.patience };
        let began = Instant::now();
        let (answer, usage) = ask(&line, &question).await;
        count(provider, usage, answer.is_ok(), began.elapsed());
        match answer {
            Ok(answer) => {
                take(reading, &answer, &words);
                let said = format!("{} helped to read this{}", provider.model, spent(provider, usage));
                reading.notes.push(ReadingNote::new("model", said));
            }
            Err(why) => reading.notes.push(unanswered(provider, &why, usage)),
        }
    }
}

/// Takes of the answer what the pages' words bear out.
fn take(reading: &mut Reading, answer: &Answer, words: &[PageWords]) {
    let locator = Locator::new(words);
    // Credit notes are printed with either sign, and mean the same.
    let either_sign = is_credit_note(reading);
    let find = |field, value: &str| match either_sign {
        true => locator.find(field, value),
        false => locator.find_signed(field, value),
    };
    let has_words = words.iter().any(|page| !page.words.is_empty());
    merge(reading, answer, if has_words { Some(&find) } else { None });
}

/// Tells log and figures what a question took, whether or not it was answered.
fn count(provider: &Provider, usage: Usage, is_answered: bool, took: Duration) {
    let name = provider.api.name();
    let outcome = if is_answered { "answered" } else { "failed" };
    metrics::counter!("ap_intake_model_requests_total", "provider" => name, "outcome" => outcome).increment(1);
    for (direction, tokens) in [("input", usage.input), ("output", usage.output)] {
        metrics::counter!("ap_intake_model_tokens_total", "provider" => name, "direction" => direction)
            .increment(tokens);
    }
    if let Some(prices) = provider.prices {
        metrics::counter!("ap_intake_model_cost_millionths_total", "provider" => name)
            .increment(prices.millionths_of(usage));
    }
    tracing::info!(
        provider = name,
        model = provider.model,
        outcome,
        ms = took.as_millis() as u64,
        input = usage.input,
        output = usage.output,
        cost = provider.prices.map(|prices| tracing::field::display(prices.of(usage))),
        "model asked"
    );
}

/// Tokens and cost, for people: ` (2200 tokens, cost 0.006)`. Empty: none were counted.
fn spent(provider: &Provider, usage: Usage) -> String {
    if usage == Usage::default() {
        return String::new();
    }
    let cost = provider.prices.map(|prices| format!(", cost {}", prices.of(usage).normalize())).unwrap_or_default();
    format!(" ({} tokens{cost})", usage.total())
}

fn page_count(reading: &Reading, most: u32) -> u32 {
    u32::try_from(reading.pages.len()).unwrap_or(most).min(most)
}

fn unanswered(provider: &Provider, why: &Unanswered, usage: Usage) -> ReadingNote {
    tracing::warn!(provider = provider.api.name(), %why, "a model gave no answer");
    ReadingNote::new("model_failed", format!("Read without {}: {why}{}", provider.model, spent(provider, usage)))
}

#[async_trait]
impl DocumentReader for ModelReader {
    fn content_type(&self, document: &[u8]) -> Result<&'static str, ReadError> {
        self.inner.content_type(document)
    }

    fn scans(&self) -> Scans {
        self.inner.scans()
    }

    fn models(&self) -> Vec<ModelChoice> {
        let choice = |provider: &Provider| ModelChoice {
            provider: provider.api.name().to_owned(),
            model: provider.model.clone(),
            is_standard: self.standard == Some(provider.api),
        };
        self.providers.iter().map(choice).collect()
    }

    async fn read(&self, document: Bytes) -> Result<Reading, ReadError> {
        self.inner.read(document).await
    }

    async fn read_telling(&self, document: Bytes, tell: &TellPages<'_>) -> Result<Reading, ReadError> {
        self.inner.read_telling(document, tell).await
    }

    async fn read_with(
        &self,
        document: Bytes,
        provider: Option<&str>,
        tell: &TellPages<'_>,
    ) -> Result<Reading, ReadError> {
        let mut reading = self.inner.read_telling(document.clone(), tell).await?;
        let Some(asked) = provider.or(self.standard.map(Api::name)).filter(|asked| *asked != LOCAL) else {
            return Ok(reading);
        };
        let Some(provider) = self.providers.iter().find(|known| known.api.name() == asked) else {
            reading.notes.push(ReadingNote::new("model_failed", "The language model asked for is no longer set up"));
            return Ok(reading);
        };
        if is_asked(reading.kind) {
            self.second_opinion(&document, provider, &mut reading).await;
        }
        Ok(reading)
    }

    async fn page_png(&self, document: Bytes, page: u32, width: u32) -> Result<Bytes, ReadError> {
        self.inner.page_png(document, page, width).await
    }

    async fn page_words(&self, document: Bytes, page: u32) -> Result<Vec<PageWord>, ReadError> {
        self.inner.page_words(document, page).await
    }

    async fn pages(&self, document: Bytes, range: PageRange) -> Result<Bytes, ReadError> {
        self.inner.pages(document, range).await
    }

    async fn attachments(&self, document: Bytes) -> Result<Vec<Attachment>, ReadError> {
        self.inner.attachments(document).await
    }

    async fn attachment(&self, document: Bytes, number: u32) -> Result<(Attachment, Bytes), ReadError> {
        self.inner.attachment(document, number).await
    }
}
