//! The document around the app: which files make the page, and in which order the browser asks for them.

use crate::{
    app::App,
    ui::{
        markup::{Markup, el},
        prefs::Prefs,
    },
};
use axum::http::request::Parts;
use leptos::{config::LeptosOptions, nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;
use std::{
    collections::HashMap,
    fs::read_to_string,
    path::{Path, PathBuf},
    sync::OnceLock,
};

/// The whole document. Theme, rail and number style stand on `<html>` before the first paint; they come from the
/// [`Prefs`] that the server provides as context.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let prefs = use_context::<Prefs>().unwrap_or_default();
    let part = use_context::<Parts>().and_then(|request| part_of(request.uri.path()));
    view! {
        <!DOCTYPE html>
        <html
            lang="en"
            data-theme=prefs.theme.as_str()
            data-rail=if prefs.rail_open { "open" } else { "closed" }
            data-contrast=if prefs.high_contrast { "more" } else { "system" }
            data-keys=if prefs.single_keys_off { "off" } else { "on" }
            data-numbers=prefs.numbers.as_str()
        >
            <head>
                <meta charset="utf-8" />
                {SiteFiles::of(&options).links(part)}
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="description" content="Reads, checks and approves supplier invoices." />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <AutoReload options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The parts of the program that come later.
struct Split {
    /// The script that loads them.
    loader: String,
    /// The files of each part, some of them shared by several parts.
    parts: HashMap<String, Vec<String>>,
}

/// The part that a page needs beside what all need, as its route's `wasm_split` names it. The list needs none.
fn part_of(path: &str) -> Option<&'static str> {
    let mut names = path.trim_start_matches('/').split('/');
    match (names.next()?, names.next()) {
        ("sign-in" | "setup", None) => Some("door_page"),
        ("settings", None) | ("system", Some("connections")) => Some("administration"),
        ("invoices", Some(_)) => Some("review_page"),
        _ => None,
    }
}

/// The addresses of the site's files; with their hashes, where they have some.
struct SiteFiles {
    style: String,
    script: String,
    program: String,
    /// None: the program is in one piece.
    split: Option<Split>,
}

impl SiteFiles {
    /// Looked up once: they do not change while the server runs.
    fn of(options: &LeptosOptions) -> &'static SiteFiles {
        static FILES: OnceLock<SiteFiles> = OnceLock::new();
        FILES.get_or_init(|| SiteFiles::find(options))
    }

    fn find(options: &LeptosOptions) -> SiteFiles {
        let hashes = if options.hash_files { hashes(&options.hash_file) } else { String::new() };
        let folder = ["/", &*options.site_pkg_dir].concat();
        let file = |kind: &str, extension: &str| {
            [folder.as_str(), "/", &options.output_name, &dotted(hash_of(&hashes, kind)), extension].concat()
        };
        SiteFiles {
            style: file("css", ".css"),
            script: file("js", ".js"),
            program: file("wasm", ".wasm"),
            split: split(options, &hashes, &folder),
        }
    }

    /// What the head holds beside title and description. The style is asked for first: nothing is painted without it.
    /// The page's own part of the program leaves the way free to the picture of a page.
    fn links(&self, part: Option<&str>) -> Vec<Markup> {
        let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
        let start = [
            "import('",
            &self.script,
            "').then(function(it){return it.default({module_or_path:'",
            &self.program,
            "'}).then(it.hydrate)})",
        ];
        let module = |href: &str| link("modulepreload", href.to_owned()).attr("crossorigin", "anonymous");
        let mut links = vec![
            link("stylesheet", self.style.clone()),
            link("preload", "/fonts/inter-latin.woff2".to_owned())
                .attr("as", "font")
                .attr("type", "font/woff2")
                .attr("crossorigin", "anonymous"),
            module(&self.script),
            program(&self.program),
        ];
        if let Some(split) = &self.split {
            links.push(module(&split.loader));
            let files = part.and_then(|part| split.parts.get(part)).into_iter().flatten();
            links.extend(files.map(|file| program(file).attr("fetchpriority", "low")));
        }
        links.push(el("script").attr("type", "module").attr("nonce", nonce).text(start.concat()));
        links
    }
}

/// A file of the program.
fn program(href: &str) -> Markup {
    link("preload", href.to_owned())
        .attr("as", "fetch")
        .attr("type", "application/wasm")
        .attr("crossorigin", "anonymous")
}

fn link(rel: &'static str, href: String) -> Markup {
    el("link").attr("rel", rel).attr("href", href)
}

/// What cargo-leptos wrote beside the program: a line of `kind: hash` for each file.
fn hashes(file: &str) -> String {
    let program = std::env::current_exe().unwrap_or_default();
    let path = program.parent().map(Path::to_path_buf).unwrap_or_default().join(file);
    read_to_string(&path).unwrap_or_else(|error| {
        tracing::error!(path = %path.display(), %error, "the hashes of the site's files can not be read");
        String::new()
    })
}

fn hash_of<'a>(hashes: &'a str, kind: &str) -> Option<&'a str> {
    let line = |line: &'a str| line.split_once(':').filter(|(name, _)| name.trim() == kind);
    hashes.lines().find_map(line).map(|(_, hash)| hash.trim())
}

fn dotted(hash: Option<&str>) -> String {
    hash.map(|hash| [".", hash].concat()).unwrap_or_default()
}

/// As the splitter names them.
fn split(options: &LeptosOptions, hashes: &str, folder: &str) -> Option<Split> {
    let manifest = ["__wasm_split_manifest", &dotted(hash_of(hashes, "manifest")), ".json"].concat();
    let path = PathBuf::from(&*options.site_root).join(&*options.site_pkg_dir).join(manifest);
    let mut parts: HashMap<String, Vec<String>> = serde_json::from_str(&read_to_string(path).ok()?).ok()?;
    parts.values_mut().flatten().for_each(|file| *file = [folder, "/", file, ".wasm"].concat());
    // Without a hash the splitter fills its place.
    let hash = hash_of(hashes, "split").unwrap_or("______________________");
    Some(Split { loader: [folder, "/__wasm_split.", hash, ".js"].concat(), parts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_know_their_part() {
        for (path, part) in [
            ("/", None),
            ("/invoices", None),
            ("/invoices/1", Some("review_page")),
            ("/settings", Some("administration")),
            ("/system/connections", Some("administration")),
            ("/sign-in", Some("door_page")),
            ("/setup", Some("door_page")),
            ("/none", None),
        ] {
            assert_eq!(part_of(path), part, "{path}");
        }
    }

    #[test]
    fn hashes_are_found_by_kind() {
        let hashes = "js: abc\nwasm: def\nsplit: ghi\n";
        assert_eq!(hash_of(hashes, "wasm"), Some("def"));
        assert_eq!(hash_of(hashes, "css"), None);
        assert_eq!(dotted(hash_of(hashes, "js")), ".abc");
    }
}
