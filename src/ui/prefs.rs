//! What a person chose about the look, and how amounts are written for them.
//!
//! The server reads it from the request and provides it as context, so that the first paint is right; `shell` writes it
//! on `<html>`, where the browser finds it again.

use super::format::NumberStyle;
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Theme; 3] = [Theme::System, Theme::Light, Theme::Dark];

    pub fn as_str(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Theme::System => "System",
            Theme::Light => "Light",
            Theme::Dark => "Dark",
        }
    }

    /// Anything unknown follows the system.
    pub fn parse(text: &str) -> Theme {
        Theme::ALL.into_iter().find(|theme| theme.as_str() == text).unwrap_or_default()
    }
}

/// A person's preferences, as far as the first paint needs them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Prefs {
    pub theme: Theme,
    /// Whether the rail shows words beside its icons.
    pub rail_open: bool,
    /// More contrast than the system asks for.
    pub high_contrast: bool,
    /// Keys without Ctrl or Alt do nothing outside of fields (WCAG 2.1.4).
    pub single_keys_off: bool,
    pub numbers: NumberStyle,
}

impl Prefs {
    /// Reads the request's `Cookie` and `Accept-Language` headers. What is missing or strange gets the default.
    pub fn from_headers(cookie: &str, accept_language: &str) -> Prefs {
        let value = |name: &str| {
            cookie
                .split(';')
                .filter_map(|pair| pair.trim().split_once('='))
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value)
                .unwrap_or_default()
        };
        Prefs {
            theme: Theme::parse(value("theme")),
            rail_open: value("rail") == "open",
            high_contrast: value("contrast") == "more",
            single_keys_off: value("keys") == "off",
            numbers: NumberStyle::from_accept_language(accept_language),
        }
    }

    /// Those of this request on the server, those written on `<html>` in the browser.
    pub fn current() -> Prefs {
        if let Some(prefs) = use_context::<Prefs>() {
            return prefs;
        }
        if !cfg!(target_arch = "wasm32") {
            return Prefs::default();
        }
        let attribute =
            |name: &str| document().document_element().and_then(|root| root.get_attribute(name)).unwrap_or_default();
        Prefs {
            theme: Theme::parse(&attribute("data-theme")),
            rail_open: attribute("data-rail") == "open",
            high_contrast: attribute("data-contrast") == "more",
            single_keys_off: attribute("data-keys") == "off",
            numbers: NumberStyle::parse(&attribute("data-numbers")),
        }
    }
}

/// How amounts are written for this person.
pub fn number_style() -> NumberStyle {
    use_context::<Prefs>().unwrap_or_default().numbers
}

/// Shows and remembers a theme. Browser only.
pub fn choose_theme(theme: Theme) {
    set_on_root("data-theme", theme.as_str());
    remember("theme", theme.as_str());
}

/// Opens or closes the rail and remembers it. Browser only.
pub fn choose_rail(open: bool) {
    let word = if open { "open" } else { "closed" };
    set_on_root("data-rail", word);
    remember("rail", word);
}

/// Shows everything with more contrast, or as the system asks, and remembers it. Browser only.
pub fn choose_contrast(high: bool) {
    let word = if high { "more" } else { "system" };
    set_on_root("data-contrast", word);
    remember("contrast", word);
}

/// Switches keys without Ctrl or Alt on or off, and remembers it. Browser only.
pub fn choose_single_keys(on: bool) {
    let word = if on { "on" } else { "off" };
    set_on_root("data-keys", word);
    remember("keys", word);
}

/// Whether keys without Ctrl or Alt mean something outside of fields. Browser only.
pub fn single_keys() -> bool {
    document().document_element().and_then(|root| root.get_attribute("data-keys")).as_deref() != Some("off")
}

fn set_on_root(name: &str, value: &str) {
    if let Some(root) = document().document_element() {
        _ = root.set_attribute(name, value);
    }
}

/// A cookie for a year, so that the server paints it right the next time.
fn remember(name: &str, value: &str) {
    let cookie = [name, "=", value, "; Path=/; Max-Age=31536000; SameSite=Lax"].concat();
    _ = js_sys::Reflect::set(&document(), &"cookie".into(), &cookie.into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefs_come_from_headers() {
        let prefs = Prefs::from_headers("id=1; theme=dark; rail=open; keys=off", "de-DE,de;q=0.9,en;q=0.8");
        let expected = Prefs {
            theme: Theme::Dark,
            rail_open: true,
            high_contrast: false,
            single_keys_off: true,
            numbers: NumberStyle::Comma,
        };
        assert_eq!(prefs, expected);
        assert_eq!(Prefs::from_headers("theme=<script>; rail", "\u{7f}"), Prefs::default());
    }
}
