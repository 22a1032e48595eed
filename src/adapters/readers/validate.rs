//! `ap-intake validate`: the rules of EN 16931 that electronic invoices break, as one JSON object a line.

use super::{
    detect::{FileType, detect},
    extract::{Failure, load, unreadable},
    hybrid, pdf,
    pool::{PoolOptions, ReaderPool},
    xml,
};
use crate::domain::{
    checks::Severity,
    en16931::Finding,
    reading::{ReadError, ReadErrorCode},
};
use serde::{Deserialize, Serialize};
use std::{
    io::{self, Write},
    path::PathBuf,
};

/// The ids of the rules that are broken, each once, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub fatal: Vec<String>,
    pub warning: Vec<String>,
}

impl From<Vec<Finding>> for Verdict {
    fn from(findings: Vec<Finding>) -> Verdict {
        let ids = |is_warning: bool| {
            let those = findings.iter().filter(|one| (one.result.severity == Severity::Warning) == is_warning);
            let mut ids: Vec<String> = those.map(|one| one.id.clone()).collect();
            ids.sort();
            ids
        };
        Verdict { fatal: ids(false), warning: ids(true) }
    }
}

/// The rules that an electronic invoice breaks, also one inside a PDF.
///
/// # Errors
/// As [`super::read`]; `UnsupportedType` for what holds no XML, and for ZUGFeRD 1.0, which is older than the rules.
pub fn verdict(document: &[u8]) -> Result<Verdict, ReadError> {
    let findings = match detect(document)? {
        FileType::Xml => xml::findings(document)?,
        FileType::Pdf => {
            let files = pdf::attachments(document)?;
            let invoice = hybrid::invoice_among(&files).and_then(|at| files.get(at)).ok_or_else(no_xml)?;
            xml::findings(&invoice.bytes)?
        }
        FileType::Png | FileType::Jpeg | FileType::Tiff | FileType::Message => return Err(no_xml()),
    };
    findings.map(Verdict::from).ok_or_else(|| {
        ReadError::new(ReadErrorCode::UnsupportedType, "ZUGFeRD 1.0 is older than EN 16931: there are no rules for it")
    })
}

fn no_xml() -> ReadError {
    ReadError::new(
        ReadErrorCode::UnsupportedType,
        "There is no invoice in XML in this file, so there are no rules for it",
    )
}

/// What came of one file, as it is printed.
#[derive(Serialize)]
#[serde(untagged)]
enum Outcome {
    Judged { file: String, fatal: Vec<String>, warning: Vec<String> },
    Failed { file: String, error: Failure },
}

/// Judges the files in the order given and prints a line for each. Returns whether all could be read.
///
/// # Errors
/// When the output can not be written.
pub async fn run(files: Vec<PathBuf>, mut output: impl Write) -> io::Result<bool> {
    let pool = ReaderPool::new(PoolOptions { children: 1, ..PoolOptions::default() });
    let mut all_read = true;
    for path in files {
        let outcome = judge(&pool, path).await;
        all_read &= matches!(outcome, Outcome::Judged { .. });
        let mut line = serde_json::to_vec(&outcome)?;
        line.push(b'\n');
        output.write_all(&line)?;
    }
    output.flush()?;
    Ok(all_read)
}

async fn judge(pool: &ReaderPool, path: PathBuf) -> Outcome {
    let file = path.display().to_string();
    let loaded = tokio::task::spawn_blocking(move || load(&path)).await;
    let judged = match loaded.unwrap_or_else(|error| Err(unreadable(error.to_string()))) {
        Ok(document) => pool.validate(document).await.map_err(Failure::from),
        Err(failure) => Err(failure),
    };
    match judged {
        Ok(Verdict { fatal, warning }) => Outcome::Judged { file, fatal, warning },
        Err(error) => Outcome::Failed { file, error },
    }
}
