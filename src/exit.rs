//! How the binary ends: 0 done, 1 failed, 2 wrong usage, 3 a check failed, 4 something it depends on is down.

use std::process::ExitCode;

/// Why a command ended without success.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It could not be done.
    #[error("{0:#}")]
    Failed(#[from] anyhow::Error),
    /// It was asked for in the wrong way, or a setting is wrong.
    #[error("{0}")]
    Usage(String),
    /// It was done, and what was checked is not as it should be.
    #[error("{0}")]
    Check(String),
    /// Postgres, NATS or an installed program is missing or out of reach.
    #[error("{0}")]
    Dependency(String),
}

impl Failure {
    /// The process's exit code.
    pub fn code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Failed(_) => 1,
            Self::Usage(_) => 2,
            Self::Check(_) => 3,
            Self::Dependency(_) => 4,
        })
    }

    /// Whether whoever reads what is printed has seen enough, as `head` has after ten lines.
    pub fn is_unread(&self) -> bool {
        let Self::Failed(failure) = self else { return false };
        let plain = failure.downcast_ref().map(std::io::Error::kind);
        let in_json = || failure.downcast_ref().and_then(serde_json::Error::io_error_kind);
        plain.or_else(in_json) == Some(std::io::ErrorKind::BrokenPipe)
    }

    /// Something that must run first is not there.
    pub fn dependency(failure: &dyn std::error::Error) -> Self {
        let mut text = failure.to_string();
        let mut source = failure.source();
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        Self::Dependency(text)
    }
}

impl From<sqlx::Error> for Failure {
    fn from(failure: sqlx::Error) -> Self {
        if matches!(failure, sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::Tls(_)) {
            return Self::Dependency(format!(
                "Postgres is out of reach: start it, or `booking dev`, which brings its own ({failure})"
            ));
        }
        Self::Failed(failure.into())
    }
}

impl From<booking_journal::ReadFailure> for Failure {
    fn from(failure: booking_journal::ReadFailure) -> Self {
        match failure {
            booking_journal::ReadFailure::Postgres(failure) => failure.into(),
            hole @ booking_journal::ReadFailure::Hole { .. } => Self::Check(hole.to_string()),
        }
    }
}

impl From<booking_journal::ChainFailure> for Failure {
    fn from(failure: booking_journal::ChainFailure) -> Self {
        use booking_journal::ChainFailure;
        match failure {
            ChainFailure::Postgres(failure) => failure.into(),
            broken @ ChainFailure::Broken { .. } => Self::Check(broken.to_string()),
            taken @ ChainFailure::Taken { .. } => Self::Failed(taken.into()),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for Failure {
    fn from(failure: sqlx::migrate::MigrateError) -> Self {
        if let sqlx::migrate::MigrateError::Execute(failure) = failure {
            return failure.into();
        }
        Self::Failed(failure.into())
    }
}
