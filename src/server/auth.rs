//! Who is asking: a session's cookie or a bearer token, turned into an [`Actor`] for handlers and server functions.

use super::{
    client_address::ClientAddress, errors::Failure, security::is_cross_site, sessions::DbSessions,
    sign_in_limits::SignInLimits, sockets::SignInWatch, state::AppState,
};
use crate::{
    api::auth::safe_next,
    domain::{error::AppError, ids::UserId, roles::Actor},
    services::{
        Services,
        accounts::{Account, Door},
    },
};
use async_trait::async_trait;
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use axum_login::{
    AuthManagerLayer, AuthManagerLayerBuilder, AuthUser, AuthnBackend,
    tower_sessions::{Expiry, SessionManagerLayer, SessionStore, cookie::SameSite, session},
};
use std::sync::{Arc, atomic::Ordering};
use time::{Duration, OffsetDateTime};

/// A session ends after this long without a request.
const SESSION_IDLE: Duration = Duration::hours(12);

/// A session's end is moved at most this often, so that reading does not mean writing.
const SESSION_TOUCH_SECONDS: i64 = 15 * 60;

/// The cookie's name.
pub const SESSION_COOKIE: &str = "ap_intake_session";

/// Where a session keeps when its end was last moved, in seconds since 1970.
const TOUCHED: &str = "touched";

/// How axum-login finds people.
#[derive(Clone)]
pub struct Backend {
    services: Services,
}

pub type AuthSession = axum_login::AuthSession<Backend>;

pub struct Credentials {
    pub email: String,
    pub password: String,
}

impl AuthUser for Account {
    type Id = UserId;

    fn id(&self) -> UserId {
        self.actor.user_id
    }

    fn session_auth_hash(&self) -> &[u8] {
        &self.stamp
    }
}

impl AuthnBackend for Backend {
    type User = Account;
    type Credentials = Credentials;
    type Error = AppError;

