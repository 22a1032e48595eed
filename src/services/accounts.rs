//! People and programs: who they are, how they prove it, and how they come to be.

use super::Services;
use crate::{
    db::{Conn, StoreError, now_ms, tokens, users},
    domain::{
        error::AppError,
        ids::UserId,
        roles::{Actor, Right, Role},
    },
};
use argon2::{
    Argon2, PasswordHash, PasswordHasher, PasswordVerifier,
    password_hash::{SaltString, rand_core::OsRng},
};
use async_trait::async_trait;
use rand::RngCore;
use sha2::{Digest, Sha256};
use std::sync::OnceLock;
use tokio::sync::Semaphore;
use uuid::Uuid;

/// Characters a new password must have at least and at most.
pub const PASSWORD_LENGTH: std::ops::RangeInclusive<usize> = 12..=200;

/// The password of the demo users; printed on the sign-in page.
pub const DEMO_PASSWORD: &str = "demo-password";

/// The demo users: address, name, role.
pub const DEMO_USERS: [(&str, &str, Role); 3] = [
    ("clerk@example.com", "Demo clerk", Role::Clerk),
    ("reviewer@example.com", "Demo reviewer", Role::Reviewer),
    ("admin@example.com", "Demo admin", Role::Admin),
];

/// What every token begins with, so that scanners of leaked secrets can know it.
const TOKEN_PREFIX: &str = "api_";

/// Each hash takes 19 MiB; more than this many at once would be a way to take the server's memory.
static HASHING: Semaphore = Semaphore::const_new(4);

/// A person with what a session needs to know of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub actor: Actor,
    pub email: String,
    /// SHA-256 of the password's hash: a session ends when the password changes.
    pub stamp: [u8; 32],
}

impl Account {
    fn of(user: users::User) -> Account {
        Account {
            stamp: Sha256::digest(user.password_hash.as_bytes()).into(),
            actor: Actor { user_id: user.id, name: user.name, role: user.role, rights: user.role.rights().to_vec() },
            email: user.email,
        }
    }
}

/// The way in for people: what server functions need of the transport. `server` puts one into each request's context.
#[async_trait]
pub trait Door: Send + Sync {
    /// Checks the password and opens a session. Errors: `Invalid` whatever is wrong, `RateLimited`.
    async fn sign_in(&self, email: &str, password: &str) -> Result<Account, AppError>;

    /// Ends the session. Does nothing without one.
    async fn sign_out(&self) -> Result<(), AppError>;

    /// Whose session this is.
    fn account(&self) -> Option<Account>;

    /// Whether the sign-in page may show the demo users.
    fn shows_demo_users(&self) -> bool;
}

/// The door of the request a server function answers.
pub fn request_door() -> Result<std::sync::Arc<dyn Door>, AppError> {
    leptos::prelude::use_context::<std::sync::Arc<dyn Door>>().ok_or(AppError::Internal)
}

impl Services {
    /// The person with this address and password. Takes the same time whether the address is known or not.
    pub async fn account_by_password(&self, email: &str, password: &str) -> Result<Account, AppError> {
        let email = email.trim().to_lowercase();
        let user = users::user_by_email(&mut *self.store.read().await?, &email).await?;
        let known_hash = user.as_ref().map(|user| user.password_hash.clone());
        let password = password.to_owned();
        let matches = hashing(move || {
            // Asked for in both cases: the first call makes it, and that must not tell them apart.
            let nobody = nobodys_hash();
            verify(&password, known_hash.as_deref().unwrap_or(nobody))
        })
        .await?;
        match user {
            Some(user) if matches && !user.disabled => Ok(Account::of(user)),
            _ => Err(AppError::invalid(None, "E-mail address or password is wrong")),
        }
    }

    /// A person by id, unless disabled. What another process changed is seen within a second.
    pub async fn account_by_id(&self, id: UserId) -> Result<Option<Account>, AppError> {
        if let Some(account) = self.accounts.get(&id) {
            return Ok(Some(account));
        }
        let user = users::user_by_id(&mut *self.store.read().await?, id).await?;
        let account = user.filter(|user| !user.disabled).map(Account::of);
        if let Some(account) = &account {
            self.accounts.put(id, account.clone());
        }
        Ok(account)
    }

    /// Who holds this API token. Error: `Unauthenticated` for an unknown or revoked one, or one of a disabled person.
    pub async fn actor_by_token(&self, token: &str) -> Result<Actor, AppError> {
        let mut conn = self.store.read().await?;
        let token = tokens::token_by_hash(&mut conn, &token_hash(token)).await?.ok_or(AppError::Unauthenticated)?;
        let user = users::user_by_id(&mut conn, token.user_id).await?;
        let user = user.filter(|user| !user.disabled).ok_or(AppError::Unauthenticated)?;
        // The role may have shrunk since the token was made.
        let rights = token.scopes.split_whitespace().filter_map(|scope| scope.parse().ok());
        let rights = rights.filter(|&right| user.role.has(right)).collect();
        Ok(Actor { user_id: user.id, name: user.name, role: user.role, rights })
    }

