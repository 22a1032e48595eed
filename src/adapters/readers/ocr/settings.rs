//! Which program reads scans, in which languages, and whether it is there.

use super::{limits::OCR_COMMAND, tesseract};
use std::{
    env,
    path::{Path, PathBuf},
    time::Duration,
};

/// What an operator can set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcrSettings {
    pub enabled: bool,
    /// None: `tesseract` of the search path.
    pub program: Option<PathBuf>,
    /// As tesseract names them, joined by `+`. Those that are not installed are left out.
    pub languages: String,
    /// The program that sets the limits; none is this one.
    pub limiter: Option<PathBuf>,
    /// Of one page. Its processor time is limited to less ([`super::limits`]): on a busy machine a page takes longer
    /// without being worse.
    pub page_time: Duration,
}

impl OcrSettings {
    /// The languages whose labels the reading knows, the most common first: tesseract tries them in this order.
    pub const LANGUAGES: &str = "eng+deu+fra+nld+ita+spa";
}

impl Default for OcrSettings {
    fn default() -> Self {
        OcrSettings {
            enabled: true,
            program: None,
            languages: Self::LANGUAGES.to_owned(),
            limiter: None,
            page_time: Duration::from_secs(60),
        }
    }
}

/// Why scans are not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoOcr {
    #[error("reading scans is switched off")]
    Off,
    #[error("tesseract is not installed")]
    NoProgram,
    #[error("none of the languages {0} is installed for tesseract")]
    NoLanguage(String),
    #[error("{0} can not be run: {1}")]
    Broken(PathBuf, String),
}

/// A tesseract that is there, with the languages it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ocr {
    pub(super) limiter: PathBuf,
    pub(super) program: PathBuf,
    /// `eng+deu`.
    pub languages: String,
    /// Those that are wanted and not installed, in the same form.
    pub missing: String,
    /// Whether it can tell which way a page is turned.
    pub(super) tells_turns: bool,
    pub(super) page_time: Duration,
}

impl Ocr {
    /// Looks for the program and asks it for its languages.
    ///
    /// # Errors
    /// See [`NoOcr`].
    pub async fn find(settings: &OcrSettings) -> Result<Ocr, NoOcr> {
        if !settings.enabled {
            return Err(NoOcr::Off);
        }
        let program = match &settings.program {
            Some(program) if program.components().count() > 1 => Some(program.clone()),
            Some(name) => on_search_path(name),
            None => on_search_path(Path::new("tesseract")),
        };
        let program = program.filter(|program| program.is_file()).ok_or(NoOcr::NoProgram)?;
        let broken = |error: std::io::Error| NoOcr::Broken(program.clone(), error.to_string());
        let program = program.canonicalize().map_err(broken)?;
        let limiter = match &settings.limiter {
            Some(limiter) => limiter.clone(),
            None => env::current_exe().map_err(broken)?,
        };
        let mut ocr = Ocr {
            limiter,
            program,
            languages: String::new(),
            missing: String::new(),
            tells_turns: false,
            page_time: settings.page_time,
        };
        let installed = tesseract::languages(&ocr).await.map_err(broken)?;
        ocr.tells_turns = installed.iter().any(|language| language == "osd");
        let wanted = settings.languages.split(['+', ',', ' ']).filter(|language| is_language(language));
        let (kept, missing): (Vec<&str>, Vec<&str>) =
            wanted.partition(|language| installed.iter().any(|other| other == language));
        if kept.is_empty() {
            return Err(NoOcr::NoLanguage(settings.languages.clone()));
        }
        ocr.languages = kept.join("+");
        ocr.missing = missing.join("+");
        Ok(ocr)
    }

    /// The limiter and its arguments up to those of tesseract.
    pub(super) fn command(&self) -> tokio::process::Command {
        let mut command = tokio::process::Command::new(&self.limiter);
        command.arg(OCR_COMMAND).arg(&self.program);
        command
    }
}

/// A language's name is the name of a file, and nothing else.
fn is_language(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn on_search_path(name: &Path) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(name)).find(|program| program.is_file())
}
