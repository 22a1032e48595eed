//! What the pool and its child processes say to each other, over the child's standard input and output.
//!
//! A message is two lengths, a header in JSON and a body: the document that is asked about, or the page drawn,
//! or the file that was in it.

use super::{leaves::Scan, ocr::Prepared, pdf::Pictures, validate::Verdict};
use crate::domain::{
    attachment::Attachment,
    reading::{PageWord, ReadError, Reading},
    splitting::PageRange,
};
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};

/// Of a header: the largest reading, as JSON.
pub(super) const MAX_HEADER: usize = 32 * 1024 * 1024;
/// Of a body: a document, or a page's image.
pub(super) const MAX_BODY: usize = 64 * 1024 * 1024;

/// What is asked about the document in the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(super) enum Request {
    Read,
    /// Page from 1, width in pixels.
    PagePng {
        page: u32,
        width: u32,
    },
    /// Page from 1.
    PageWords {
        page: u32,
    },
    /// The rules of EN 16931 that it breaks.
    Validate,
    /// Page from 1 as OCR wants it, turned clockwise by quarters; of the page itself only what these pictures show.
    Picture {
        page: u32,
        turn: u8,
        only: Option<Pictures>,
    },
    /// The body is no document but what OCR found: a list of pages in JSON.
    ReadScan,
    Attachments,
    /// These pages as a file of their own.
    Pages(PageRange),
    /// From 1.
    Attachment {
        number: u32,
    },
}

/// The answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Response {
    Reading(Box<Reading>),
    /// It is to be read by OCR.
    Scan(Box<Scan>),
    /// The picture is the body.
    Picture(Prepared),
    /// The PNG is the body.
    Png,
    /// The file is the body.
    Pages,
    Words(Vec<PageWord>),
    Verdict(Verdict),
    /// The page has no words that can be told.
    NoWords,
    Attachments(Vec<Attachment>),
    /// Its bytes are the body.
    Attachment(Attachment),
    Failed {
        error: ReadError,
        /// For the log: what a reader said when it panicked.
        panic: Option<String>,
    },
}

/// The length of header and body, little endian, ahead of both.
pub(super) const PREFIX: usize = 8;

pub(super) fn prefix(header: &[u8], body: &[u8]) -> io::Result<[u8; PREFIX]> {
    let length = |bytes: &[u8], limit: usize| match bytes.len() <= limit {
        true => u32::try_from(bytes.len()).map_err(io::Error::other),
        false => Err(io::Error::new(io::ErrorKind::InvalidData, "message too long")),
    };
    let mut prefix = [0; PREFIX];
    let (first, second) = prefix.split_at_mut(PREFIX / 2);
    first.copy_from_slice(&length(header, MAX_HEADER)?.to_le_bytes());
    second.copy_from_slice(&length(body, MAX_BODY)?.to_le_bytes());
    Ok(prefix)
}

/// The lengths of header and body.
///
/// # Errors
/// When one is past its limit: the other side is not to be trusted with this side's memory.
pub(super) fn lengths(prefix: [u8; PREFIX]) -> io::Result<(usize, usize)> {
    let [a, b, c, d, e, f, g, h] = prefix;
    let header = u32::from_le_bytes([a, b, c, d]) as usize;
    let body = u32::from_le_bytes([e, f, g, h]) as usize;
    if header > MAX_HEADER || body > MAX_BODY {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "message too long"));
    }
    Ok((header, body))
}

/// Writes a message and sends it off.
pub(super) fn write(output: &mut impl Write, header: &impl Serialize, body: &[u8]) -> io::Result<()> {
    let header = serde_json::to_vec(header)?;
    output.write_all(&prefix(&header, body)?)?;
    output.write_all(&header)?;
    output.write_all(body)?;
    output.flush()
}

/// Reads a request and its document; none at the end of the input.
pub(super) fn read_request(input: &mut impl Read) -> io::Result<Option<(Request, Vec<u8>)>> {
    let mut prefix = [0; PREFIX];
    if let Err(error) = input.read_exact(&mut prefix) {
        return match error.kind() {
            io::ErrorKind::UnexpectedEof => Ok(None),
            _ => Err(error),
        };
    }
    let (header_length, body_length) = lengths(prefix)?;
    let mut header = vec![0; header_length];
    let mut body = vec![0; body_length];
    input.read_exact(&mut header)?;
    input.read_exact(&mut body)?;
    Ok(Some((serde_json::from_slice(&header)?, body)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_arrives_as_it_was_sent() {
        let mut wire = Vec::new();
        let request = Request::PagePng { page: 2, width: 800 };
        write(&mut wire, &request, b"document").expect("writes");
        write(&mut wire, &Request::Read, b"").expect("writes");
        let mut input = wire.as_slice();
        assert_eq!(read_request(&mut input).expect("reads"), Some((request, b"document".to_vec())));
        assert_eq!(read_request(&mut input).expect("reads"), Some((Request::Read, Vec::new())));
        assert_eq!(read_request(&mut input).expect("ends"), None);
    }

    #[test]
    fn a_length_past_the_limit_is_refused_before_memory_is_taken() {
        let wire = [0xff; 16];
        let error = read_request(&mut wire.as_slice()).expect_err("refused");
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