    /// Whether nobody can sign in yet.
    pub async fn needs_setup(&self) -> Result<bool, AppError> {
        Ok(users::user_count(&mut *self.store.read().await?).await? == 0)
    }

    /// Makes the first admin. Error: `Forbidden` when there is a user already, however close the race.
    pub async fn setup_admin(&self, email: &str, name: &str, password: &str) -> Result<(), AppError> {
        if !self.needs_setup().await? {
            return Err(setup_done());
        }
        let user = new_user(email, name, Role::Admin, password).await?;
        // This kind of transaction is serial on both databases, so two set-ups can not both count none.
        let mut tx = self.store.begin().await?;
        if users::user_count(&mut tx).await? > 0 {
            return Err(setup_done());
        }
        users::user_insert(&mut tx, &user, now_ms()).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(())
    }

    /// Adds a person. Errors: `Invalid` for a bad or taken address, an empty name, a password too short or too long.
    pub async fn user_add(&self, email: &str, name: &str, role: Role, password: &str) -> Result<UserId, AppError> {
        let user = new_user(email, name, role, password).await?;
        let mut tx = self.store.begin_quiet().await?;
        insert_person(&mut tx, &user).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(user.id)
    }

    /// Takes away a person's access, at once, with all their sessions and tokens. Errors: `NotFound`, and
    /// `Blocked` for the last admin.
    pub async fn user_disable(&self, email: &str) -> Result<(), AppError> {
        let mut tx = self.store.begin().await?;
        let user = users::user_by_email(&mut tx, &email.trim().to_lowercase()).await?;
        let user = user.filter(|user| !user.disabled).ok_or_else(|| AppError::not_found("Person"))?;
        super::members::require_other_admin(&mut tx, &user).await?;
        users::user_set_disabled(&mut tx, user.id, Some(now_ms())).await?;
        tx.commit().await.map_err(StoreError::from)?;
        self.forget_accounts();
        Ok(())
    }

    /// Has running sessions ask the database who they are.
    pub(super) fn forget_accounts(&self) {
        self.accounts.clear();
    }

    /// Makes an API token for a person and gives it: the only time it is seen. No scope goes beyond the person's role.
    pub async fn token_create(&self, email: &str, name: &str, scopes: &[Right]) -> Result<String, AppError> {
        let email = email.trim().to_lowercase();
        let user = users::user_by_email(&mut *self.store.read().await?, &email).await?;
        let user = user.ok_or_else(|| AppError::not_found("Person"))?;
        if let Some(beyond) = scopes.iter().find(|&&scope| !user.role.has(scope)) {
            let message = format!("a {} can not give a token the scope {}", user.role, beyond.as_str());
            return Err(AppError::forbidden("scope_beyond_role", message));
        }
        if scopes.is_empty() {
            return Err(AppError::invalid(Some("scopes"), "a token needs at least one scope"));
        }
        let mut secret = [0_u8; 32];
        rand::rng().fill_bytes(&mut secret);
        let text = format!("{TOKEN_PREFIX}{}", hex::encode(secret));
        let scopes: Vec<_> = scopes.iter().map(|scope| scope.as_str()).collect();
        let token = tokens::Token {
            id: Uuid::now_v7().to_string(),
            user_id: user.id,
            name: name.to_owned(),
            scopes: scopes.join(" "),
        };
        let mut tx = self.store.begin_quiet().await?;
        tokens::token_insert(&mut tx, &token, &token_hash(&text), now_ms()).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(text)
    }

    /// All rights of a person's role. Error: `NotFound`.
    pub async fn rights_of(&self, email: &str) -> Result<Vec<Right>, AppError> {
        let user = users::user_by_email(&mut *self.store.read().await?, &email.trim().to_lowercase()).await?;
        Ok(user.ok_or_else(|| AppError::not_found("Person"))?.role.rights().to_vec())
    }

    /// Ends a token, given as it was printed. Error: `NotFound`.
    pub async fn token_revoke(&self, token: &str) -> Result<(), AppError> {
        let mut tx = self.store.begin_quiet().await?;
        let found = tokens::token_by_hash(&mut tx, &token_hash(token)).await?;
        let found = found.ok_or_else(|| AppError::not_found("Token"))?;
        tokens::token_revoke(&mut tx, &found.id, now_ms()).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(())
    }

