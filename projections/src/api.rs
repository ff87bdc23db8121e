//! The query API: GET and nothing else, answered from the read models; users, and how things were, from the journal.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::FromRef;
use axum::http::StatusCode;
use booking_http::contract::{Operation, Routes};
use booking_http::{ApiKeys, ApiKeysFailure, Caller, Callers, Clock, MinPosition, PositionToken, Problem};
use booking_journal::{ChainFailure, ChainPublicKey, ReadFailure, Reader, SealFailure, Unreadable, Vault};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::pool::PoolConnection;
use sqlx::{PgPool, Postgres};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::checkpoint;
use crate::fact::Poison;
use crate::model::Model;
use crate::positions::Positions;
use crate::schema::Schema;
use crate::scope::{ReadPool, Scoped};
use crate::{admin, api_keys, audit, booking, flight, history, users};

/// The longest that a read waits for `Booking-Min-Position`.
pub const WAIT_MS: u64 = 2_000;
/// When to ask again, if that was not enough.
const RETRY_AFTER_S: u32 = 1;

/// What the query API needs.
#[derive(Clone)]
pub struct QuerySettings {
    /// Connections with the role `booking_reader`. Made with `test_before_acquire(false)`, a read costs two
    /// round trips.
    pub pool: PgPool,
    /// Opens personal data.
    pub vault: Vault,
    /// Says who asks.
    pub callers: Callers,
    /// Told by the workers of this process, or following those of others.
    pub positions: Positions,
    /// What is upcoming, past, departed.
    pub clock: Clock,
    /// With it, signatures of heads of the hash chain are checked.
    pub chain_key: Option<ChainPublicKey>,
}

/// The routes, all of them under `/api/v1`.
pub fn query_api(settings: QuerySettings) -> Router {
    let QuerySettings { pool, vault, callers, positions, clock, chain_key } = settings;
    let (reader, keys, pool) = (Reader::new(pool.clone()), ApiKeys::new(pool.clone()), ReadPool::new(pool));
    let verifying = Semaphore::new(1);
    let parts = Parts { pool, reader, keys, vault, callers, positions, clock, chain_key, verifying };
    let api = Api(Arc::new(parts));
    routes().router().with_state(api)
}

/// What the document says about all of them.
pub fn operations() -> Vec<Operation> {
    routes().operations()
}

fn routes() -> Routes<Api> {
    booking::http::routes()
        .and(flight::http::routes())
        .and(history::http::routes())
        .and(audit::http::routes())
        .and(users::routes())
        .and(api_keys::routes())
        .and(admin::routes())
}

/// What handlers share.
#[derive(Clone)]
pub(crate) struct Api(Arc<Parts>);

struct Parts {
    pool: ReadPool,
    reader: Reader,
    keys: ApiKeys,
    vault: Vault,
    callers: Callers,
    positions: Positions,
    clock: Clock,
    chain_key: Option<ChainPublicKey>,
    /// Who computes the hash chain keeps a core busy for seconds.
    verifying: Semaphore,
}

impl FromRef<Api> for Callers {
    fn from_ref(api: &Api) -> Self {
        api.0.callers.clone()
    }
}

