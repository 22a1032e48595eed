//! What people see. Pages ask `api`; parts used by several pages are in `components`, the frame around them in `layout`.

pub mod components;
pub mod crash;
pub mod format;
pub mod icons;
pub mod layout;
pub mod markup;
pub mod pages;
pub mod prefs;
pub mod reactive;
pub mod state;
