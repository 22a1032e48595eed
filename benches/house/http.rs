//! A light HTTP/1.1 client on one connection that is kept open: it costs less of the cores it shares with the server
//! than a complete one. Only for our own server, and for those it is compared with.

use super::Outcome;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// The server answers within this, or the run fails.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// The largest answer that is read, in bytes.
const MAX_BODY: usize = 64 << 20;

/// An answer, with its body as it was sent.
pub struct Answer {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// This answer, if its status is `status`.
    pub fn expect(self, status: u16) -> Outcome<Answer> {
        if self.status == status {
            return Ok(self);
        }
        let text: String = self.text().chars().take(300).collect();
        Err(format!("the server answered {} instead of {status}: {text}", self.status).into())
    }
}

/// A connection.
pub struct Client {
    stream: BufReader<TcpStream>,
    /// Sent with every request, each line with its end.
    headers: String,
}

impl Client {
    /// `headers`: lines that every request carries, such as the session's cookie.
    pub fn connect(address: SocketAddr, headers: &[String]) -> Outcome<Client> {
        let stream = TcpStream::connect_timeout(&address, TIME_LIMIT)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TIME_LIMIT))?;
        stream.set_write_timeout(Some(TIME_LIMIT))?;
        let mut lines = format!("host: {address}\r\n");
        headers.iter().for_each(|line| lines.extend([line.as_str(), "\r\n"]));
        Ok(Client { stream: BufReader::with_capacity(64 * 1024, stream), headers: lines })
    }

    pub fn get(&mut self, path: &str) -> Outcome<Answer> {
        let request = format!("GET {path} HTTP/1.1\r\n{}\r\n", self.headers);
        self.stream.get_mut().write_all(request.as_bytes())?;
        self.answer()
    }

    pub fn post(&mut self, path: &str, content_type: &str, body: &[u8]) -> Outcome<Answer> {
        self.send("POST", path, content_type, body)
    }

    /// Sends a body by any method.
    pub fn send(&mut self, method: &str, path: &str, content_type: &str, body: &[u8]) -> Outcome<Answer> {
        let length = body.len();
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\n{}content-type: {content_type}\r\ncontent-length: {length}\r\n\r\n",
            self.headers
        )
        .into_bytes();
        request.extend_from_slice(body);
        self.stream.get_mut().write_all(&request)?;
        self.answer()
    }

    fn answer(&mut self) -> Outcome<Answer> {
        let status = self.line()?.split(' ').nth(1).and_then(|text| text.parse().ok()).ok_or("not an answer")?;
        let mut headers = Vec::new();
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').ok_or("not a header")?;
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut answer = Answer { status, headers, body: Vec::new() };
        if answer.header("transfer-encoding").is_some_and(|encoding| encoding == "chunked") {
            self.chunks(&mut answer.body)?;
        } else if let Some(length) = answer.header("content-length") {
            let length = length.parse()?;
            self.take(length, &mut answer.body)?;
        }
        Ok(answer)
    }

    fn line(&mut self) -> Outcome<String> {
        let mut line = String::new();
        if (&mut self.stream).take(16 * 1024).read_line(&mut line)? == 0 {
            return Err("the server closed the connection".into());
        }
        line.truncate(line.trim_end().len());
        Ok(line)
    }

    fn chunks(&mut self, body: &mut Vec<u8>) -> Outcome<()> {
        loop {
            let size = usize::from_str_radix(self.line()?.split(';').next().unwrap_or_default(), 16)?;
            self.take(size, body)?;
            self.line()?;
            if size == 0 {
                return Ok(());
            }
        }
    }

    fn take(&mut self, length: usize, body: &mut Vec<u8>) -> Outcome<()> {
        let start = body.len();
        if length > MAX_BODY - start {
            return Err("the answer is too large".into());
        }
        body.resize(start + length, 0);
        Ok(self.stream.read_exact(&mut body[start..])?)
    }
}

/// A form of one file, and its content type.
pub fn file_form(filename: &str, content: &[u8]) -> (Vec<u8>, String) {
    const BOUNDARY: &str = "ap-intake-measures-0f8a6b1d3c";
    let head = format!(
        "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{filename}\"\r\n\
         content-type: application/octet-stream\r\n\r\n"
    );
    let mut body = head.into_bytes();
    body.extend_from_slice(content);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    (body, format!("multipart/form-data; boundary={BOUNDARY}"))
}
