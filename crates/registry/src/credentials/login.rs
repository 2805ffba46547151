//! A login for a registry.

use crate::secret::Secret;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Login {
    /// A user and a password, or an access token in its place.
    Password {
        /// The user.
        user: String,
        /// The password.
        password: Secret,
    },
    /// A refresh token of the token server.
    IdentityToken(Secret),
}

/// A login, and where it is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) login: Login,
    /// As messages name it.
    pub(crate) origin: String,
}
