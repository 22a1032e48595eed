//! Names of files as they are kept and shown.

/// The last part of the name, without control characters and direction overrides, at most 200 characters.
pub fn clean_filename(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .filter(|sign| !sign.is_control())
        .filter(|sign| !matches!(sign, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'))
        .take(200)
        .collect();
    let kept = kept.trim().trim_matches('.').trim();
    if kept.is_empty() { "document".to_owned() } else { kept.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::clean_filename;
    use proptest::prelude::*;

    #[test]
    fn names_lose_paths_and_invisible_signs() {
        for (sent, kept) in [
            ("invoice.pdf", "invoice.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\x\\r.pdf", "r.pdf"),
            ("a\u{0}b\r\n.pdf", "ab.pdf"),
            ("gpj.\u{202E}exe.pdf", "gpj.exe.pdf"),
            ("..", "document"),
            ("", "document"),
            ("<img src=x>.xml", "<img src=x>.xml"),
        ] {
            assert_eq!(clean_filename(sent), kept);
        }
    }

    proptest! {
        #[test]
        fn a_clean_name_is_clean(name in ".{0,300}") {
            let kept = clean_filename(&name);
            prop_assert!(!kept.is_empty() && kept.chars().count() <= 200);
            let has_bad = kept.contains('/') || kept.contains('\\') || kept.chars().any(char::is_control);
            prop_assert!(!has_bad);
        }
    }
}
