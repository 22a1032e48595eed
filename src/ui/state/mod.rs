//! What pages share: the live socket, the query cache, unsent edits, uploads.

pub mod bell;
pub mod connection;
pub mod edits;
pub mod hooks;
pub mod live;
pub mod page_pictures;
pub mod patience;
pub mod presence;
pub mod queries;
pub mod reducer;
pub mod uploads;

pub use bell::Bell;
pub use connection::{Connection, SocketState};
pub use edits::Edits;
pub use hooks::{use_live_invoice, use_live_list, use_task_progress};
pub use live::{Live, LiveListener};
pub use presence::{Person, Presence, use_presence};
pub use queries::{Listed, provide_queries, use_dashboard, use_invoice};
pub use reducer::LiveEvent;
pub use uploads::Uploads;
