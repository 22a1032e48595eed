//! What a browser downloads for the first page, as sent.

use super::{Outcome, http::Client, server::Server, table::Table};

const PART: &str = "Sent to the browser, brotli";

/// Adds the bytes of WASM, JavaScript and CSS that the dashboard names, and of the page itself.
pub fn measure(server: &Server, table: &mut Table) -> Outcome<()> {
    let headers = [server.headers.clone(), vec!["accept-encoding: br".to_owned()]].concat();
    let page = Client::connect(server.address, &server.headers)?.get("/invoices")?.expect(200)?.text();
    let mut client = Client::connect(server.address, &headers)?;
    let mut total = 0;
    for (what, ending) in [("WASM", ".wasm"), ("JavaScript", ".js"), ("CSS", ".css")] {
        let mut bytes = 0;
        for path in named_files(&page, ending) {
            let answer = client.get(&path)?.expect(200)?;
            if answer.header("content-encoding") != Some("br") {
                return Err(format!("{path} was not sent as brotli").into());
            }
            bytes += answer.body.len();
        }
        if bytes == 0 {
            return Err(format!("the page names no {what}").into());
        }
        table.add(PART, what, kb(bytes), "", "");
        total += bytes;
    }
    table.add(PART, "together", kb(total), "300 KB", "163 KB");
    let page = client.get("/invoices")?.expect(200)?;
    table.add(PART, "the page itself", kb(page.body.len()), "", "");
    Ok(())
}

fn kb(bytes: usize) -> String {
    format!("{:.1} KB", bytes as f64 / 1000.0)
}

/// The files of the built site with this ending that a page names, each once.
fn named_files(page: &str, ending: &str) -> Vec<String> {
    let words = page.split(['"', '\'', '`', ' ', '(', ')', ',', ';']);
    let mut files: Vec<String> =
        words.filter(|word| word.starts_with("/pkg/") && word.ends_with(ending)).map(str::to_owned).collect();
    files.sort_unstable();
    files.dedup();
    files
}
