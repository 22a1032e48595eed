//! Signing in and out, and who is signed in.

use super::{ApiError, encoding::Json};
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

/// Signs in and goes to `next`, a path of this site. A plain form works too: without JavaScript a refusal comes back
/// to the page the form was on.
#[server(prefix = "/api/fn", output = Json)]
pub async fn sign_in(email: String, password: String, next: Option<String>) -> Result<(), ApiError> {
    let door = crate::services::accounts::request_door()?;
    door.sign_in(&email, &password).await?;
    leptos_axum::redirect(&safe_next(next.as_deref()));
    Ok(())
}

/// Signs out and goes to the sign-in page.
#[server(prefix = "/api/fn", output = Json)]
pub async fn sign_out() -> Result<(), ApiError> {
    crate::services::accounts::request_door()?.sign_out().await?;
    leptos_axum::redirect("/sign-in");
    Ok(())
}

/// Makes the first admin, signs them in and goes to the dashboard. Refused once anybody exists.
#[server(prefix = "/api/fn", output = Json)]
pub async fn setup_admin(email: String, name: String, password: String) -> Result<(), ApiError> {
    let services = use_context::<crate::services::Services>().ok_or(crate::domain::error::AppError::Internal)?;
    let door = crate::services::accounts::request_door()?;
    services.setup_admin(&email, &name, &password).await?;
    door.sign_in(&email, &password).await?;
    leptos_axum::redirect("/");
    Ok(())
}

/// The person signed in, or None.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn current_user() -> Result<Option<SignedIn>, ApiError> {
    let account = crate::services::accounts::request_door()?.account();
    Ok(account.map(|account| SignedIn {
        user_id: account.actor.user_id,
        name: account.actor.name,
        email: account.email,
        role: account.actor.role,
        rights: account.actor.rights,
    }))
}

/// What the sign-in page has to show.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn load_sign_in_info() -> Result<SignInInfo, ApiError> {
    let services = use_context::<crate::services::Services>().ok_or(crate::domain::error::AppError::Internal)?;
    let door = crate::services::accounts::request_door()?;
    let mut info = SignInInfo { needs_setup: services.needs_setup().await?, ..SignInInfo::default() };
    if door.shows_demo_users() {
        info.demo_users = services.demo_users().await?;
        info.demo_password = (!info.demo_users.is_empty()).then(|| crate::services::accounts::DEMO_PASSWORD.to_owned());
    }
    Ok(info)
}

/// The path to go to after signing in: only ever one of this site. `//host` and `/\host` lead elsewhere in browsers.
pub fn safe_next(next: Option<&str>) -> String {
    let is_local = |path: &&str| {
        path.starts_with('/')
            && !path.starts_with("//")
            && !path.contains(['\\', '\r', '\n', '\t'])
            && !path.starts_with("/sign-in")
            && path.len() <= 2000
    };
    next.filter(is_local).unwrap_or("/").to_owned()
}

#[cfg(test)]
mod tests {
    use super::safe_next;

    #[test]
    fn next_stays_on_this_site() {
        for good in ["/", "/?status=needs_review&q=a%20b", "/invoices/1"] {
            assert_eq!(safe_next(Some(good)), good);
        }
        for bad in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "/\tevil",
            "/a\r\nSet-Cookie: b",
            "",
            "/sign-in?next=/",
        ] {
            assert_eq!(safe_next(Some(bad)), "/", "{bad:?}");
        }
        assert_eq!(safe_next(None), "/");
    }
}
