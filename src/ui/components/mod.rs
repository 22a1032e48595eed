//! Parts that several pages use. Each knows how it looks and how it is reached by keyboard and ear; none knows what an
//! invoice is, besides the marks of its states.

pub mod avatar;
pub mod button;
pub mod dialog;
pub mod empty;
pub mod failure;
pub mod field;
pub mod figures;
pub mod focus;
pub mod keyed;
pub mod marks;
pub mod pager;
pub mod people_menu;
pub mod progress;
pub mod search;
pub mod skeleton;
pub mod table;
pub mod tabs;
pub mod toast;
pub mod when;
