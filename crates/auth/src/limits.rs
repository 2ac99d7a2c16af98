//! How often the sensitive routes may be tried, by address and by account. Buckets refill all the time, so an
//! account is never locked: whoever is crowded out gets through as soon as a token is there.

use std::{hash::Hash, net::IpAddr, num::NonZeroU32, time::Duration};

use kit::{Result, address::Client, limits::Limiter};
use protocol::UserId;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

pub struct Limits {
    login_address: Limiter<IpAddr>,
    login_account: Limiter<String>,
    signup_address: Limiter<IpAddr>,
    signup_account: Limiter<String>,
    forgot_address: Limiter<IpAddr>,
    forgot_account: Limiter<String>,
    reset_address: Limiter<IpAddr>,
    reset_account: Limiter<UserId>,
    current_password: Limiter<UserId>,
}

impl Limits {
    pub fn new(is_on: bool) -> Self {
        let limit = Factory { is_on };
        Self {
            login_address: limit.of("login_address", 60, MINUTE, 60),
            login_account: limit.of("login_account", 10, MINUTE, 10),
            signup_address: limit.of("signup_address", 20, HOUR, 20),
            signup_account: limit.of("signup_account", 10, HOUR, 10),
            forgot_address: limit.of("forgot_address", 20, HOUR, 20),
            forgot_account: limit.of("forgot_account", 5, HOUR, 3),
            reset_address: limit.of("reset_address", 20, HOUR, 20),
            reset_account: limit.of("reset_account", 10, HOUR, 10),
            current_password: limit.of("current_password", 10, MINUTE, 10),
        }
    }

    /// `identifier`: what was typed in, folded; whether it exists makes no difference.
    pub fn login(&self, client: &Client, identifier: &str) -> Result<()> {
        self.login_address.check(&client.limit_key())?;
        self.login_account.check(&identifier.to_owned())
    }

    pub fn signup(&self, client: &Client, email: &str) -> Result<()> {
        self.signup_address.check(&client.limit_key())?;
        self.signup_account.check(&email.to_owned())
    }

    /// As `login`.
    pub fn forgot(&self, client: &Client, email: &str) -> Result<()> {
        self.forgot_address.check(&client.limit_key())?;
        self.forgot_account.check(&email.to_owned())
    }

    pub fn reset(&self, client: &Client) -> Result<()> {
        self.reset_address.check(&client.limit_key())
    }

    /// Once a token told whose password it is.
    pub fn reset_of(&self, user: UserId) -> Result<()> {
        self.reset_account.check(&user)
    }

    /// Guards the current password against whoever holds a stolen access token.
    pub fn current_password(&self, user: UserId) -> Result<()> {
        self.current_password.check(&user)
    }

    pub fn sweep(&self) {
        for limiter in [&self.login_address, &self.signup_address, &self.forgot_address, &self.reset_address]
        {
            limiter.sweep();
        }
        for limiter in [&self.login_account, &self.signup_account, &self.forgot_account] {
            limiter.sweep();
        }
        self.reset_account.sweep();
        self.current_password.sweep();
    }
}

struct Factory {
    is_on: bool,
}

impl Factory {
    fn of<K: Hash + Eq + Clone>(
        &self,
        name: &'static str,
        count: u32,
        period: Duration,
        burst: u32,
    ) -> Limiter<K> {
        match (NonZeroU32::new(count), NonZeroU32::new(burst)) {
            (Some(count), Some(burst)) if self.is_on => Limiter::new(name, count, period, burst),
            _ => Limiter::off(),
        }
    }
}
