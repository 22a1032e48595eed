//! Slows down guessing of passwords, per address and per account. Only failures count, so that an office behind one
//! address is not locked out by signing in: a try is taken before the check, so that parallel ones count, and given
//! back after a success. (governor has no giving back, hence a bucket of our own.)

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Whose tries are counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Address(IpAddr),
    Account(String),
}

impl Key {
    /// Failures in a row, and the time after which one more is allowed.
    fn allowance(&self) -> (f64, Duration) {
        match self {
            Key::Address(_) => (20.0, Duration::from_secs(6)),
            Key::Account(_) => (5.0, Duration::from_secs(30)),
        }
    }
}

/// Keys remembered at most; those with nothing against them are forgotten first.
const MAX_KEYS: usize = 20_000;

#[derive(Default)]
pub struct SignInLimits {
    /// Failures held against a key, as of a time.
    held: Mutex<HashMap<Key, (f64, Instant)>>,
}

impl SignInLimits {
    /// Takes a try. Error: how long to wait for the next.
    pub fn take(&self, address: IpAddr, account: &str) -> Result<(), Duration> {
        self.take_at(address, account, Instant::now())
    }

    fn take_at(&self, address: IpAddr, account: &str, now: Instant) -> Result<(), Duration> {
        let keys = keys(address, account);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= MAX_KEYS {
            held.retain(|key, entry| left(key, *entry, now) > 0.0);
        }
        for key in &keys {
            let (max, period) = key.allowance();
            let failures = held.get(key).map_or(0.0, |entry| left(key, *entry, now));
            if failures + 1.0 > max {
                return Err(period.mul_f64(failures + 1.0 - max));
            }
            // Full of keys that are all held back: a flood. Nobody new until it ebbs.
            if held.len() >= MAX_KEYS && !held.contains_key(key) {
                return Err(period);
            }
        }
        for key in keys {
            let failures = held.get(&key).map_or(0.0, |entry| left(&key, *entry, now));
            held.insert(key, (failures + 1.0, now));
        }
        Ok(())
    }

    /// Gives back a try that was right.
    pub fn give_back(&self, address: IpAddr, account: &str) {
        let now = Instant::now();
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        for key in keys(address, account) {
            if let Some(entry) = held.get_mut(&key) {
                *entry = ((left(&key, *entry, now) - 1.0).max(0.0), now);
            }
        }
    }
}

fn keys(address: IpAddr, account: &str) -> [Key; 2] {
    // Longer than any address of ours: no reason to keep it whole.
    let account = account.trim().chars().take(254).collect::<String>().to_lowercase();
    [Key::Address(address), Key::Account(account)]
}

/// What is still held against a key: failures fade, one a period.
fn left(key: &Key, (failures, since): (f64, Instant), now: Instant) -> f64 {
    let (_, period) = key.allowance();
    (failures - now.duration_since(since).as_secs_f64() / period.as_secs_f64()).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn the_sixth_failure_of_an_account_waits_and_then_passes() {
        let limits = SignInLimits::default();
        let start = Instant::now();
        for _ in 0..5 {
            assert_eq!(limits.take_at(HERE, "a@b", start), Ok(()));
        }
        let wait = limits.take_at(HERE, " A@B ", start).expect_err("a wait");
        assert_eq!(wait, Duration::from_secs(30));
        assert_eq!(limits.take_at(HERE, "c@d", start), Ok(()), "another account is free");
        assert_eq!(limits.take_at(HERE, "a@b", start + wait), Ok(()));
        assert!(limits.take_at(HERE, "a@b", start + wait).is_err());
    }

    #[test]
    fn an_address_is_held_back_over_many_accounts() {
        let limits = SignInLimits::default();
        let start = Instant::now();
        for account in 0..20 {
            assert_eq!(limits.take_at(HERE, &account.to_string(), start), Ok(()));
        }
        assert!(limits.take_at(HERE, "new", start).is_err());
        let elsewhere = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
        assert_eq!(limits.take_at(elsewhere, "new", start), Ok(()));
    }

    #[test]
    fn success_costs_nothing() {
        let limits = SignInLimits::default();
        for _ in 0..100 {
            assert_eq!(limits.take(HERE, "a@b"), Ok(()));
            limits.give_back(HERE, "a@b");
        }
    }
}
