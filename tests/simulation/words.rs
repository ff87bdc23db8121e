//! What happens, in words, for whoever reads the trace of a run.

use crate::relay::{self, Relay};
use crate::server::{Ask, At, Reply};
use crate::statement::Asked;
use crate::tables::Clash;

impl At {
    pub fn in_words(&self) -> String {
        match self {
            Self::Sent(Ask::Append(sent)) => {
                let asked: Vec<_> = sent.asked.iter().map(Asked::in_words).collect();
                format!("append on {}: {}", sent.known, asked.join(", "))
            }
            Self::Sent(Ask::Outcomes(keys)) => {
                let keys: Vec<_> = keys.iter().map(|((_, _, key), _)| key.as_str()).collect();
                format!("what became of {}?", keys.join(", "))
            }
            Self::Sent(ask) => format!("{ask:?}"),
            Self::Seen(..) => "has looked".to_owned(),
            Self::Done(reply) | Self::Delivered(reply) => reply.in_words(),
        }
    }
}

impl Reply {
    pub fn in_words(&self) -> String {
        match self {
            Self::Append(Ok(done)) => format!(
                "stored after {}; moved {:?}, repeated {:?}, clashed {:?}",
                done.head, done.moved, done.repeated, done.clashed
            ),
            Self::Append(Err(Clash)) => "a key stood in the way".to_owned(),
            Self::Outcomes(known) => format!("the ledger knows {}", known.len()),
            Self::Head(head) => format!("head {head}"),
            Self::After(Ok(page)) => format!("{} events", page.len()),
            Self::After(Err(failure)) => failure.to_string(),
            Self::Histories(events) => format!("{} events of families", events.len()),
            Self::Lost => "lost".to_owned(),
        }
    }
}

impl Asked {
    fn in_words(&self) -> String {
        let names: Vec<_> = self.events.iter().map(|placed| placed.event.name()).collect();
        format!("{} [{}]", self.key.2, self.code.map_or(names.join(" "), str::to_owned))
    }
}

impl Relay {
    pub fn in_words(&self) -> String {
        match &self.at {
            relay::At::Idle => "idle".to_owned(),
            relay::At::Starting => "looks at the stream".to_owned(),
            relay::At::Reading => format!("reads after {}", self.last),
            relay::At::Publishing(window) => {
                let positions: Vec<_> = window.iter().map(|event| event.position).collect();
                format!("publishes {positions:?}")
            }
            relay::At::Awaiting(position) => format!("awaits {position}"),
            relay::At::Stopped(why) => format!("stopped: {why}"),
        }
    }
}
