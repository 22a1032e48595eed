//! What fuzzing found (`make fuzz`), kept small: each file goes through the entrance that its folder is named after. Where
//! it found nothing yet there is no folder; the nasty cases written here go through every entrance in any case.

use ap_intake::adapters::readers::entrances::{self, Entrance};
use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    thread,
};

/// That of a child process that reads documents.
const STACK: usize = 64 * 1024 * 1024;
/// More than any reader follows.
const DEEP: usize = 2_000;
/// The largest number that our decimals hold.
const HUGE: &str = "79228162514264337593543950335";

/// Whether the entrance comes back from these bytes without a panic.
fn survives(entrance: Entrance, bytes: Vec<u8>) -> bool {
    let read = move || catch_unwind(AssertUnwindSafe(|| entrance(&bytes)));
    let thread = thread::Builder::new().stack_size(STACK).spawn(read).expect("a thread");
    thread.join().is_ok_and(|read| read.is_ok())
}

fn entrance(name: &str) -> Option<Entrance> {
    entrances::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, entrance)| entrance)
}

fn inside(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.expect("an entry of the folder").path()).collect()
}

#[test]
fn what_fuzzing_found_breaks_no_reader() {
    for folder in inside(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/fuzzed")) {
        let name = folder.file_name().and_then(|name| name.to_str()).expect("a name");
        let entrance = entrance(name).unwrap_or_else(|| panic!("{} is no entrance's folder", folder.display()));
        let files = inside(&folder);
        assert!(!files.is_empty(), "{} holds what was found", folder.display());
        for file in files {
            let bytes = fs::read(&file).expect("the file is there");
            assert!(survives(entrance, bytes), "{} is read without a panic", file.display());
        }
    }
}

#[test]
fn nasty_cases_break_no_reader() {
    for (name, entrance) in entrances::ALL {
        let own = nasty(name);
        assert!(own.len() > 2, "{name} has cases of its own");
        for (number, case) in own.iter().enumerate() {
            // Cut anywhere, too.
            for cut in [case.len(), case.len() / 2, case.len().min(9)] {
                assert!(survives(entrance, case[..cut].to_vec()), "{name} reads {cut} bytes of case {number}");
            }
        }
        for case in [Vec::new(), vec![0], vec![0xff; 64], b"<".repeat(DEEP)] {
            assert!(survives(entrance, case), "{name} reads what is nothing of its kind");
        }
    }
}

#[test]
fn a_reader_that_breaks_is_found_out() {
    assert!(!survives(|bytes| assert!(bytes.is_empty()), vec![0]));
    assert!(survives(|bytes| assert!(bytes.is_empty()), Vec::new()));
}

/// Bytes of the kind that an entrance takes, made to be hard on it.
fn nasty(name: &str) -> Vec<Vec<u8>> {
    match name {
        "xml" => nasty_xml(),
        "mail" => nasty_mail(),
        "pdf" => nasty_pdf(),
        "picture" => nasty_pictures(),
        "ocr_table" => nasty_tables(),
        "ocr_pages" => nasty_pages(),
        "frames" => nasty_frames(),
        _ => Vec::new(),
    }
}

fn nasty_xml() -> Vec<Vec<u8>> {
    let invoice = |content: &str| {
        format!(
            "<Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\" \
             xmlns:a=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\" \
             xmlns:b=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\">{content}</Invoice>"
        )
    };
    let numbers = format!(
        "<b:ID>1</b:ID><b:IssueDate>9999-12-31</b:IssueDate><a:LegalMonetaryTotal>\
         <b:TaxExclusiveAmount>-{HUGE}</b:TaxExclusiveAmount><b:TaxInclusiveAmount>{HUGE}</b:TaxInclusiveAmount>\
         <b:PayableAmount>{long}</b:PayableAmount></a:LegalMonetaryTotal><a:InvoiceLine>\
         <b:InvoicedQuantity>{HUGE}</b:InvoicedQuantity><b:LineExtensionAmount>{HUGE}</b:LineExtensionAmount><a:Price>\
         <b:PriceAmount>{HUGE}</b:PriceAmount><b:BaseQuantity>0.0000000000000000000000000001</b:BaseQuantity></a:Price>\
         </a:InvoiceLine>",
        long = "9".repeat(5_000)
    );
    let accounts =
        "<a:PaymentMeans><a:PayeeFinancialAccount><b:ID>ß\u{2028}</b:ID></a:PayeeFinancialAccount></a:PaymentMeans>";
    let deep = ["<a:SubInvoiceLine>".repeat(DEEP), "</a:SubInvoiceLine>".repeat(DEEP)].concat();
    [
        ["<a>".repeat(DEEP), "</a>".repeat(DEEP)].concat(),
        invoice(&["<a:InvoiceLine>", &deep, "</a:InvoiceLine>"].concat()),
        invoice(&numbers),
        invoice(&accounts.repeat(DEEP)),
        "<!DOCTYPE a [<!ENTITY b \"&b;&b;\">]><a>&b;</a>".to_owned(),
    ]
    .map(String::into_bytes)
    .into()
}

