//! Icons, from Lucide (<https://lucide.dev>, ISC licence, text in `public/icons-license.txt`). Only those in use.

use super::markup::{Markup, el};

/// The inside of a 24 × 24 drawing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Icon(&'static str);

pub const INVOICES: Icon = Icon(
    "<polyline points='22 12 16 12 14 15 10 15 8 12 2 12'/><path d='M5.45 5.11 2 12v6a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2v-6l-3.45-6.89A2 2 0 0 0 16.76 4H7.24a2 2 0 0 0-1.79 1.11z'/>",
);
pub const BELL: Icon = Icon(
    "<path d='M10.268 21a2 2 0 0 0 3.464 0'/><path d='M3.262 15.326A1 1 0 0 0 4 17h16a1 1 0 0 0 .74-1.673C19.41 13.956 18 12.499 18 8A6 6 0 0 0 6 8c0 4.499-1.411 5.956-2.738 7.326'/>",
);
pub const UPLOAD: Icon =
    Icon("<path d='M12 3v12'/><path d='m17 8-5-5-5 5'/><path d='M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4'/>");
pub const SEARCH: Icon = Icon("<path d='m21 21-4.34-4.34'/><circle cx='11' cy='11' r='8'/>");
pub const OK: Icon = Icon("<circle cx='12' cy='12' r='10'/><path d='m16 9-5.5 5.5L8 12'/>");
pub const ALERT: Icon = Icon(
    "<circle cx='12' cy='12' r='10'/><line x1='12' x2='12' y1='8' y2='12'/><line x1='12' x2='12.01' y1='16' y2='16'/>",
);
pub const WARN: Icon = Icon(
    "<path d='m21.73 18-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.73-3'/><path d='M12 9v4'/><path d='M12 17h.01'/>",
);
pub const STOP: Icon = Icon(
    "<path d='m15 9-6 6'/><path d='M2.586 16.726A2 2 0 0 1 2 15.312V8.688a2 2 0 0 1 .586-1.414l4.688-4.688A2 2 0 0 1 8.688 2h6.624a2 2 0 0 1 1.414.586l4.688 4.688A2 2 0 0 1 22 8.688v6.624a2 2 0 0 1-.586 1.414l-4.688 4.688a2 2 0 0 1-1.414.586H8.688a2 2 0 0 1-1.414-.586z'/><path d='m9 9 6 6'/>",
);
pub const CHECK: Icon = Icon("<path d='M20 6 9 17l-5-5'/>");
pub const CHECKS: Icon = Icon("<path d='M18 6 7 17l-5-5'/><path d='m22 10-7.5 7.5L13 16'/>");
pub const CLOSE: Icon = Icon("<path d='M18 6 6 18'/><path d='m6 6 12 12'/>");
pub const DOWN: Icon = Icon("<path d='m6 9 6 6 6-6'/>");
pub const UP: Icon = Icon("<path d='m18 15-6-6-6 6'/>");
pub const LEFT: Icon = Icon("<path d='m15 18-6-6 6-6'/>");
pub const RIGHT: Icon = Icon("<path d='m9 18 6-6-6-6'/>");
pub const SORT_UP: Icon = Icon("<path d='m5 12 7-7 7 7'/><path d='M12 19V5'/>");
pub const SORT_DOWN: Icon = Icon("<path d='M12 5v14'/><path d='m19 12-7 7-7-7'/>");
pub const SPINNER: Icon = Icon("<path d='M21 12a9 9 0 1 1-6.219-8.56'/>");
pub const CLOCK: Icon = Icon("<circle cx='12' cy='12' r='10'/><path d='M12 6v6l4 2'/>");
pub const LATER: Icon = Icon(
    "<path d='M16 14v2.2l1.6 1'/><path d='M16 2v3'/><path d='M21 7.338V5a2 2 0 00-2-2H5a2 2 0 00-2 2v14a2 2 0 002 2h2.338'/><path d='M3 9h5.859'/><path d='M8 2v3'/><circle cx='16' cy='16' r='6'/>",
);
pub const COPY: Icon = Icon(
    "<rect width='14' height='14' x='8' y='8' rx='2' ry='2'/><path d='M4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2'/>",
);
pub const COMPARE: Icon = Icon(
    "<path d='M12 3v18'/><path d='M19 21h-4'/><path d='M19 3h-4'/><path d='M9 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h4'/><path d='M19 3a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2'/>",
);
pub const SAME: Icon = Icon("<line x1='5' x2='19' y1='9' y2='9'/><line x1='5' x2='19' y1='15' y2='15'/>");
pub const DIFFERS: Icon = Icon(
    "<line x1='5' x2='19' y1='9' y2='9'/><line x1='5' x2='19' y1='15' y2='15'/><line x1='19' x2='5' y1='5' y2='19'/>",
);
pub const CANCELLED: Icon = Icon("<circle cx='12' cy='12' r='10'/><path d='M4.929 4.929 19.07 19.071'/>");
pub const SEND: Icon = Icon(
    "<path d='M14.536 21.686a.5.5 0 0 0 .937-.024l6.5-19a.496.496 0 0 0-.635-.635l-19 6.5a.5.5 0 0 0-.024.937l7.93 3.18a2 2 0 0 1 1.112 1.11z'/><path d='m21.854 2.147-10.94 10.939'/>",
);
pub const DOCUMENT: Icon = Icon(
    "<path d='M6 22a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h8a2.4 2.4 0 0 1 1.704.706l3.588 3.588A2.4 2.4 0 0 1 20 8v12a2 2 0 0 1-2 2z'/><path d='M14 2v5a1 1 0 0 0 1 1h5'/><path d='M10 9H8'/><path d='M16 13H8'/><path d='M16 17H8'/>",
);
pub const SIGN_OUT: Icon =
    Icon("<path d='m16 17 5-5-5-5'/><path d='M21 12H9'/><path d='M9 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h4'/>");
