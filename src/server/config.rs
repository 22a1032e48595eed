//! Settings: built-in values, then `Leptos.toml`, then the environment, then the command line.

use crate::adapters::{
    models::{Api, Provider, Secret},
    readers::ocr::OcrSettings,
};
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
    /// The language model that helps where an upload says nothing: `openai` or `anthropic`. None: none does.
    pub model_provider: Option<Api>,
    pub openai_base_url: Option<String>,
    pub openai_api_key: Secret,
    pub openai_model: Option<String>,
    pub openai_prices: Option<String>,
    pub anthropic_base_url: Option<String>,
    pub anthropic_api_key: Secret,
    pub anthropic_model: Option<String>,
    pub anthropic_prices: Option<String>,
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
            model_provider: None,
            openai_base_url: None,
            openai_api_key: Secret::default(),
            openai_model: None,
            openai_prices: None,
            anthropic_base_url: None,
            anthropic_api_key: Secret::default(),
            anthropic_model: None,
            anthropic_prices: None,
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
const VARIABLES: [&str; 23] = [
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
    "model_provider",
    "openai_base_url",
    "openai_api_key",
    "openai_model",
    "openai_prices",
    "anthropic_base_url",
    "anthropic_api_key",
    "anthropic_model",
    "anthropic_prices",
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
        let providers = self.model_providers()?;
        match self.model_provider {
            Some(standard) if providers.iter().all(|provider| provider.api != standard) => Err(ConfigError::Invalid {
                key: "model_provider",
                value: standard.name().to_owned(),
                expected: "set up its model, and its key or base_url, too",
            }),
            _ => Ok(()),
        }
    }

    /// The language models that are set up: those with a model, and a key or an address of their own.
    pub fn model_providers(&self) -> Result<Vec<Provider>, ConfigError> {
        let openai = SetUp {
            api: Api::OpenAi,
            base_url: (&self.openai_base_url, "openai_base_url", "https://api.openai.com"),
            key: &self.openai_api_key,
            model: (&self.openai_model, "openai_model"),
            prices: (&self.openai_prices, "openai_prices"),
        };
        let anthropic = SetUp {
            api: Api::Anthropic,
            base_url: (&self.anthropic_base_url, "anthropic_base_url", "https://api.anthropic.com"),
            key: &self.anthropic_api_key,
            model: (&self.anthropic_model, "anthropic_model"),
            prices: (&self.anthropic_prices, "anthropic_prices"),
        };
        [openai, anthropic].into_iter().filter_map(|set_up| set_up.provider().transpose()).collect()
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

/// The settings of one provider, with the names of those that may be wrong.
struct SetUp<'c> {
    api: Api,
    /// And what it is when it is not set.
    base_url: (&'c Option<String>, &'static str, &'static str),
    key: &'c Secret,
    model: (&'c Option<String>, &'static str),
    prices: (&'c Option<String>, &'static str),
}

impl SetUp<'_> {
    /// None: it is not set up.
    fn provider(&self) -> Result<Option<Provider>, ConfigError> {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let (base_url, model) = (filled(self.base_url.0), filled(self.model.0));
        if base_url.is_none() && *self.key == Secret::default() {
            return Ok(None);
        }
        let model = model.ok_or(ConfigError::Invalid {
            key: self.model.1,
            value: String::new(),
            expected: "name the model to ask",
        })?;
        let base_url = base_url.unwrap_or_else(|| self.base_url.2.to_owned());
        if !base_url.starts_with("https://") && !base_url.starts_with("http://") {
            let expected = "give scheme and host, up to and without /v1";
            return Err(ConfigError::Invalid { key: self.base_url.1, value: base_url, expected });
        }
        let prices = filled(self.prices.0).map(|text| {
            let expected = "give the prices of a million tokens in and out, as in 2.50/10";
            text.parse().map_err(|_| ConfigError::Invalid { key: self.prices.1, value: text, expected })
        });
        let (api, key) = (self.api, self.key.clone());
        Ok(Some(Provider { api, base_url, key, model, prices: prices.transpose()? }))
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
    fn a_model_is_set_up_by_its_name_and_a_key_or_an_address() {
        assert!(load("").expect("valid settings").model_providers().expect("none").is_empty());
        let local =
            "openai_base_url = \"http://127.0.0.1:8080\"\nopenai_model = \"small\"\nopenai_prices = \"0.1/0.4\"";
        let config = load(&[local, "\nmodel_provider = \"openai\""].concat()).expect("valid settings");
        let providers = config.model_providers().expect("one");
        assert_eq!((providers.len(), providers[0].api, providers[0].model.as_str()), (1, Api::OpenAi, "small"));
        for bad in [
            "anthropic_api_key = \"k\"",
            "model_provider = \"anthropic\"",
            "openai_base_url = \"ftp://a\"\nopenai_model = \"m\"",
            "openai_api_key = \"k\"\nopenai_model = \"m\"\nopenai_prices = \"cheap\"",
        ] {
            assert!(load(bad).is_err(), "{bad}");
        }
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