fn nasty_mail() -> Vec<Vec<u8>> {
    let head = "From: a\r\nTo: b\r\nMIME-Version: 1.0\r\n";
    let part = |depth: usize| format!("Content-Type: multipart/mixed; boundary=\"b{depth}\"\r\n\r\n--b{depth}\r\n");
    let file =
        "Content-Type: application/pdf; name=\"=?utf-8?B?////?=\"\r\nContent-Transfer-Encoding: base64\r\n\r\n=A=%";
    [
        [head, &(0..DEEP).map(part).collect::<String>()].concat(),
        [head, file].concat(),
        [head, "Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n", &"--\r\n".repeat(DEEP)].concat(),
        [head, "Subject: ", &"=?".repeat(DEEP), "\r\n\r\n"].concat(),
    ]
    .map(String::into_bytes)
    .into()
}

fn nasty_pdf() -> Vec<Vec<u8>> {
    let with = |body: &str| format!("%PDF-1.7\n{body}\ntrailer<</Root 1 0 R/Size 9>>\nstartxref\n{HUGE}\n%%EOF");
    [
        with(""),
        with("1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]/Count 4294967295>>endobj"),
        with(&format!("1 0 obj{}{}endobj", "[".repeat(DEEP), "]".repeat(DEEP))),
        with(&format!(
            "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Length {HUGE}>>stream\nx\nendstream endobj"
        )),
    ]
    .map(String::into_bytes)
    .into()
}

fn nasty_pictures() -> Vec<Vec<u8>> {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    png.extend_from_slice(&[0xff; 17]);
    vec![
        png,
        [&b"\xff\xd8\xff\xe0\xff\xff"[..], &[0xff; 64]].concat(),
        // A directory that counts more entries than there are bytes, and one that names itself.
        b"II*\0\x08\0\0\0\xff\xff\0\0\0\0\0\0".to_vec(),
        b"MM\0*\0\0\0\x08\0\0\0\0\0\x08\0\0".to_vec(),
        b"MM\0+\0\x08\0\0\xff\xff\xff\xff\xff\xff\xff\xff".to_vec(),
    ]
}

fn nasty_tables() -> Vec<Vec<u8>> {
    let head = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n";
    let row = |numbers: &str, text: &str| format!("5\t1\t1\t1\t1\t1\t{numbers}\t{text}\n");
    [
        [head, &row("1e38\t-1e38\t3e38\t3e38\t1e9", HUGE)].concat(),
        [head, &row("NaN\tinf\t-inf\t0\t-1", "Total")].concat(),
        [head, &row("10\t10\t50\t10\t96", HUGE).repeat(DEEP)].concat(),
        [head, &"\t".repeat(DEEP)].concat(),
    ]
    .map(String::into_bytes)
    .into()
}

fn nasty_pages() -> Vec<Vec<u8>> {
    ["[".repeat(DEEP), "{\"text\":".repeat(DEEP), "[{\"text\":null,\"scanned\":null}]".to_owned(), format!("[{HUGE}]")]
        .map(String::into_bytes)
        .into()
}

fn nasty_frames() -> Vec<Vec<u8>> {
    let frame = |header: &str| [&(header.len() as u32).to_le_bytes()[..], &[0; 4], header.as_bytes()].concat();
    vec![
        vec![0xff; 8],
        [&(32u32 << 20).to_le_bytes()[..], &(64u32 << 20).to_le_bytes(), b"{}"].concat(),
        frame("{\"op\":\"read\"}").repeat(3),
        frame(&format!("{{\"op\":\"page_png\",\"page\":{HUGE},\"width\":0}}")),
        frame(&"[".repeat(DEEP)),
    ]
}
