//! Settings: built-in values, then `Leptos.toml`, then the environment, then the command line.

use crate::adapters::readers::ocr::OcrSettings;
use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use leptos::config::LeptosOptions;
use serde::{Deserialize, Serialize};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

/// The file that settings are read from, in the folder the program is started in.
pub const CONFIG_FILE: &str = "Leptos.toml";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

/// Everything an operator can set. `Leptos.toml` explains each key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub address: SocketAddr,
    pub data_dir: PathBuf,
    /// None: SQLite in the data folder.
    pub database_url: Option<String>,
    /// Documents read at the same time; 0 serves only.
    pub workers: usize,
    /// Sample invoices and users; shows them on the sign-in page.
    pub demo: bool,
    /// Scheme and host by which browsers reach this server.
    pub public_url: Option<String>,
    pub allowed_origins: Vec<String>,
    pub trust_proxy: bool,
    pub log: String,
    pub log_format: LogFormat,
    /// Whether scans are read, by tesseract.
    pub ocr: bool,
    /// None: `tesseract` of the search path.
    pub ocr_program: Option<PathBuf>,
    pub ocr_languages: String,
    /// The built site. None: found by [`Config::leptos_options`].
    pub site_root: Option<PathBuf>,
    /// The program that documents are read in. None: this one.
    #[serde(skip)]
    pub reader_program: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            address: SocketAddr::from(([127, 0, 0, 1], 3000)),
            data_dir: PathBuf::from("./data"),
            database_url: None,
            workers: 2,
            demo: false,
            public_url: None,
            allowed_origins: Vec::new(),
            trust_proxy: false,
            log: "info".to_owned(),
            log_format: LogFormat::Text,
            ocr: true,
            ocr_program: None,
            ocr_languages: OcrSettings::LANGUAGES.to_owned(),
            site_root: None,
            reader_program: None,
        }
    }
}

/// A setting that can not be used; the message names it and what it should be.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{0}")]
    Unreadable(Box<figment::Error>),
    #[error("{key} is {value:?}: {expected}")]
    Invalid { key: &'static str, value: String, expected: &'static str },
    #[error("the built site can not be read: {0}")]
    Site(String),
}

/// Variables of ours that are settings. Others (the test kit's, the scripts') are nobody's mistake.
const VARIABLES: [&str; 14] = [
    "address",
    "data_dir",
    "database_url",
    "workers",
    "demo",
    "public_url",
    "allowed_origins",
    "trust_proxy",
    "log",
    "log_format",
    "ocr",
    "ocr_program",
    "ocr_languages",
    "site_root",
];

impl Config {
    /// Reads `file` if it is there, then the environment.
    pub fn load(file: &Path) -> Result<Config, ConfigError> {
        let mut figment = Figment::from(Serialized::defaults(Config::default()));
        if file.is_file() {
            figment = figment.merge(Toml::file_exact(file));
        }
        let config: Config = figment
            .merge(Env::prefixed("AP_INTAKE_").only(&VARIABLES))
            .merge(Env::raw().only(&["DATABASE_URL"]))
            .merge(Env::raw().only(&["LEPTOS_SITE_ADDR"]).map(|_| "address".into()))
            .merge(Env::raw().only(&["LEPTOS_SITE_ROOT"]).map(|_| "site_root".into()))
            .extract()
            .map_err(|error| ConfigError::Unreadable(Box::new(error)))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        if self.workers > 64 {
            return Err(ConfigError::Invalid {
                key: "workers",
                value: self.workers.to_string(),
                expected: "0 to 64 documents can be read at the same time",
            });
        }
        for (key, origins) in [("public_url", self.public_url.as_slice()), ("allowed_origins", &self.allowed_origins)] {
            if let Some(bad) = origins.iter().find(|origin| !is_origin(origin)) {
                return Err(ConfigError::Invalid {
                    key,
                    value: bad.clone(),
                    expected: "give scheme and host without a path, as in https://invoices.example.com",
                });
            }
        }
        Ok(())
    }

