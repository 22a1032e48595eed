//! The allowed edges between the rooms of the house, as ARCHITECTURE.md draws them. Any other `crate::` path fails.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Room → the rooms it may name. `server`, the binary and the tests put everything together and may name all.
const ALLOWED: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("api", &["domain", "services"]),
    ("ui", &["api", "domain"]),
    ("app", &["ui", "api", "domain"]),
    ("db", &["domain"]),
    ("adapters", &["domain"]),
    ("realtime", &["domain", "db"]),
    ("services", &["domain", "db", "adapters", "realtime"]),
    ("pipeline", &["domain", "services", "db"]),
];

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources").flatten() {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The rooms that a source text names by `crate::room`, also inside `use crate::{room::…, room::…}`.
fn named_rooms(text: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        if text[line_start..at].trim_start().starts_with("//") {
            continue;
        }
        let rest = &text[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => rooms.extend(group_heads(group)),
            None => rooms.extend(head(rest)),
        }
    }
    rooms
}

fn head(text: &str) -> Option<String> {
    let name: String = text.chars().take_while(|sign| sign.is_alphanumeric() || *sign == '_').collect();
    (!name.is_empty()).then_some(name)
}

/// The first names at the top level of a `{…}` group.
fn group_heads(group: &str) -> Vec<String> {
    let (mut depth, mut starts, mut heads) = (0, true, Vec::new());
    for (at, sign) in group.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => starts = true,
            sign if starts && !sign.is_whitespace() => {
                heads.extend(head(&group[at..]));
                starts = false;
            }
            _ => {}
        }
    }
    heads
}

#[test]
fn rooms_name_only_rooms_they_may() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for (room, allowed) in ALLOWED {
        let mut files = Vec::new();
        let (folder, file) = (src.join(room), src.join(format!("{room}.rs")));
        if folder.is_dir() {
            rust_files(&folder, &mut files);
        }
        if file.is_file() {
            files.push(file);
        }
        assert!(!files.is_empty(), "the room {room} is empty");
        for file in files {
            let text = fs::read_to_string(&file).expect("a source file");
            for named in named_rooms(&text) {
                if named != *room && !allowed.contains(&named.as_str()) {
                    wrong.push(format!("{} names crate::{named}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "edges that ARCHITECTURE.md does not allow:\n{}", wrong.join("\n"));
}

#[test]
fn groups_and_comments_are_understood() {
    let text = "use crate::{\n    db::{self, Conn},\n    domain::error::AppError,\n};\n// crate::server\nlet x = crate::ui::y();";
    let rooms: Vec<String> = named_rooms(text).into_iter().collect();
    assert_eq!(rooms, ["db", "domain", "ui"]);
}

/// An effect that begins while the page is still being taken over may change it under the eyes of the one who takes over.
#[test]
fn effects_begin_after_the_page_was_taken_over() {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui");
    let mut files = Vec::new();
    rust_files(&ui, &mut files);
    let raw: Vec<&PathBuf> = files
        .iter()
        .filter(|file| !file.ends_with("ui/reactive.rs"))
        .filter(|file| fs::read_to_string(file).expect("a source file").contains("Effect::new"))
        .collect();
    assert!(raw.is_empty(), "use `effect` or `effect_from` of ui/reactive.rs in {raw:?}");
}