    async fn authenticate(&self, credentials: Credentials) -> Result<Option<Account>, AppError> {
        match self.services.account_by_password(&credentials.email, &credentials.password).await {
            Ok(account) => Ok(Some(account)),
            Err(AppError::Invalid { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn get_user(&self, id: &UserId) -> Result<Option<Account>, AppError> {
        self.services.account_by_id(*id).await
    }
}

/// Sessions over cookies: HttpOnly, SameSite=Lax, Secure where the server is reached by https.
pub fn session_layer(state: &AppState) -> AuthManagerLayer<Backend, DbSessions> {
    let sessions = SessionManagerLayer::new(state.sessions.clone())
        .with_name(SESSION_COOKIE)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(state.config.is_https())
        .with_expiry(Expiry::OnInactivity(SESSION_IDLE));
    AuthManagerLayerBuilder::new(Backend { services: state.services.clone() }, sessions).build()
}

/// Finds out who asks and notes it in the request. Refuses a bad token, and a change that another site's page asked
/// for in a person's name.
pub async fn identify(State(state): State<AppState>, auth: AuthSession, mut request: Request, next: Next) -> Response {
    match bearer(request.headers()) {
        Some(token) => match state.services.actor_by_token(token).await {
            Ok(actor) => {
                let watch = TokenWatch { services: state.services.clone(), token: token.to_owned() };
                request.extensions_mut().insert(actor);
                request.extensions_mut().insert::<Arc<dyn SignInWatch>>(Arc::new(watch));
            }
            Err(error) => return Failure(error).into_response(),
        },
        None => {
            if !request.method().is_safe() && is_cross_site(request.headers(), state.config.public_url.as_deref()) {
                let error = AppError::forbidden("cross_site", "This request came from another site's page");
                return Failure(error).into_response();
            }
            if let Some(account) = &auth.user {
                request.extensions_mut().insert(account.actor.clone());
                if let Some(id) = auth.session.id() {
                    let (services, sessions) = (state.services.clone(), state.sessions.clone());
                    let watch = SessionWatch { services, sessions, id, account: account.clone() };
                    request.extensions_mut().insert::<Arc<dyn SignInWatch>>(Arc::new(watch));
                }
                touch(&auth).await;
            }
        }
    }
    let door: Arc<dyn Door> = Arc::new(WebDoor {
        auth,
        services: state.services.clone(),
        limits: state.limits.clone(),
        address: request.extensions().get::<ClientAddress>().copied().unwrap_or_default(),
        shows_demo_users: state.config.demo,
    });
    request.extensions_mut().insert(door);
    next.run(request).await
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Moves the session's end, now and then.
async fn touch(auth: &AuthSession) {
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let touched = auth.session.get::<i64>(TOUCHED).await.ok().flatten().unwrap_or(0);
    if now - touched >= SESSION_TOUCH_SECONDS
        && let Err(error) = auth.session.insert(TOUCHED, now).await
    {
        tracing::warn!(%error, "session could not be prolonged");
    }
}

/// Whether a token still counts, for sockets that stay open.
struct TokenWatch {
    services: Services,
    token: String,
}

#[async_trait]
impl SignInWatch for TokenWatch {
    async fn actor(&self) -> Result<Option<Actor>, AppError> {
        match self.services.actor_by_token(&self.token).await {
            Err(AppError::Unauthenticated) => Ok(None),
            found => found.map(Some),
        }
    }
}

/// Whether a session still counts.
struct SessionWatch {
    services: Services,
    sessions: DbSessions,
    id: session::Id,
    account: Account,
}

#[async_trait]
impl SignInWatch for SessionWatch {
    async fn actor(&self) -> Result<Option<Actor>, AppError> {
        if self.sessions.load(&self.id).await.map_err(session_failed)?.is_none() {
            return Ok(None);
        }
        let account = self.services.account_by_id(self.account.actor.user_id).await?;
        // Another stamp is another password.
        Ok(account.filter(|account| account.stamp == self.account.stamp).map(|account| account.actor))
    }
}

/// Signing in and out over HTTP.
struct WebDoor {
    auth: AuthSession,
    services: Services,
    limits: Arc<SignInLimits>,
    address: ClientAddress,
    shows_demo_users: bool,
}

#[async_trait]
impl Door for WebDoor {
    async fn sign_in(&self, email: &str, password: &str) -> Result<Account, AppError> {
        if let Err(wait) = self.limits.take(self.address.0, email) {
            tracing::warn!(address = %self.address.0, "too many failed sign-ins");
            return Err(AppError::RateLimited { seconds: wait.as_secs().max(1) });
        }
        let account = self.services.account_by_password(email, password).await.inspect_err(|_| {
            tracing::info!(address = %self.address.0, "sign-in failed");
        })?;
        self.limits.give_back(self.address.0, email);
        // A session id from before, which somebody else may have planted, does not live on.
        let mut auth = self.auth.clone();
        auth.session.cycle_id().await.map_err(session_failed)?;
        auth.login(&account).await.map_err(session_failed)?;
        let now = OffsetDateTime::now_utc().unix_timestamp();
        auth.session.insert(TOUCHED, now).await.map_err(session_failed)?;
        tracing::info!(user_id = %account.actor.user_id, "signed in");
        Ok(account)
    }

    async fn sign_out(&self) -> Result<(), AppError> {
        let mut auth = self.auth.clone();
        auth.logout().await.map_err(session_failed)?;
        Ok(())
    }

    fn account(&self) -> Option<Account> {
        self.auth.user.clone()
    }

    fn shows_demo_users(&self) -> bool {
        self.shows_demo_users
    }
}

fn session_failed(error: impl std::fmt::Debug) -> AppError {
    tracing::error!(?error, "session failed");
    AppError::Internal
}

/// The actor, for REST handlers; without one the answer is 401.
pub struct SignedInActor(pub Actor);

impl<S: Send + Sync> FromRequestParts<S> for SignedInActor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts.extensions.get::<Actor>().cloned().map(SignedInActor).ok_or(Failure(AppError::Unauthenticated))
    }
}

/// Sends people who are not signed in to the sign-in page (or, on a first start, to `/setup`), and those who are away
/// from it. For pages only.
pub async fn guard_pages(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path.starts_with("/api/") {
        return next.run(request).await;
    }
    let is_signed_in = request.extensions().get::<Actor>().is_some();
    let to = match path {
        "/sign-in" | "/setup" if is_signed_in => Some("/".to_owned()),
        "/setup" if !needs_setup(&state).await => Some("/sign-in".to_owned()),
        "/setup" => None,
        _ if is_signed_in => None,
        _ if needs_setup(&state).await => Some("/setup".to_owned()),
        "/sign-in" => None,
        _ => Some(sign_in_url(&request)),
    };
    match to {
        Some(to) => ([(header::CACHE_CONTROL, "no-store")], Redirect::to(&to)).into_response(),
        None => next.run(request).await,
    }
}

fn sign_in_url(request: &Request) -> String {
    let wanted = request.uri().path_and_query().map(|path| path.as_str());
    match safe_next(wanted) {
        next if next == "/" => "/sign-in".to_owned(),
        next => format!("/sign-in?{}", query_pair("next", &next)),
    }
}

/// `name=value` with everything escaped that has a meaning in a query.
fn query_pair(name: &str, value: &str) -> String {
    let mut text = format!("{name}=");
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => text.push(char::from(byte)),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

async fn needs_setup(state: &AppState) -> bool {
    if state.setup.load(Ordering::Relaxed) {
        return false;
    }
    // Unknown is no reason to show the set-up page.
    let needed = state.services.needs_setup().await.unwrap_or(false);
    if !needed {
        state.setup.store(true, Ordering::Relaxed);
    }
    needed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(uri: &str) -> Request {
        Request::builder().uri(uri).body(axum::body::Body::empty()).expect("a request")
    }

    #[test]
    fn the_way_back_is_kept() {
        assert_eq!(sign_in_url(&request("/")), "/sign-in");
        assert_eq!(sign_in_url(&request("/invoices/1?q=a%20b&x=1")), "/sign-in?next=/invoices/1%3Fq%3Da%2520b%26x%3D1");
        assert_eq!(sign_in_url(&request("//evil.example/")), "/sign-in");
    }

    #[test]
    fn bearer_tokens() {
        let with = |value: &str| HeaderMap::from_iter([(header::AUTHORIZATION, value.parse().expect("a header"))]);
        assert_eq!(bearer(&with("Bearer abc")), Some("abc"));
        assert_eq!(bearer(&with("bearer  abc ")), Some("abc"));
        assert_eq!(bearer(&with("Basic abc")), None);
        assert_eq!(bearer(&HeaderMap::new()), None);
    }
}
