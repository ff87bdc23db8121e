//! What can happen next, and what can go wrong.

use crate::company::{Company, PROCESSES, RELAYS};
use crate::plan::Trouble;
use crate::relay::At;
use crate::server::{Fate, Stage, lock};

/// By how much a clock moves, in seconds: derived keys live for 60, a booking waits 30 minutes to be paid.
const MOVES_S: [i64; 5] = [1, 20, 61, 600, 1_860];

/// One thing that happens. Nothing else happens meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// A client sends to a process.
    Send {
        client: usize,
        process: usize,
    },
    GiveUpWaiting {
        client: usize,
    },
    Turn {
        process: usize,
    },
    Hear {
        process: usize,
    },
    KillProcess {
        process: usize,
    },
    Execute {
        call: u64,
    },
    Deliver {
        call: u64,
    },
    /// The connection is lost, before or after the call was executed.
    Cut {
        call: u64,
        fate: Fate,
    },
    TakeLease {
        relay: usize,
    },
    Relay {
        relay: usize,
        window: usize,
    },
    Arrive {
        relay: usize,
        is_answered: bool,
    },
    StopWaiting {
        relay: usize,
    },
    LeaveRelay {
        relay: usize,
        arrives: bool,
    },
    /// The lease is free, and who held it does not know.
    LoseLease,
    RollBack {
        last: usize,
    },
    Work {
        worker: usize,
        eager: bool,
        reply_is_lost: bool,
    },
    KillWorker {
        worker: usize,
    },
    Stray {
        worker: usize,
        sequence: i64,
    },
    Pass {
        seconds: i64,
    },
}

impl Step {
    /// What went wrong, if it is that.
    pub const fn goes_wrong(&self) -> Option<&'static str> {
        Some(match self {
            Self::GiveUpWaiting { .. } => "client gave up waiting",
            Self::KillProcess { .. } => "process killed",
            Self::Cut { .. } => "connection cut",
            Self::Arrive { is_answered: false, .. } => "acknowledgement lost",
            Self::StopWaiting { .. } => "relay waited no longer",
            Self::LeaveRelay { .. } => "relay killed",
            Self::LoseLease => "lease lost unnoticed",
            Self::RollBack { .. } => "stream rolled back",
            Self::Work { reply_is_lost: true, .. } => "rows stored unheard of",
            Self::KillWorker { .. } => "worker killed",
            Self::Stray { .. } => "consumer went astray",
            Self::Pass { .. } => "time passed",
            Self::Send { .. }
            | Self::Turn { .. }
            | Self::Hear { .. }
            | Self::Execute { .. }
            | Self::Deliver { .. }
            | Self::TakeLease { .. }
            | Self::Relay { .. }
            | Self::Arrive { is_answered: true, .. }
            | Self::Work { reply_is_lost: false, .. } => return None,
        })
    }
}

impl Company {
    /// All that can happen next when nothing goes wrong.
    pub fn steps(&mut self) -> Vec<Step> {
        let mut steps = vec![];
        for client in 0..self.clients.len() {
            if !self.clients[client].is_done() && !self.clients[client].waits() {
                steps.push(Step::Send { client, process: self.chance.below(PROCESSES) });
            }
        }
        let server = lock(&self.server);
        for (process, one) in self.processes.iter().enumerate() {
            steps.extend(one.can_go_on(&server).then_some(Step::Turn { process }));
            steps.extend(one.has_news(&server).then_some(Step::Hear { process }));
        }
        steps.extend(server.stages().map(|(call, stage)| match stage {
            Stage::ToExecute => Step::Execute { call },
            Stage::ToDeliver => Step::Deliver { call },
        }));
        for (relay, one) in self.relays.iter().enumerate() {
            if one.can_go_on(&server.tables, &self.stream) {
                steps.push(Step::Relay { relay, window: 1 + self.chance.below(4) });
            }
            if one.at == At::Idle && self.lease.is_none() {
                steps.push(Step::TakeLease { relay });
            }
            if one.has_sent() {
                steps.push(Step::Arrive { relay, is_answered: true });
            }
        }
        let head = server.tables.head();
        for worker in 0..2 * self.plan.workers {
            if self.worker_can_go_on(worker, head) {
                steps.push(Step::Work { worker, eager: self.chance.one_in(2), reply_is_lost: false });
            }
        }
        steps
    }

    pub fn worker_can_go_on(&self, worker: usize, head: i64) -> bool {
        let of_each = self.plan.workers;
        if worker < of_each {
            self.bookings.can_go_on(worker, head)
        } else {
            self.flights.can_go_on(worker - of_each, head)
        }
    }

    /// Something that goes wrong, if it can at the moment.
    pub fn trouble(&mut self) -> Option<Step> {
        if self.plan.troubles.is_empty() {
            return None;
        }
        let trouble = self.plan.troubles[self.chance.below(self.plan.troubles.len())];
        let chance = &mut self.chance;
        let relay = chance.below(RELAYS);
        let worker = chance.below(2 * self.plan.workers);
        match trouble {
            Trouble::Impatience => {
                let client = chance.below(self.clients.len());
                self.clients[client].waits().then_some(Step::GiveUpWaiting { client })
            }
            Trouble::LostReplies => self.cut(Stage::ToDeliver),
            Trouble::CutConnections => self.cut(Stage::ToExecute),
            // These set back so much that they would leave room for little else.
            Trouble::KilledProcesses | Trouble::LostLeases | Trouble::LostStream if !chance.one_in(4) => None,
            Trouble::KilledProcesses => Some(Step::KillProcess { process: chance.below(PROCESSES) }),
            Trouble::Relays => Some(match chance.below(3) {
                0 => Step::LeaveRelay { relay, arrives: chance.one_in(2) },
                1 => Step::StopWaiting { relay },
                _ => Step::Arrive { relay, is_answered: false },
            }),
            Trouble::LostLeases => Some(Step::LoseLease),
            Trouble::LostStream => {
                let last = usize::try_from(self.stream.last()).expect("a few");
                Some(Step::RollBack { last: if chance.one_in(3) { 0 } else { chance.below(last + 1) } })
            }
            Trouble::Workers => Some(match chance.below(3) {
                0 => Step::KillWorker { worker },
                1 => Step::Work { worker, eager: false, reply_is_lost: true },
                _ => Step::Stray { worker, sequence: 1 + i64::try_from(chance.below(40)).expect("small") },
            }),
            Trouble::Clocks if lock(&self.server).is_committing() => Some(Step::Pass { seconds: MOVES_S[0] }),
            Trouble::Clocks => Some(Step::Pass { seconds: chance.pick(&MOVES_S) }),
        }
    }

    /// Cuts the connection of a call at this stage.
    fn cut(&mut self, at: Stage) -> Option<Step> {
        let server = lock(&self.server);
        let calls = server.heard_of(at);
        if calls.is_empty() {
            return None;
        }
        let fate = self.chance.pick(&[Fate::Never, Fate::Begun, Fate::Late]);
        Some(Step::Cut { call: self.chance.pick(&calls), fate })
    }
}
