//! The API of OpenAI, and of the many servers that speak it: chat completions with a JSON schema.

use super::{
    Provider, Usage,
    answer::{Malformed, schema},
    ask::{Question, SYSTEM, Said},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

/// How the API calls the limit of tokens. Models that think know `max_tokens` no more.
pub const LIMIT: &str = "max_completion_tokens";
/// What a model thinks counts, too.
const MAX_ANSWER_TOKENS: u32 = 16_384;

pub fn path() -> &'static str {
    "/v1/chat/completions"
}

pub fn headers(provider: &Provider) -> Vec<(&'static str, String)> {
    vec![("authorization", format!("Bearer {}", provider.key.reveal()))]
}

pub fn body(provider: &Provider, question: &Question, before: Option<&(String, Malformed)>) -> Value {
    let mut content = vec![json!({"type": "text", "text": question.as_data()})];
    content.extend(question.pictures.iter().map(|png| {
        let url = format!("data:image/png;base64,{}", STANDARD.encode(png));
        json!({"type": "image_url", "image_url": {"url": url}})
    }));
    let mut messages = vec![json!({"role": "system", "content": SYSTEM}), json!({"role": "user", "content": content})];
    if let Some((said, Malformed(why))) = before {
        messages.push(json!({"role": "assistant", "content": said}));
        messages.push(json!({"role": "user", "content": format!("This can not be used: {why}. Answer with the JSON object alone.")}));
    }
    // No temperature: models that think refuse a request that has one, and what is taken has to stand in the document
    // anyway.
    json!({
        "model": provider.model,
        "messages": messages,
        LIMIT: MAX_ANSWER_TOKENS,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "invoice", "strict": true, "schema": schema()}
        }
    })
}

/// Takes the limit of tokens out of a body: an answer is bounded by its bytes and its time all the same.
pub fn lift_limit(body: &mut Value) {
    if let Value::Object(body) = body {
        body.remove(LIMIT);
    }
}

pub fn said(answer: &Value) -> Said {
    let count = |name: &str| answer["usage"][name].as_u64().unwrap_or_default();
    let usage = Usage { input: count("prompt_tokens"), output: count("completion_tokens") };
    let choice = &answer["choices"][0];
    let text = choice["message"]["content"].as_str().or_else(|| choice["message"]["refusal"].as_str());
    Said { text: text.unwrap_or_default().to_owned(), usage, cut: choice["finish_reason"] == "length" }
}
