//! The stream: defined in `streams.toml`, made real at start, or a refusal that says what differs.

use std::fmt;
use std::time::Duration;

use async_nats::jetstream::context::{CreateStreamError, CreateStreamErrorKind};
use async_nats::jetstream::stream::{Config, DiscardPolicy, StorageType};
use async_nats::jetstream::{Context, ErrorCode, context::GetStreamErrorKind};
use futures::TryStreamExt;
use serde::Deserialize;

use crate::{Connection, NatsFailure};

const COMPILED_IN: &str = include_str!("../streams.toml");
const SECONDS_PER_DAY: u64 = 24 * 60 * 60;
const BYTES_PER_MIB: i64 = 1 << 20;
/// Streams of one account that are looked at for other epochs.
const STREAMS_MAX: usize = 1_000;

/// What the stream shall be; `streams.toml` says why.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    name_prefix: String,
    subjects: Vec<String>,
    storage: StorageType,
    replicas: usize,
    discard: DiscardPolicy,
    max_age_days: u64,
    max_bytes_mib: i64,
    deny_delete: bool,
    deny_purge: bool,
}

/// One setting of the stream that is not as defined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// As JetStream names it.
    pub setting: &'static str,
    /// What `streams.toml` says.
    pub defined: String,
    /// What the server says.
    pub found: String,
}

/// Which positions a stream holds: `first..=last`. An empty one has `last + 1 == first`, or both 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamState {
    /// The oldest message still held.
    pub first: i64,
    /// The newest message ever stored, also when it is no longer held.
    pub last: i64,
    /// Whether this call made the stream.
    pub is_new: bool,
}

/// Why the stream is not to be used.
#[derive(Debug, thiserror::Error)]
pub enum StreamFailure {
    /// It exists with other settings; nothing was changed.
    #[error("stream {name} is not as streams.toml defines it: {}", list(.differences))]
    Differs {
        /// The stream.
        name: String,
        /// Each setting that differs.
        differences: Vec<Difference>,
    },
    /// The server has a stream of a later epoch: this process reads an old copy of the journal. Nothing was
    /// changed.
    #[error("the journal says epoch {ours}, but NATS already has the stream of epoch {found}")]
    LaterEpoch {
        /// The journal's.
        ours: i32,
        /// The server's.
        found: i32,
    },
    /// Another stream already takes the same subjects. Nothing was changed.
    #[error("another stream takes the subjects of {name}")]
    Overlaps {
        /// The stream that could not be made.
        name: String,
    },
    /// The server does not promise so much room. Nothing was changed.
    #[error(
        "the NATS server has no room for {max_bytes} bytes of {name}: lower max_bytes_mib or raise max_file_store"
    )]
    NoRoom {
        /// The stream that could not be made.
        name: String,
        /// What was asked for.
        max_bytes: i64,
    },
    /// NATS could not be asked; trying again is safe.
    #[error(transparent)]
    Nats(#[from] NatsFailure),
}

impl Default for Definition {
    /// What is compiled in.
    fn default() -> Self {
        toml::from_str(COMPILED_IN).expect("a test parses the definition that is compiled in")
    }
}

impl Definition {
    /// The stream of one epoch, such as `BOOKING_EVENTS_1`.
    pub fn name(&self, epoch: i32) -> String {
        format!("{}{epoch}", self.name_prefix)
    }

    /// Another limit than the compiled-in one, for a small disk or a test.
    #[must_use]
    pub fn with_max_bytes_mib(self, max_bytes_mib: i64) -> Self {
        Self { max_bytes_mib, ..self }
    }

    fn epoch_of(&self, name: &str) -> Option<i32> {
        name.strip_prefix(&self.name_prefix)?.parse().ok()
    }

