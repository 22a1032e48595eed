//! Where everything is put together.
pub mod sockets;
