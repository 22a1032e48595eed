//! Runs tesseract: one process for each page, given the picture on its standard input, with no environment of ours, a
//! limit of time, and a limit on what it may say.

use super::{Ocr, Prepared, ScannedWord, tsv};
use std::{io, process::Stdio, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::Command,
    time::timeout,
};

/// Of a question that needs no picture read.
const QUESTION_TIME: Duration = Duration::from_secs(20);
/// Of the table for one page, in bytes: some sixty thousand words.
const MAX_TABLE: u64 = 4 * 1024 * 1024;

/// How tesseract is to look at a picture: `--psm`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::adapters::readers) enum Segmentation {
    /// Blocks, columns and tables as it finds them.
    Page,
    /// One block of text: what it takes for pictures or noise is read too.
    Block,
}

impl Segmentation {
    fn number(self) -> &'static str {
        match self {
            Segmentation::Page => "3",
            Segmentation::Block => "6",
        }
    }
}

/// The words of a picture. The picture is a PGM file.
pub(in crate::adapters::readers) async fn words(
    ocr: &Ocr,
    prepared: &Prepared,
    picture: &[u8],
    segmentation: Segmentation,
) -> io::Result<Vec<ScannedWord>> {
    let mut command = ocr.command();
    command.args(["stdin", "stdout", "-l", &ocr.languages, "--psm", segmentation.number(), "--dpi", "300"]);
    command.args(["-c", "tessedit_create_tsv=1"]);
    if prepared.uneven {
        // Sauvola's: a threshold for each neighbourhood.
        command.args(["-c", "thresholding_method=2"]);
    }
    let table = run(command, picture, ocr.page_time).await?;
    tsv::parse(&table, prepared.width, prepared.height)
}

/// The names of the languages that are installed.
pub(super) async fn languages(ocr: &Ocr) -> io::Result<Vec<String>> {
    let mut command = ocr.command();
    command.arg("--list-langs");
    let list = run(command, &[], QUESTION_TIME).await?;
    // The first line is a heading.
    let names = String::from_utf8_lossy(&list).lines().skip(1).map(|line| line.trim().to_owned()).collect();
    Ok(names)
}

/// By how many quarters, clockwise, the picture has to be turned to stand upright; none when that can not be told.
pub(in crate::adapters::readers) async fn quarter_turns(ocr: &Ocr, picture: &[u8]) -> io::Result<Option<u8>> {
    if !ocr.tells_turns {
        return Ok(None);
    }
    let mut command = ocr.command();
    command.args(["stdin", "stdout", "-l", "osd", "--psm", "0", "--dpi", "300"]);
    let told = run(command, picture, ocr.page_time).await?;
    let told = String::from_utf8_lossy(&told);
    let degrees = told.lines().find_map(|line| line.strip_prefix("Rotate:")?.trim().parse::<u16>().ok());
    Ok(degrees.and_then(|degrees| u8::try_from(degrees / 90 % 4).ok()))
}

/// Runs a command to its end and gives what it wrote. It is killed when it takes too long, says too much, or when the
/// caller goes.
async fn run(mut command: Command, input: &[u8], limit: Duration) -> io::Result<Vec<u8>> {
    // `PATH` only so that a script around the program finds its shell's tools.
    let mut process = command
        .env_clear()
        .env("OMP_THREAD_LIMIT", "1")
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .current_dir("/")
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let pipe = || io::Error::other("the program has no pipe");
    let mut stdin = process.stdin.take().ok_or_else(pipe)?;
    let stdout = process.stdout.take().ok_or_else(pipe)?;
    let mut output = Vec::new();
    let talk = async {
        let write = async {
            // A program that ends before it has read everything says why in its exit code.
            let _ = stdin.write_all(input).await;
            drop(stdin);
        };
        let mut bounded = stdout.take(MAX_TABLE + 1);
        let (_, read) = tokio::join!(write, bounded.read_to_end(&mut output));
        if read? as u64 > MAX_TABLE {
            return Err(io::Error::other("it said more than is taken"));
        }
        process.wait().await
    };
    let ended = timeout(limit, talk).await.map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "it took too long"))?;
    let status = ended?;
    if status.success() { Ok(output) } else { Err(io::Error::other(format!("it ended with {status}"))) }
}