/// Why there is no answer. The caller sees no more than that.
#[derive(Debug, thiserror::Error)]
pub enum QueryFailure {
    /// Postgres could not be asked.
    #[error("could not read the read models")]
    Postgres(#[from] sqlx::Error),
    /// Postgres could not be asked, or a position is missing.
    #[error("could not read the journal")]
    Journal(#[from] ReadFailure),
    /// Postgres could not be asked.
    #[error("could not read the hash chain")]
    Chain(#[from] ChainFailure),
    /// Keys could not be read, or a text does not open.
    #[error("could not open personal data")]
    Seal(#[from] SealFailure),
    /// A document of a read model is no longer what this program writes.
    #[error("a stored document cannot be read")]
    Garbled(#[from] serde_json::Error),
    #[error("could not read the API keys")]
    Keys(#[from] ApiKeysFailure),
    #[error("an event cannot be read")]
    Unreadable(#[from] Unreadable),
    /// An event is unknown to this program, or cannot follow those before it.
    #[error("the journal holds what cannot be read")]
    Poison(#[from] Poison),
    /// A part of them would give a wrong answer.
    #[error("too many events would have to be folded")]
    TooLong,
}

impl From<QueryFailure> for Problem {
    fn from(failure: QueryFailure) -> Self {
        let problem = match &failure {
            QueryFailure::Postgres(_)
            | QueryFailure::Keys(_)
            | QueryFailure::Journal(ReadFailure::Postgres(_))
            | QueryFailure::Chain(ChainFailure::Postgres(_))
            | QueryFailure::Seal(SealFailure::Keys(_)) => {
                Self::unavailable("UNAVAILABLE", "this cannot be answered now", RETRY_AFTER_S)
            }
            QueryFailure::Journal(ReadFailure::Hole { .. })
            | QueryFailure::Chain(ChainFailure::Taken { .. } | ChainFailure::Broken { .. })
            | QueryFailure::Seal(SealFailure::Garbled | SealFailure::Erased)
            | QueryFailure::Garbled(_)
            | QueryFailure::Unreadable(_)
            | QueryFailure::Poison(_) => Self::internal(),
            QueryFailure::TooLong => {
                let detail = "too many events would have to be folded to say how this was";
                return Self::new(StatusCode::UNPROCESSABLE_ENTITY, "TOO_MUCH_HISTORY", detail);
            }
        };
        problem.caused_by(&failure)
    }
}

impl Api {
    /// Opens the caller's tenant in a read model, as soon as it shows what the caller asks for.
    pub async fn open(
        &self,
        caller: &Caller,
        model: Model,
        min: Option<MinPosition>,
    ) -> Result<Scoped, Problem> {
        let Some(MinPosition(min)) = min else {
            return Ok(self.0.pool.within(caller.tenant, model).await.map_err(QueryFailure::from)?);
        };
        self.wait(model, min).await?;
        let mut scoped = self.0.pool.within(caller.tenant, model).await.map_err(QueryFailure::from)?;
        // A crash of Postgres may have taken back what was told: projections do not wait for the disk.
        let shown = checkpoint::read(scoped.connection(), Schema::Live, model)
            .await
            .map_err(QueryFailure::from)?
            .shown;
        if shown.epoch == min.epoch && shown.position < min.position {
            return Err(lagging());
        }
        Ok(scoped)
    }

    /// What belongs to no tenant.
    pub async fn outside_of_tenants(&self) -> sqlx::Result<PoolConnection<Postgres>> {
        self.0.pool.outside_of_tenants().await
    }

    /// Opens the sealed texts in a document of the caller's tenant.
    pub async fn unseal(&self, caller: &Caller, document: &mut Value) -> Result<(), QueryFailure> {
        Ok(self.0.vault.unseal(caller.tenant, document).await?)
    }

    /// What the journal has come to, if it has what the caller asks for: for answers that are folded out of it.
    pub async fn head(&self, min: Option<MinPosition>) -> Result<PositionToken, Problem> {
        let epoch = self.0.reader.epoch().await.map_err(QueryFailure::from)?;
        let position = self.0.reader.head().await.map_err(QueryFailure::from)?;
        match min {
            Some(MinPosition(min)) if epoch != min.epoch => {
                Err(invalid("Booking-Min-Position is of another epoch"))
            }
            Some(MinPosition(min)) if position < min.position => {
                Err(invalid("Booking-Min-Position was never given out"))
            }
            Some(_) | None => Ok(PositionToken { epoch, position }),
        }
    }

    /// Where keys of programs are listed.
    pub fn api_keys(&self) -> &ApiKeys {
        &self.0.keys
    }

    /// Where streams are read.
    pub fn reader(&self) -> &Reader {
        &self.0.reader
    }

    /// The same for several documents at once.
    pub async fn unseal_all(
        &self,
        caller: &Caller,
        documents: Vec<Value>,
    ) -> Result<Vec<Value>, QueryFailure> {
        let mut documents = Value::Array(documents);
        self.unseal(caller, &mut documents).await?;
        Ok(documents.as_array_mut().map(std::mem::take).unwrap_or_default())
    }

    pub fn chain_key(&self) -> Option<&ChainPublicKey> {
        self.0.chain_key.as_ref()
    }

    /// The right to compute the hash chain; nothing while another request has it.
    pub fn verifying(&self) -> Option<SemaphorePermit<'_>> {
        self.0.verifying.try_acquire().ok()
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.0.clock.now()
    }

    async fn wait(&self, model: Model, min: PositionToken) -> Result<(), Problem> {
        let shown = self.0.positions.of(model);
        if shown.is_some_and(|shown| shown.epoch == min.epoch && min.position <= shown.position) {
            return Ok(());
        }
        // Only the journal knows what was given out.
        self.head(Some(MinPosition(min))).await?;
        let waited = timeout(Duration::from_millis(WAIT_MS), self.0.positions.reached(model, min)).await;
        waited.map_err(|_elapsed| lagging())
    }
}

fn lagging() -> Problem {
    let detail = "what was asked for is stored, but cannot be shown yet";
    Problem::unavailable("PROJECTION_LAGGING", detail, RETRY_AFTER_S)
}

/// 400 `INVALID_POSITION`.
pub(crate) fn invalid(detail: &'static str) -> Problem {
    Problem::malformed("INVALID_POSITION", detail)
}
