//! Reading in child processes: what happens to documents and children when things go wrong.

use crate::helpers::mail_with;
use ap_intake::{
    adapters::{
        readers::pool::{PoolOptions, ReaderPool},
        samples,
    },
    domain::reading::{DocumentKind, ReadErrorCode},
};
use bytes::Bytes;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

const INVOICE: &str = "<Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\" \
    xmlns:b=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\"><b:ID>R-1</b:ID></Invoice>";
/// Long past every limit in these tests; a test that waits for it has failed.
const PATIENCE: Duration = Duration::from_secs(30);

fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_ap-intake"))
}

fn real_pool() -> ReaderPool {
    ReaderPool::new(PoolOptions { program: Some(program()), children: 1, ..PoolOptions::default() })
}

/// A pool whose children run a shell script instead.
fn scripted_pool(folder: &Path, script: &str, options: PoolOptions) -> ReaderPool {
    let path = folder.join("child.sh");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("writes");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("sets");
    ReaderPool::new(PoolOptions { program: Some(path), children: 1, ..options })
}

/// Waits until a condition holds, giving way to other tasks in between.
async fn until(condition: impl Fn() -> bool) {
    let wait = async {
        while !condition() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("in time");
}

fn exists(process: u32) -> bool {
    Path::new(&format!("/proc/{process}")).exists()
}

#[tokio::test]
async fn a_child_is_kept_for_the_next_document() {
    let pool = real_pool();
    assert!(pool.idle_children().is_empty(), "none is started before it is needed");
    let reading = pool.read(Bytes::from(INVOICE)).await.expect("reads");
    assert_eq!(reading.kind, DocumentKind::Ubl);
    let first = pool.idle_children();
    assert_eq!(first.len(), 1);
    for bytes in [&b"no invoice"[..], b"", b"<a/>", b"%PDF-1.7 nothing"] {
        pool.read(Bytes::from_static(bytes)).await.expect_err("refused");
    }
    assert_eq!(pool.idle_children(), first, "a refused document costs no child");
}

#[tokio::test]
async fn a_child_hands_over_a_file_as_large_as_is_allowed() {
    use ap_intake::adapters::readers::attached::MAX_BYTES;
    let pool = real_pool();
    let document = |bytes: usize| {
        let file = "AAAA".repeat(bytes.div_ceil(3));
        let attached = format!(
            "<a:AdditionalDocumentReference xmlns:a=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\">\
             <a:Attachment><b:EmbeddedDocumentBinaryObject mimeCode=\"text/csv\" filename=\"x.csv\">{file}\
             </b:EmbeddedDocumentBinaryObject></a:Attachment></a:AdditionalDocumentReference></Invoice>"
        );
        Bytes::from(INVOICE.replace("</Invoice>", &attached))
    };
    let largest = MAX_BYTES - 2;
    let (_, bytes) = pool.attachment(document(largest), 1).await.expect("a file");
    assert!((largest..=MAX_BYTES).contains(&bytes.len()), "{}", bytes.len());
    let refused = pool.attachment(document(MAX_BYTES + 1), 1).await.expect_err("too large");
    assert_eq!(refused.code, ReadErrorCode::Corrupt);
    assert_eq!(pool.attachments(document(MAX_BYTES + 1)).await.expect("a list").len(), 1);
    assert_eq!(pool.idle_children().len(), 1, "it cost no child");
}

#[tokio::test]
async fn a_child_is_replaced_after_its_share_of_documents() {
    let options =
        PoolOptions { program: Some(program()), children: 1, max_documents_per_child: 2, ..PoolOptions::default() };
    let pool = ReaderPool::new(options);
    pool.read(Bytes::from(INVOICE)).await.expect("reads");
    let first = pool.idle_children()[0];
    pool.read(Bytes::from(INVOICE)).await.expect("reads");
    assert!(pool.idle_children().is_empty());
    until(|| !exists(first)).await;
    pool.read(Bytes::from(INVOICE)).await.expect("reads");
}

#[tokio::test]
async fn a_child_that_died_while_idle_is_replaced() {
    let pool = real_pool();
    pool.read(Bytes::from(INVOICE)).await.expect("reads");
    let child = pool.idle_children()[0];
    Command::new("kill").args(["-KILL", &child.to_string()]).status().expect("kills");
    let state = || fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
    until(|| state().is_empty() || state().contains(") Z ")).await;
    pool.read(Bytes::from(INVOICE)).await.expect("reads in another child");
    assert_ne!(pool.idle_children()[0], child);
}

#[tokio::test]
async fn what_a_child_was_left_with_is_not_the_next_documents_fault() {
    let folder = tempfile::tempdir().expect("a folder");
    // Each child answers once, with eighteen bytes of header, and breaks off at its second document.
    let answer = r#"read line; printf '\022\0\0\0\0\0\0\0{"attachments":[]}'; read line; kill -KILL $$"#;
    let pool = scripted_pool(folder.path(), answer, PoolOptions::default());
    for _ in 0..3 {
        // A line end, so that the shell's `read` returns.
        assert!(pool.attachments(Bytes::from("\n")).await.expect("answered").is_empty());
    }
}

#[tokio::test]
async fn a_child_that_takes_too_long_is_killed() {
    let folder = tempfile::tempdir().expect("a folder");
    let pid = folder.path().join("pid");
    let script = format!("echo $$ > {}\nexec sleep 1000", pid.display());
    let limits = PoolOptions { timeout_read: Duration::from_millis(500), ..PoolOptions::default() };
    let pool = scripted_pool(folder.path(), &script, limits);
    let error = pool.read(Bytes::from(INVOICE)).await.expect_err("stopped");
    assert_eq!(error.code, ReadErrorCode::TooComplex);
    let process: u32 = fs::read_to_string(pid).expect("it began").trim().parse().expect("a number");
    until(|| !exists(process)).await;
    assert!(pool.idle_children().is_empty());
}

#[tokio::test]
async fn a_call_that_is_dropped_takes_its_child_along_and_frees_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let pid = folder.path().join("pid");
    let script = format!("echo $$ > {}\nexec sleep 1000", pid.display());
    let pool = scripted_pool(folder.path(), &script, PoolOptions::default());
    let process = || fs::read_to_string(&pid).ok()?.trim().parse::<u32>().ok();
    let call = tokio::spawn({
        let pool = pool.clone();
        async move { pool.read(Bytes::from(INVOICE)).await }
    });
    until(|| process().is_some()).await;
    call.abort();
    let first = process().expect("it began");
    until(|| !exists(first)).await;
    fs::remove_file(&pid).expect("removes");
    // The only place is free again: the next call starts a child of its own.
    let call = tokio::spawn(async move { pool.read(Bytes::from(INVOICE)).await });
    until(|| process().is_some()).await;
    call.abort();
}

