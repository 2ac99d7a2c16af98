//! Why the server closes a socket: codes of RFC 6455 §7.4.1 with the contract's reasons.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Close {
    pub code: u16,
    pub reason: &'static str,
}

impl Close {
    /// No token, or not one of ours, or expired.
    pub const UNAUTHORIZED: Self = Self::policy("unauthorized");
    /// The session ended.
    pub const REVOKED: Self = Self::policy("revoked");
    /// There is no such room for this user.
    pub const NOT_FOUND: Self = Self::policy("not-found");
    /// The user of a one-room connection left the room or was removed.
    pub const REMOVED: Self = Self::policy("removed");
    /// The room of a one-room connection is gone.
    pub const DELETED: Self = Self::policy("deleted");
    pub const ABUSE: Self = Self::policy("abuse");
    pub const PROTOCOL: Self = Self { code: 1002, reason: "protocol" };
    pub const BAD_UTF8: Self = Self { code: 1007, reason: "utf-8" };
    pub const TOO_LARGE: Self = Self { code: 1009, reason: "too-large" };
    pub const SILENT: Self = Self { code: 1001, reason: "silent" };
    pub const RESTART: Self = Self { code: 1012, reason: "restart" };
    /// Their other connections are as many as one user may have.
    pub const TOO_MANY: Self = Self { code: 1013, reason: "too-many" };
    /// Come back: it reads too slowly, or what is needed to serve it is away.
    pub const RESUME: Self = Self { code: 1013, reason: "resume" };

    const fn policy(reason: &'static str) -> Self {
        Self { code: 1008, reason }
    }
}
