//! Who may do what. Services ask here; pages only hide what would be refused.

use super::ids::UserId;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What a person is, set by an admin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Uploads, corrects and submits.
    Clerk,
    /// Approves and rejects, besides what a clerk does.
    Reviewer,
    /// Everything, and users, tokens and rules.
    Admin,
    /// Reads everything, changes nothing.
    Auditor,
}

/// One right. A token's scopes are a subset of its user's rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    Read,
    Upload,
    Edit,
    Approve,
    Export,
    Admin,
}

impl Right {
    pub const ALL: [Right; 6] = [Right::Read, Right::Upload, Right::Edit, Right::Approve, Right::Export, Right::Admin];

    pub fn as_str(self) -> &'static str {
        match self {
            Right::Read => "read",
            Right::Upload => "upload",
            Right::Edit => "edit",
            Right::Approve => "approve",
            Right::Export => "export",
            Right::Admin => "admin",
        }
    }
}

impl FromStr for Right {
    type Err = UnknownName;
    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Right::ALL.into_iter().find(|right| right.as_str() == text).ok_or_else(|| UnknownName(text.to_owned()))
    }
}

impl Role {
    pub const ALL: [Role; 4] = [Role::Clerk, Role::Reviewer, Role::Admin, Role::Auditor];

    pub fn as_str(self) -> &'static str {
        match self {
            Role::Clerk => "clerk",
            Role::Reviewer => "reviewer",
            Role::Admin => "admin",
            Role::Auditor => "auditor",
        }
    }

    /// The rights this role carries.
    pub fn rights(self) -> &'static [Right] {
        match self {
            Role::Clerk => &[Right::Read, Right::Upload, Right::Edit],
            Role::Reviewer => &[Right::Read, Right::Upload, Right::Edit, Right::Approve, Right::Export],
            Role::Admin => &Right::ALL,
            Role::Auditor => &[Right::Read],
        }
    }

    pub fn has(self, right: Right) -> bool {
        self.rights().contains(&right)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownName;
    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Role::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| UnknownName(text.to_owned()))
    }
}

/// A name that is none of the known ones.
#[derive(Debug, thiserror::Error)]
#[error("unknown name: {0}")]
pub struct UnknownName(pub String);

/// Who acts: a signed-in person, or a token in that person's name with fewer rights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    pub user_id: UserId,
    pub name: String,
    pub role: Role,
    /// Rights this sign-in carries: those of the role, or a token's subset of them.
    pub rights: Vec<Right>,
}

impl Actor {
    pub fn may(&self, right: Right) -> bool {
        self.role.has(right) && self.rights.contains(&right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_never_has_more_than_its_role() {
        let clerk = Actor {
            user_id: UserId(uuid::Uuid::nil()),
            name: "A".into(),
            role: Role::Clerk,
            rights: Right::ALL.to_vec(),
        };
        assert!(clerk.may(Right::Edit) && !clerk.may(Right::Approve) && !clerk.may(Right::Admin));
        let narrow = Actor { rights: vec![Right::Read], role: Role::Admin, ..clerk };
        assert!(narrow.may(Right::Read) && !narrow.may(Right::Upload));
    }

    #[test]
    fn an_auditor_changes_nothing() {
        assert_eq!(Role::Auditor.rights(), [Right::Read]);
    }

    #[test]
    fn names_match() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse::<Role>().ok(), Some(role));
        }
        for right in Right::ALL {
            assert_eq!(right.as_str().parse::<Right>().ok(), Some(right));
        }
    }
}
