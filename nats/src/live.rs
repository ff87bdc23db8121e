//! Messages of the stream in order, from one sequence on.

use async_nats::jetstream::consumer::push::{Ordered, OrderedConfig};
use async_nats::jetstream::consumer::{Consumer, DeliverPolicy};
use booking_journal::Recorded;
use futures::StreamExt;

use crate::message::{Message, Misfit, decode};
use crate::streams::position;
use crate::{Connection, NatsFailure};

/// An ordered consumer: the server keeps nothing for it that could be trusted wrongly, and nothing is
/// acknowledged. It is gone from the server half a minute after it is dropped.
pub(crate) struct Live {
    messages: Ordered,
    from: i64,
}

/// One message and where it stands in the stream.
#[derive(Debug)]
pub(crate) struct Delivered {
    pub sequence: i64,
    pub message: Message,
}

impl Live {
    /// Delivers from stream sequence `from` on. `from` may be at most one past the stream's end: an old
    /// server begins at the end, where a later one would wait.
    pub async fn open(connection: &Connection, stream: &str, from: i64) -> Result<Self, NatsFailure> {
        Ok(Self { messages: ordered(connection, stream, from).await?, from })
    }

    /// The next message; `None` when the consumer is lost and a new one is needed. Cancel-safe.
    ///
    /// The library makes a new consumer by itself after a reconnect, but from the first message of the stream
    /// when it had not delivered any: that counts as lost, too.
    pub async fn next(&mut self) -> Option<Delivered> {
        let message = self.messages.next().await?;
        let message =
            message.inspect_err(|why| tracing::debug!(%why, "the ordered consumer was lost")).ok()?;
        let sequence = position(message.info().ok()?.stream_sequence);
        let async_nats::Message { subject, payload, headers, .. } = message.split().0;
        let message =
            Message { subject: subject.to_string(), headers: headers.unwrap_or_default(), body: payload };
        (self.from <= sequence).then_some(Delivered { sequence, message })
    }
}

impl Delivered {
    /// The event it carries. A message at sequence p with another position than p is not our event,
    /// whatever it says.
    pub fn event(&self, epoch: i32) -> Result<Recorded, Misfit> {
        let event = decode(epoch, &self.message)?;
        if event.position == self.sequence { Ok(event) } else { Err(Misfit::Header("Booking-Position")) }
    }
}

async fn ordered(connection: &Connection, stream: &str, from: i64) -> Result<Ordered, NatsFailure> {
    let start_sequence = u64::try_from(from).unwrap_or(1).max(1);
    let config = OrderedConfig {
        deliver_subject: connection.client().new_inbox(),
        deliver_policy: DeliverPolicy::ByStartSequence { start_sequence },
        ..OrderedConfig::default()
    };
    let consumer: Consumer<OrderedConfig> = connection
        .jetstream()
        .create_consumer_on_stream(config, stream)
        .await
        .map_err(NatsFailure::to("make an ordered consumer"))?;
    consumer.messages().await.map_err(NatsFailure::to("subscribe to the stream"))
}