    /// Makes the demo users where nobody exists yet, and gives the clerk; None when there are people already.
    pub async fn demo_users_create(&self) -> Result<Option<Actor>, AppError> {
        let mut people = Vec::new();
        for (email, name, role) in DEMO_USERS {
            people.push(users::User { is_demo: true, ..new_user(email, name, role, DEMO_PASSWORD).await? });
        }
        let mut tx = self.store.begin().await?;
        if users::user_count(&mut tx).await? > 0 {
            return Ok(None);
        }
        for person in &people {
            users::user_insert(&mut tx, person, now_ms()).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;
        Ok(people.into_iter().next().map(|clerk| Account::of(clerk).actor))
    }

    /// The demo users that exist: address and role.
    pub async fn demo_users(&self) -> Result<Vec<(String, String)>, AppError> {
        let people = users::user_list_demo(&mut *self.store.read().await?).await?;
        Ok(people.into_iter().map(|user| (user.email, user.role.to_string())).collect())
    }
}

fn setup_done() -> AppError {
    AppError::forbidden("setup_done", "An admin exists already. Sign in")
}

/// A checked person with the password hashed.
pub(super) async fn new_user(email: &str, name: &str, role: Role, password: &str) -> Result<users::User, AppError> {
    let email = email.trim().to_lowercase();
    if !is_email(&email) {
        return Err(AppError::invalid(Some("email"), "This is not an e-mail address"));
    }
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(AppError::invalid(Some("name"), "Give a name of up to 100 characters"));
    }
    if !PASSWORD_LENGTH.contains(&password.chars().count()) {
        let (min, max) = (PASSWORD_LENGTH.start(), PASSWORD_LENGTH.end());
        return Err(AppError::invalid(Some("password"), format!("A password has {min} to {max} characters")));
    }
    let password = password.to_owned();
    let password_hash = hashing(move || hash(&password)).await??;
    Ok(users::User {
        id: UserId(Uuid::now_v7()),
        email,
        name: name.to_owned(),
        role,
        password_hash,
        is_demo: false,
        disabled: false,
        approval_limit: None,
    })
}

/// Error: `Invalid` when the address is taken.
pub(super) async fn insert_person(conn: &mut Conn, user: &users::User) -> Result<(), AppError> {
    match users::user_insert(conn, user, now_ms()).await {
        Err(StoreError::Duplicate(_)) => {
            Err(AppError::invalid(Some("email"), format!("{} has an account already", user.email)))
        }
        done => Ok(done?),
    }
}

/// A first password: 120 random bits.
pub fn made_up_password() -> String {
    let mut bytes = [0_u8; 15];
    rand::rng().fill_bytes(&mut bytes);
    hex::encode(bytes)
}

/// One `@`, something before it, a domain behind it, no spaces. Only the mail server knows more.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let plain =
        |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control() || c == '@');
    text.len() <= 254 && plain(local) && plain(domain) && !domain.starts_with('.') && !domain.ends_with('.')
}

/// Runs argon2 where it does not hold up other requests.
async fn hashing<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    let _turn = HASHING.acquire().await.map_err(|_| AppError::Internal)?;
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "password hashing stopped");
        AppError::Internal
    })
}

/// argon2id with the library's parameters (19 MiB, 2 passes), as OWASP recommends.
fn hash(password: &str) -> Result<String, AppError> {
    let salt = SaltString::generate(&mut OsRng);
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt).map_err(|error| {
        tracing::error!(%error, "password hashing failed");
        AppError::Internal
    })?;
    Ok(hash.to_string())
}

fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// What an unknown address is checked against, so that it takes as long as a known one.
fn nobodys_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| {
        let mut secret = [0_u8; 32];
        rand::rng().fill_bytes(&mut secret);
        hash(&hex::encode(secret)).unwrap_or_default()
    })
}

fn token_hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_matches_only_itself() {
        let stored = hash("correct horse battery").expect("a hash");
        assert!(stored.starts_with("$argon2id$"));
        assert!(verify("correct horse battery", &stored));
        assert!(!verify("correct horse batterz", &stored));
        assert!(!verify("", nobodys_hash()));
        assert!(!verify("anything", "not a hash"));
    }

    #[test]
    fn addresses() {
        for good in ["a@b.example", "first.last+tag@mail.example", "a@localhost"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "a", "@b", "a@", "a b@c", "a@b@c", "a@.b", "a@b.", "a@b\n"] {
            assert!(!is_email(bad), "{bad:?}");
        }
    }

    #[tokio::test]
    async fn new_people_are_checked() {
        let field = |result: Result<users::User, AppError>| match result {
            Err(AppError::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(new_user("nobody", "N", Role::Clerk, "long enough password").await).as_deref(), Some("email"));
        assert_eq!(field(new_user("a@b", " ", Role::Clerk, "long enough password").await).as_deref(), Some("name"));
        assert_eq!(field(new_user("a@b", "N", Role::Clerk, "short").await).as_deref(), Some("password"));
        assert_eq!(field(new_user("a@b", "N", Role::Clerk, &"x".repeat(201)).await).as_deref(), Some("password"));
    }
}