#[tokio::test]
async fn what_ended_a_child_tells_what_went_wrong() {
    for (script, code) in [
        ("read line; kill -ABRT $$", ReadErrorCode::TooComplex),
        ("read line; kill -SEGV $$", ReadErrorCode::TooComplex),
        ("read line; kill -KILL $$", ReadErrorCode::TooComplex),
        ("read line; kill -TERM $$", ReadErrorCode::ReaderFailed),
        ("exit 3", ReadErrorCode::ReaderFailed),
        ("printf '\\377\\377\\377\\377\\377\\377\\377\\377'; exec sleep 1000", ReadErrorCode::ReaderFailed),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let pool = scripted_pool(folder.path(), script, PoolOptions::default());
        // A line end, so that the shell's `read` returns.
        let error = pool.read(Bytes::from("\n")).await.expect_err(script);
        assert_eq!(error.code, code, "{script}");
    }
    let nowhere = PoolOptions { program: Some(PathBuf::from("/nonexistent/reader")), ..PoolOptions::default() };
    let error = ReaderPool::new(nowhere).read(Bytes::from(INVOICE)).await.expect_err("no program");
    assert_eq!(error.code, ReadErrorCode::ReaderFailed);
}

#[tokio::test]
async fn more_calls_than_may_wait_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let pool =
        scripted_pool(folder.path(), "exec sleep 1000", PoolOptions { max_waiting: 1, ..PoolOptions::default() });
    let mut working = Box::pin(pool.read(Bytes::from(INVOICE)));
    let mut waiting = Box::pin(pool.read(Bytes::from(INVOICE)));
    assert!(futures::poll!(&mut working).is_pending());
    assert!(futures::poll!(&mut waiting).is_pending());
    let error = pool.read(Bytes::from(INVOICE)).await.expect_err("refused");
    assert_eq!(error.code, ReadErrorCode::ReaderFailed);
    assert!(error.code.is_temporary());
}