    /// The database to open, as a URL.
    pub fn database(&self) -> String {
        match &self.database_url {
            Some(url) => url.clone(),
            None => format!("sqlite:{}", self.data_dir.join("ap-intake.db").display()),
        }
    }

    /// Origins whose pages are ours or trusted: the public one, and those named.
    pub fn origins(&self) -> std::sync::Arc<[String]> {
        self.public_url.iter().chain(&self.allowed_origins).cloned().collect()
    }

    pub fn files_dir(&self) -> PathBuf {
        self.data_dir.join("files")
    }

    /// Which program reads scans, and how.
    pub fn ocr_settings(&self) -> OcrSettings {
        OcrSettings {
            enabled: self.ocr,
            program: self.ocr_program.clone().filter(|program| !program.as_os_str().is_empty()),
            languages: self.ocr_languages.clone(),
            limiter: self.reader_program.clone(),
            ..OcrSettings::default()
        }
    }

    /// Whether browsers reach this server over TLS.
    pub fn is_https(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }

    /// What Leptos needs to know of the built site: the folder set by `LEPTOS_SITE_ROOT`, or `site` beside the
    /// program's folder, as cargo-leptos lays it.
    pub fn leptos_options(&self) -> Result<LeptosOptions, ConfigError> {
        let mut options = leptos::config::get_configuration(None)
            .map_err(|error| ConfigError::Site(error.to_string()))?
            .leptos_options;
        let program_dir = std::env::current_exe().ok().and_then(|path| path.parent().map(Path::to_owned));
        let site_root = match &self.site_root {
            Some(folder) => folder.clone(),
            None => program_dir
                .as_deref()
                .and_then(Path::parent)
                .map(|target| target.join("site"))
                .filter(|folder| folder.is_dir())
                .unwrap_or_else(|| PathBuf::from("target/site")),
        };
        options.site_root = site_root.to_string_lossy().as_ref().into();
        options.site_addr = self.address;
        // Asked for by name of a file that is not there, Leptos would panic at the first page.
        let has_hashes = program_dir.is_some_and(|folder| folder.join(options.hash_file.as_ref()).is_file());
        options.hash_files = has_hashes && std::env::var("LEPTOS_HASH_FILES").map_or(true, |value| value == "true");
        Ok(options)
    }
}

/// Scheme and host (and port), nothing behind.
fn is_origin(text: &str) -> bool {
    let Some((scheme, host)) = text.split_once("://") else {
        return false;
    };
    matches!(scheme, "http" | "https") && !host.is_empty() && !host.contains(['/', '?', '#', '@', ' '])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(toml: &str) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join(CONFIG_FILE);
        std::fs::write(&file, toml).expect("a written file");
        Config::load(&file)
    }

    #[test]
    fn the_file_of_the_project_is_valid() {
        let config = load(include_str!("../../Leptos.toml")).expect("valid settings");
        assert!(!config.demo);
        assert_eq!(config.workers, 2);
    }

    #[test]
    fn a_missing_file_gives_the_built_in_values() {
        let config = Config::load(Path::new("no-such-folder/Leptos.toml")).expect("defaults");
        assert!(!config.is_https());
    }

    #[test]
    fn an_unknown_key_is_named() {
        let error = load("worker = 3").expect_err("a refusal").to_string();
        assert!(error.contains("worker"), "{error}");
    }

    #[test]
    fn a_wrong_type_is_named() {
        let error = load("workers = \"many\"").expect_err("a refusal").to_string();
        assert!(error.contains("workers"), "{error}");
    }

    #[test]
    fn origins_have_no_path() {
        for bad in ["https://a.example/", "a.example", "ftp://a.example", "https://", "https://u@a.example"] {
            assert!(load(&format!("allowed_origins = [{bad:?}]")).is_err(), "{bad}");
        }
        let config = load("public_url = \"https://a.example:8443\"").expect("valid settings");
        assert!(config.is_https());
    }
}