pub const SUN: Icon = Icon(
    "<circle cx='12' cy='12' r='4'/><path d='M12 2v2'/><path d='M12 20v2'/><path d='m4.93 4.93 1.41 1.41'/><path d='m17.66 17.66 1.41 1.41'/><path d='M2 12h2'/><path d='M20 12h2'/><path d='m6.34 17.66-1.41 1.41'/><path d='m19.07 4.93-1.41 1.41'/>",
);
pub const MOON: Icon = Icon(
    "<path d='M20.985 12.486a9 9 0 1 1-9.473-9.472c.405-.022.617.46.402.803a6 6 0 0 0 8.268 8.268c.344-.215.825-.004.803.401'/>",
);
pub const SYSTEM: Icon = Icon(
    "<rect width='20' height='14' x='2' y='3' rx='2'/><line x1='8' x2='16' y1='21' y2='21'/><line x1='12' x2='12' y1='17' y2='21'/>",
);
pub const MORE: Icon =
    Icon("<circle cx='12' cy='12' r='1'/><circle cx='19' cy='12' r='1'/><circle cx='5' cy='12' r='1'/>");
pub const PRINT: Icon = Icon(
    "<path d='M6 18H4a2 2 0 0 1-2-2v-5a2 2 0 0 1 2-2h16a2 2 0 0 1 2 2v5a2 2 0 0 1-2 2h-2'/><path d='M6 9V3a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1v6'/><rect x='6' y='14' width='12' height='8' rx='1'/>",
);
pub const KEYS: Icon = Icon(
    "<path d='M10 8h.01'/><path d='M12 12h.01'/><path d='M14 8h.01'/><path d='M16 12h.01'/><path d='M18 8h.01'/><path d='M6 8h.01'/><path d='M7 16h10'/><path d='M8 12h.01'/><rect width='20' height='16' x='2' y='4' rx='2'/>",
);
pub const OFFLINE: Icon = Icon(
    "<path d='M12 20h.01'/><path d='M8.5 16.429a5 5 0 0 1 7 0'/><path d='M5 12.859a10 10 0 0 1 5.17-2.69'/><path d='M19 12.859a10 10 0 0 0-2.007-1.523'/><path d='M2 8.82a15 15 0 0 1 4.177-2.643'/><path d='M22 8.82a15 15 0 0 0-11.288-3.764'/><path d='m2 2 20 20'/>",
);
pub const SETTINGS: Icon = Icon(
    "<path d='M9.671 4.136a2.34 2.34 0 0 1 4.659 0 2.34 2.34 0 0 0 3.319 1.915 2.34 2.34 0 0 1 2.33 4.033 2.34 2.34 0 0 0 0 3.831 2.34 2.34 0 0 1-2.33 4.033 2.34 2.34 0 0 0-3.319 1.915 2.34 2.34 0 0 1-4.659 0 2.34 2.34 0 0 0-3.32-1.915 2.34 2.34 0 0 1-2.33-4.033 2.34 2.34 0 0 0 0-3.831A2.34 2.34 0 0 1 6.35 6.051a2.34 2.34 0 0 0 3.319-1.915'/><circle cx='12' cy='12' r='3'/>",
);
pub const PANEL: Icon = Icon("<rect width='18' height='18' x='3' y='3' rx='2'/><path d='M9 3v18'/>");
pub const PLUS: Icon = Icon("<path d='M5 12h14'/><path d='M12 5v14'/>");
pub const FIT: Icon = Icon("<path d='m18 8 4 4-4 4'/><path d='M2 12h20'/><path d='m6 8-4 4 4 4'/>");
pub const MINUS: Icon = Icon("<path d='M5 12h14'/>");
pub const UNDO: Icon =
    Icon("<path d='M9 14 4 9l5-5'/><path d='M4 9h10.5a5.5 5.5 0 0 1 5.5 5.5a5.5 5.5 0 0 1-5.5 5.5H11'/>");
