//! The API of Anthropic: messages, with a tool whose input is the answer.

use super::{
    Provider, Usage,
    answer::{Malformed, schema},
    ask::{Question, SYSTEM, Said},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

const TOOL: &str = "invoice";
/// The version of the API that this speaks.
const VERSION: &str = "2023-06-01";
/// The API asks for a limit; older models take no higher one.
const MAX_ANSWER_TOKENS: u32 = 8_192;

pub fn path() -> &'static str {
    "/v1/messages"
}

pub fn headers(provider: &Provider) -> Vec<(&'static str, String)> {
    vec![("x-api-key", provider.key.reveal().to_owned()), ("anthropic-version", VERSION.to_owned())]
}

pub fn body(provider: &Provider, question: &Question, before: Option<&(String, Malformed)>) -> Value {
    let mut content: Vec<Value> = question
        .pictures
        .iter()
        .map(|png| {
            let source = json!({"type": "base64", "media_type": "image/png", "data": STANDARD.encode(png)});
            json!({"type": "image", "source": source})
        })
        .collect();
    content.push(json!({"type": "text", "text": question.as_data()}));
    if let Some((said, Malformed(why))) = before {
        let text = format!(
            "Your last answer can not be used ({why}). It was: {said}\nUse the tool, with every name of its schema."
        );
        content.push(json!({"type": "text", "text": text}));
    }
    // No temperature: newer models refuse a request that has one, and what is taken has to stand in the document anyway.
    json!({
        "model": provider.model,
        "max_tokens": MAX_ANSWER_TOKENS,
        "system": SYSTEM,
        "messages": [{"role": "user", "content": content}],
        "tools": [{"name": TOOL, "description": "Takes what stands in the invoice.", "input_schema": schema()}],
        "tool_choice": {"type": "tool", "name": TOOL}
    })
}

pub fn said(answer: &Value) -> Said {
    let count = |name: &str| answer["usage"][name].as_u64().unwrap_or_default();
    let usage = Usage { input: count("input_tokens"), output: count("output_tokens") };
    let parts = answer["content"].as_array().map(Vec::as_slice).unwrap_or_default();
    let tool = parts.iter().find(|part| part["type"] == "tool_use").map(|part| part["input"].to_string());
    let text = tool.or_else(|| parts.iter().find_map(|part| part["text"].as_str().map(str::to_owned)));
    Said { text: text.unwrap_or_default(), usage, cut: answer["stop_reason"] == "max_tokens" }
}
