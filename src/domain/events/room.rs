//! Rooms: who hears what. The name of one is its text.

use crate::domain::{
    ids::{InvoiceId, TaskId, UserId},
    roles::UnknownName,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where an event is heard.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Room {
    Invoice(InvoiceId),
    Task(TaskId),
    User(UserId),
    WorkItems,
    All,
}

impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Room::Invoice(id) => write!(f, "invoice:{id}"),
            Room::Task(id) => write!(f, "task:{id}"),
            Room::User(id) => write!(f, "user:{id}"),
            Room::WorkItems => f.write_str("workitems"),
            Room::All => f.write_str("all"),
        }
    }
}

impl std::str::FromStr for Room {
    type Err = UnknownName;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownName(text.to_owned());
        match text.split_once(':') {
            Some(("invoice", id)) => id.parse().map(Room::Invoice).map_err(|_| unknown()),
            Some(("task", id)) => id.parse().map(Room::Task).map_err(|_| unknown()),
            Some(("user", id)) => id.parse().map(Room::User).map_err(|_| unknown()),
            None if text == "workitems" => Ok(Room::WorkItems),
            None if text == "all" => Ok(Room::All),
            _ => Err(unknown()),
        }
    }
}

impl Serialize for Room {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Room {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
