//! How arguments and answers of server functions travel.

use leptos::server_fn::{
    ContentType, Decodes, Encodes, Format, FormatType,
    codec::{JsonEncoding, Post},
};
use serde::{Serialize, de::DeserializeOwned};

/// JSON, like server_fn's own, but read as text. The data that came with the page and the socket are read as text
/// too, so the browser carries one reader of each type and not two.
pub struct TextEncoding;

/// JSON in the body of a `POST` request, and in its answer.
pub type Json = Post<TextEncoding>;

impl ContentType for TextEncoding {
    const CONTENT_TYPE: &'static str = JsonEncoding::CONTENT_TYPE;
}

impl FormatType for TextEncoding {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for TextEncoding {
    type Error = serde_json::Error;

    fn encode(value: &T) -> Result<leptos::server_fn::Bytes, Self::Error> {
        serde_json::to_vec(value).map(Into::into)
    }
}

impl<T: DeserializeOwned> Decodes<T> for TextEncoding {
    type Error = serde_json::Error;

    fn decode(bytes: leptos::server_fn::Bytes) -> Result<T, Self::Error> {
        serde_json::from_str(std::str::from_utf8(&bytes).map_err(serde::de::Error::custom)?)
    }
}