/// A PDF whose page's content is `blocks` × 8 × 258 zero bytes, unpacked.
fn bomb(blocks: usize) -> Vec<u8> {
    // Deflate by hand: a zlib header; a last block of fixed codes; the literal 0; then, again and again, the match of
    // length 258 (11000101) at distance 1 (00000). Bits are filled from the lowest; codes come highest bit first.
    let mut bits: Vec<bool> = vec![true, true, false];
    let push = |bits: &mut Vec<bool>, code: &str| bits.extend(code.bytes().map(|bit| bit == b'1'));
    push(&mut bits, "00110000");
    push(&mut bits, &"1100010100000".repeat(8 * blocks));
    push(&mut bits, "0000000");
    let mut stream = vec![0x78, 0x01];
    stream.extend(bits.chunks(8).map(|byte| byte.iter().rev().fold(0u8, |sum, bit| sum << 1 | u8::from(*bit))));
    stream.extend([0; 4]);

    let mut pdf =
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
        3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>endobj\n"
            .to_vec();
    pdf.extend(format!("4 0 obj<</Filter/FlateDecode/Length {}>>stream\n", stream.len()).bytes());
    pdf.extend(stream);
    pdf.extend(b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n");
    pdf
}

#[tokio::test]
async fn a_bomb_ends_at_the_limits_and_harms_no_other_document() {
    let pool = real_pool();
    let small = pool.read(bomb(10).into()).await.expect("a small one is a blank page");
    assert_eq!(small.kind, DocumentKind::ScanImage);
    let error = pool.read(bomb(400_000).into()).await.expect_err("a large one is stopped");
    assert_eq!(error.code, ReadErrorCode::TooComplex, "{error}");
    pool.read(Bytes::from(INVOICE)).await.expect("the next one is read");
}

/// Runs a command on files: its exit code, and the JSON lines that it printed.
fn run(command: &str, files: &[&PathBuf]) -> (Option<i32>, Vec<serde_json::Value>) {
    let output = Command::new(program()).arg(command).args(files).output().expect("runs");
    let lines = String::from_utf8(output.stdout).expect("text");
    let lines = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    (output.status.code(), lines)
}

fn write(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("writes");
    path
}

#[test]
fn extract_prints_a_line_for_each_file_in_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let good = write(&folder, "invoice.dat", INVOICE.as_bytes());
    let bad = write(&folder, "text.pdf", b"only text");
    let missing = folder.path().join("missing.xml");

    let (status, lines) = run("extract", &[&good]);
    assert_eq!(status, Some(0));
    assert_eq!(lines[0]["kind"], "ubl");
    assert_eq!(lines[0]["fields"]["invoice_number"], "R-1");
    assert_eq!(lines[0]["confidence"]["invoice_number"], 1.0);
    assert!(lines[0]["lines"].is_array() && lines[0]["checks"].is_array() && lines[0]["boxes"].is_object());
    assert!(lines[0]["ms"].as_f64().expect("a time") > 0.0);

    let (status, lines) = run("extract", &[&bad, &good, &missing]);
    assert_eq!(status, Some(1));
    let files: Vec<&str> = lines.iter().map(|line| line["file"].as_str().expect("a name")).collect();
    assert_eq!(files, [&bad, &good, &missing].map(|path| path.to_str().expect("text")));
    assert_eq!(lines[0]["error"]["code"], "unsupported_type");
    assert_eq!(lines[2]["error"]["code"], "unreadable_file");
    assert!(lines[2]["error"]["message"].is_string());
}

#[test]
fn extract_prints_a_line_for_each_file_of_an_email() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = [("a.xml", "application/xml", INVOICE.as_bytes()), ("b.zip", "application/zip", b"PK")];
    let mail = write(&folder, "mail.eml", &mail_with(&files));
    let (status, lines) = run("extract", &[&mail]);
    assert_eq!((status, lines.len()), (Some(1), 2));
    assert_eq!(lines[0]["file"], format!("{}/a.xml", mail.display()));
    assert_eq!(lines[0]["fields"]["invoice_number"], "R-1");
    assert_eq!(lines[1]["error"]["code"], "unsupported_type");
    let (status, lines) = run("extract", &[&write(&folder, "empty.eml", &mail_with(&[]))]);
    assert_eq!((status, &lines[0]["error"]["code"]), (Some(1), &serde_json::json!("unsupported_type")));
}

#[test]
fn validate_names_the_rules_that_are_broken_also_inside_a_pdf() {
    let folder = tempfile::tempdir().expect("a folder");
    let sample = |kind| samples::generate(kind, 1).bytes;
    let sound = write(&folder, "sound.xml", &sample(DocumentKind::Cii));
    let hybrid = write(&folder, "hybrid.pdf", &sample(DocumentKind::FacturxPdf));
    let broken = String::from_utf8(sample(DocumentKind::Ubl)).expect("text").replace("cbc:DueDate", "cbc:UUID");
    let broken = write(
        &folder,
        "broken.xml",
        broken
            .replacen("<cbc:IssueDate>", "<cbc:IssueDate><!--", 1)
            .replacen("</cbc:IssueDate>", "--></cbc:IssueDate>", 1)
            .as_bytes(),
    );
    let page = write(&folder, "page.pdf", &sample(DocumentKind::TextPdf));
    let missing = folder.path().join("missing.xml");

    let (status, lines) = run("validate", &[&sound, &hybrid, &broken]);
    assert_eq!(status, Some(0), "broken rules are an answer, no failure");
    for (line, path) in lines.iter().zip([&sound, &hybrid]) {
        assert_eq!(*line, serde_json::json!({ "file": path, "fatal": [], "warning": [] }));
    }
    assert_eq!(lines[2], serde_json::json!({ "file": broken, "fatal": ["BR-03"], "warning": ["UBL-CR-005"] }));

    let (status, lines) = run("validate", &[&page, &sound, &missing]);
    assert_eq!(status, Some(1));
    assert_eq!(lines[0]["error"]["code"], "unsupported_type");
    assert_eq!(lines[1]["fatal"], serde_json::json!([]));
    assert_eq!(lines[2]["error"]["code"], "unreadable_file");
}