    fn config(&self, epoch: i32) -> Config {
        Config {
            name: self.name(epoch),
            subjects: self.subjects.clone(),
            storage: self.storage,
            num_replicas: self.replicas,
            discard: self.discard,
            max_age: Duration::from_secs(self.max_age_days * SECONDS_PER_DAY),
            max_bytes: self.max_bytes_mib * BYTES_PER_MIB,
            max_messages: -1,
            max_messages_per_subject: -1,
            max_consumers: -1,
            deny_delete: self.deny_delete,
            deny_purge: self.deny_purge,
            ..Config::default()
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {}, defined as {}", self.setting, self.found, self.defined)
    }
}

/// Makes the stream of `epoch` when it is absent, and compares it when it is there. Streams of earlier
/// epochs are deleted first: their subjects overlap. Safe to repeat, and from several processes.
///
/// # Errors
/// [`StreamFailure`]; only its `Nats` is worth another try without a change by hand.
pub async fn ensure(
    connection: &Connection,
    definition: &Definition,
    epoch: i32,
) -> Result<StreamState, StreamFailure> {
    let jetstream = connection.jetstream();
    if let Some(state) = compare(&jetstream, definition, epoch).await? {
        return Ok(state);
    }
    delete_earlier(&jetstream, definition, epoch).await?;
    let made = jetstream.create_stream(definition.config(epoch)).await;
    made.map_err(|failure| refusal(failure, definition, epoch))?;
    Ok(StreamState { first: 0, last: 0, is_new: true })
}

/// What the stream of `epoch` holds, `None` when there is none.
///
/// # Errors
/// [`StreamFailure::Nats`] only.
pub async fn state(
    connection: &Connection,
    definition: &Definition,
    epoch: i32,
) -> Result<Option<StreamState>, NatsFailure> {
    Ok(found(&connection.jetstream(), &definition.name(epoch)).await?.map(|(_config, state)| state))
}

/// What of the stream of `epoch` is not as defined; nothing when there is no stream.
///
/// # Errors
/// When NATS does not answer.
pub async fn differences(
    connection: &Connection,
    definition: &Definition,
    epoch: i32,
) -> Result<Vec<Difference>, NatsFailure> {
    let found = found(&connection.jetstream(), &definition.name(epoch)).await?;
    Ok(found.map(|(config, _state)| compare_settings(&definition.config(epoch), &config)).unwrap_or_default())
}

/// Deletes the stream of `epoch` and all durables on it; absent is as good as deleted. The relay makes it
/// anew and fills it from the journal.
///
/// # Errors
/// When NATS does not answer.
pub async fn delete(connection: &Connection, definition: &Definition, epoch: i32) -> Result<(), NatsFailure> {
    let (jetstream, name) = (connection.jetstream(), definition.name(epoch));
    if found(&jetstream, &name).await?.is_some() {
        jetstream.delete_stream(name).await.map_err(NatsFailure::to("delete the stream"))?;
    }
    Ok(())
}

/// The latest epoch that the server has a stream of, `None` when it has none.
///
/// # Errors
/// When NATS does not answer, or the user may not list streams.
pub async fn latest_epoch(
    connection: &Connection,
    definition: &Definition,
) -> Result<Option<i32>, NatsFailure> {
    Ok(epochs(&connection.jetstream(), definition).await?.into_iter().max())
}

async fn epochs(jetstream: &Context, definition: &Definition) -> Result<Vec<i32>, NatsFailure> {
    let names: Vec<String> =
        jetstream.stream_names().try_collect().await.map_err(NatsFailure::to("list the streams"))?;
    Ok(names.iter().take(STREAMS_MAX).filter_map(|name| definition.epoch_of(name)).collect())
}

async fn compare(
    jetstream: &Context,
    definition: &Definition,
    epoch: i32,
) -> Result<Option<StreamState>, StreamFailure> {
    let name = definition.name(epoch);
    let Some((config, state)) = found(jetstream, &name).await? else { return Ok(None) };
    let differences = compare_settings(&definition.config(epoch), &config);
    if differences.is_empty() { Ok(Some(state)) } else { Err(StreamFailure::Differs { name, differences }) }
}

async fn found(jetstream: &Context, name: &str) -> Result<Option<(Config, StreamState)>, NatsFailure> {
    match jetstream.get_stream(name).await {
        Ok(stream) => {
            let info = stream.cached_info();
            let (first, last) = (position(info.state.first_sequence), position(info.state.last_sequence));
            Ok(Some((info.config.clone(), StreamState { first, last, is_new: false })))
        }
        Err(failure) if is_absent(&failure.kind()) => Ok(None),
        Err(failure) => Err(NatsFailure::to("ask for the stream")(failure)),
    }
}

fn is_absent(kind: &GetStreamErrorKind) -> bool {
    matches!(kind, GetStreamErrorKind::JetStream(error) if error.error_code() == ErrorCode::STREAM_NOT_FOUND)
}

async fn delete_earlier(
    jetstream: &Context,
    definition: &Definition,
    epoch: i32,
) -> Result<(), StreamFailure> {
    let found = epochs(jetstream, definition).await?.into_iter();
    let others: Vec<i32> = found.filter(|found| *found != epoch).collect();
    if let Some(found) = others.iter().copied().find(|found| epoch < *found) {
        return Err(StreamFailure::LaterEpoch { ours: epoch, found });
    }
    for earlier in others {
        let deleted = jetstream.delete_stream(definition.name(earlier)).await;
        deleted.map_err(NatsFailure::to("delete the stream of an earlier epoch"))?;
    }
    Ok(())
}

fn refusal(failure: CreateStreamError, definition: &Definition, epoch: i32) -> StreamFailure {
    let config = definition.config(epoch);
    let kind = failure.kind();
    let code =
        if let CreateStreamErrorKind::JetStream(error) = &kind { Some(error.error_code()) } else { None };
    match code {
        Some(ErrorCode::STREAM_SUBJECT_OVERLAP) => StreamFailure::Overlaps { name: config.name },
        Some(ErrorCode::STORAGE_RESOURCES_EXCEEDED | ErrorCode::INSUFFICIENT_RESOURCES) => {
            StreamFailure::NoRoom { name: config.name, max_bytes: config.max_bytes }
        }
        _ => NatsFailure::to("make the stream")(failure).into(),
    }
}

/// Only what `streams.toml` defines is compared: newer servers add settings of their own.
fn compare_settings(defined: &Config, found: &Config) -> Vec<Difference> {
    let rows = [
        ("subjects", format!("{:?}", defined.subjects), format!("{:?}", found.subjects)),
        ("storage", format!("{:?}", defined.storage), format!("{:?}", found.storage)),
        ("num_replicas", defined.num_replicas.to_string(), found.num_replicas.to_string()),
        ("retention", format!("{:?}", defined.retention), format!("{:?}", found.retention)),
        ("discard", format!("{:?}", defined.discard), format!("{:?}", found.discard)),
        ("max_age", format!("{:?}", defined.max_age), format!("{:?}", found.max_age)),
        ("max_bytes", defined.max_bytes.to_string(), found.max_bytes.to_string()),
        ("max_msgs", defined.max_messages.to_string(), found.max_messages.to_string()),
        (
            "max_msgs_per_subject",
            defined.max_messages_per_subject.to_string(),
            found.max_messages_per_subject.to_string(),
        ),
        ("deny_delete", defined.deny_delete.to_string(), found.deny_delete.to_string()),
        ("deny_purge", defined.deny_purge.to_string(), found.deny_purge.to_string()),
        ("sealed", defined.sealed.to_string(), found.sealed.to_string()),
    ];
    let differing = rows.into_iter().filter(|(_setting, defined, found)| defined != found);
    differing.map(|(setting, defined, found)| Difference { setting, defined, found }).collect()
}

fn list(differences: &[Difference]) -> String {
    differences.iter().map(Difference::to_string).collect::<Vec<_>>().join("; ")
}

/// A stream sequence as the journal position that it is.
pub(crate) fn position(sequence: u64) -> i64 {
    i64::try_from(sequence).expect("a stream has fewer than 2^63 messages")
}

#[cfg(test)]
mod tests {
    use super::{Definition, Difference, compare_settings};
    use crate::subjects;

    #[test]
    fn the_compiled_in_definition_is_what_its_text_says() {
        let definition = Definition::default();
        let config = definition.config(3);

        assert_eq!(config.name, "BOOKING_EVENTS_3");
        assert_eq!(config.subjects, [format!("{}.>", subjects::PREFIX)]);
        assert_eq!(config.max_age.as_secs(), 2_592_000);
        assert_eq!(config.max_bytes, 4_294_967_296);
        assert_eq!(definition.epoch_of("BOOKING_EVENTS_12"), Some(12));
        assert_eq!(definition.epoch_of("BOOKING_EVENTS_x"), None);
        assert_eq!(definition.epoch_of("ORDERS"), None);
    }

    #[test]
    fn each_setting_that_differs_is_named() {
        let defined = Definition::default().config(1);
        let found = Definition::default().with_max_bytes_mib(1).config(1);

        assert_eq!(compare_settings(&defined, &defined), []);
        assert_eq!(
            compare_settings(&defined, &found),
            [Difference { setting: "max_bytes", defined: "4294967296".into(), found: "1048576".into() }]
        );
    }
}