pub const REDO: Icon =
    Icon("<path d='m15 14 5-5-5-5'/><path d='M20 9H9.5A5.5 5.5 0 0 0 4 14.5A5.5 5.5 0 0 0 9.5 20H13'/>");
pub const BACK: Icon = Icon("<path d='m12 19-7-7 7-7'/><path d='M19 12H5'/>");
pub const RETRY: Icon = Icon("<path d='M3 12a9 9 0 1 0 9-9 9.75 9.75 0 0 0-6.74 2.74L3 8'/><path d='M3 3v5h5'/>");
pub const REJECTED: Icon = Icon("<circle cx='12' cy='12' r='10'/><path d='m15 9-6 6'/><path d='m9 9 6 6'/>");
pub const READING: Icon = Icon(
    "<path d='M3 7V5a2 2 0 0 1 2-2h2'/><path d='M17 3h2a2 2 0 0 1 2 2v2'/><path d='M21 17v2a2 2 0 0 1-2 2h-2'/><path d='M7 21H5a2 2 0 0 1-2-2v-2'/><path d='M7 12h10'/>",
);
pub const WAITING: Icon = Icon(
    "<path d='M5 22h14'/><path d='M5 2h14'/><path d='M17 22v-4.172a2 2 0 0 0-.586-1.414L12 12l-4.414 4.414A2 2 0 0 0 7 17.828V22'/><path d='M7 2v4.172a2 2 0 0 0 .586 1.414L12 12l4.414-4.414A2 2 0 0 0 17 6.172V2'/>",
);
pub const PERSON: Icon = Icon(
    "<path d='m16 11 2 2 4-4'/><path d='M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2'/><circle cx='9' cy='7' r='4'/>",
);
pub const INFO: Icon = Icon("<circle cx='12' cy='12' r='10'/><path d='M12 16v-4'/><path d='M12 8h.01'/>");
pub const LOOK: Icon = Icon(
    "<path d='M2.062 12.348a1 1 0 0 1 0-.696 10.75 10.75 0 0 1 19.876 0 1 1 0 0 1 0 .696 10.75 10.75 0 0 1-19.876 0'/><circle cx='12' cy='12' r='3'/>",
);
pub const DOWNLOAD: Icon =
    Icon("<path d='M12 15V3'/><path d='M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4'/><path d='m7 10 5 5 5-5'/>");

/// A 16 px icon, silent: a word beside it, or a name on the button around it, says what it means.
pub fn icon(icon: Icon) -> Markup {
    drawing(icon, "icon")
}

/// The same at 20 px.
pub fn icon_large(icon: Icon) -> Markup {
    drawing(icon, "icon icon-lg")
}

/// The same, turning: work is under way.
pub fn icon_turning(icon: Icon) -> Markup {
    drawing(icon, "icon icon-spin")
}

fn drawing(icon: Icon, class: &'static str) -> Markup {
    el("svg").class(class).attr("viewBox", "0 0 24 24").attr("aria-hidden", "true").drawing(icon.0)
}
