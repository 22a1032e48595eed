//! Signing in and out, and who is signed in.

use super::ApiError;
use crate::domain::roles::{Right, Role};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The person signed in, for the header and for hiding what would be refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignedIn {
    pub user_id: crate::domain::ids::UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub rights: Vec<Right>,
}

/// What the sign-in page has to show.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SignInInfo {
    /// No user exists yet: go to `/setup`.
    pub needs_setup: bool,
    /// The demo users may be shown: (e-mail, role).
    pub demo_users: Vec<(String, String)>,
    pub demo_password: Option<String>,
}
