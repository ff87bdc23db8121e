//! Everything that lives in one run, and the steps that it can take.

use std::sync::{Arc, Mutex};

use booking_projections::{Bookings, Flights};
use chrono::TimeDelta;

use crate::chance::Chance;
use crate::clients::{Client, Log, Told};
use crate::guards::Guards;
use crate::model::ReadModel;
use crate::plan::Plan;
use crate::process::Process;
use crate::relay::{At, Relay};
use crate::scene;
use crate::server::{Server, lock};
use crate::steps::Step;
use crate::stream::Stream;
use crate::trace::Trace;

pub const PROCESSES: usize = 2;
pub const RELAYS: usize = 2;

pub struct Company {
    pub chance: Chance,
    pub plan: Plan,
    pub server: Arc<Mutex<Server>>,
    pub processes: Vec<Process>,
    pub clients: Vec<Client>,
    pub log: Log,
    pub stream: Stream,
    pub relays: Vec<Relay>,
    /// Who holds the relay's lease.
    pub lease: Option<usize>,
    pub bookings: ReadModel<Bookings>,
    pub flights: ReadModel<Flights>,
    pub trace: Trace,
}

impl Company {
    pub fn of(seed: u64, guards: Guards, trace: Trace) -> Self {
        let mut chance = Chance::of(seed);
        let plan = Plan::of(&mut chance);
        let clients = plan.people(&mut chance);
        let mut server = Server::default();
        server.tables.guards = guards;
        server.tables.prepare(scene::history(plan.departures, plan.seats, plan.places));
        let server = Arc::new(Mutex::new(server));
        let process = |n| Process::start(n, plan.families_max, Arc::clone(&server));
        Self {
            processes: (0..PROCESSES).map(process).collect(),
            relays: (0..RELAYS).map(|_| Relay::new()).collect(),
            bookings: ReadModel::with_workers(plan.workers),
            flights: ReadModel::with_workers(plan.workers),
            chance,
            plan,
            server,
            clients,
            log: vec![],
            stream: Stream::default(),
            lease: None,
            trace,
        }
    }

    pub fn clients_are_done(&self) -> bool {
        self.clients.iter().all(Client::is_done)
    }

    pub fn is_anybody_waiting(&self) -> bool {
        !self.clients_are_done() || self.processes.iter().any(|process| !process.is_idle())
    }

    /// Does it.
    pub fn take(&mut self, step: Step) {
        self.trace.note(&step);
        self.trace.say(|| format!("{step:?}"));
        if let Some(wrong) = step.goes_wrong() {
            lock(&self.server).tables.counts.add(wrong, 1);
        }
        match step {
            Step::Send { client, process } => self.send(client, process),
            Step::GiveUpWaiting { client } => self.clients[client].gives_up_waiting(),
            Step::Turn { process } => self.processes[process].turn(),
            Step::Hear { process } => self.processes[process].hear(),
            Step::KillProcess { process } => self.processes[process].kill(|| self.chance.one_in(2)),
            Step::Execute { call } => self.execute(call),
            Step::Deliver { call } => lock(&self.server).deliver(call),
            Step::Cut { call, fate } => lock(&self.server).cut(call, fate),
            Step::TakeLease { relay } => {
                self.lease = Some(relay);
                self.relays[relay].lead();
            }
            Step::Relay { relay, window } => {
                self.relays[relay].go_on(&lock(&self.server).tables, &self.stream, window);
                self.trace.say(|| format!("  -> {}", self.relays[relay].in_words()));
            }
            Step::Arrive { relay, is_answered } => {
                self.relays[relay].arrive(&lock(&self.server).tables, &mut self.stream, is_answered);
                self.trace.say(|| format!("  -> the stream ends at {}", self.stream.last()));
            }
            Step::StopWaiting { relay } => self.relays[relay].waits_no_longer(),
            Step::LeaveRelay { relay, arrives } => self.leave_relay(relay, arrives),
            Step::LoseLease => self.lease = None,
            Step::RollBack { last } => self.stream.roll_back(last),
            Step::Work { worker, eager, reply_is_lost } => self.work(worker, eager, reply_is_lost),
            Step::KillWorker { worker } => self.restart_worker(worker),
            Step::Stray { worker, sequence } => self.stray(worker, sequence),
            Step::Pass { seconds } => lock(&self.server).tables.now += TimeDelta::seconds(seconds),
        }
        self.hear_answers();
    }

    fn send(&mut self, client: usize, process: usize) {
        let server = lock(&self.server);
        let (now, bookings) = (server.tables.now, server.tables.bookings());
        let ticket = self.clients[client].send(&mut self.chance, now, bookings, &mut self.log);
        self.processes[process].inbox.extend(ticket);
    }

    fn execute(&mut self, call: u64) {
        let mut server = lock(&self.server);
        let trace = &mut self.trace;
        trace.say(|| format!("  {}", server.words(call)));
        server.execute(call);
        trace.note(&server.tables.head());
        trace.say(|| format!("  -> {}", server.words(call)));
    }

    fn leave_relay(&mut self, relay: usize, arrives: bool) {
        if self.lease == Some(relay) {
            self.lease = None;
        }
        if self.relays[relay].leads() {
            self.relays[relay].leave(arrives);
        }
    }

    /// Somebody mended what had stopped.
    pub fn restart_stopped(&mut self) {
        for relay in 0..RELAYS {
            if let At::Stopped(_) = self.relays[relay].at {
                self.relays[relay].leave(true);
                self.lease = self.lease.filter(|holder| *holder != relay);
            }
        }
        for worker in 0..2 * self.plan.workers {
            self.restart_worker(worker);
        }
    }

    fn restart_worker(&mut self, worker: usize) {
        let of_each = self.plan.workers;
        if worker < of_each { self.bookings.restart(worker) } else { self.flights.restart(worker - of_each) }
    }

    fn work(&mut self, worker: usize, eager: bool, reply_is_lost: bool) {
        let (of_each, server) = (self.plan.workers, lock(&self.server));
        let (tables, stream) = (&server.tables, &self.stream);
        if !self.worker_can_go_on(worker, tables.head()) {
            return;
        }
        if worker < of_each {
            self.bookings.go_on(worker, tables, stream, eager, reply_is_lost);
        } else {
            self.flights.go_on(worker - of_each, tables, stream, eager, reply_is_lost);
        }
        let checkpoints = (self.bookings.checkpoint, self.flights.checkpoint);
        self.trace.say(|| format!("  -> checkpoints {checkpoints:?}"));
    }

    fn stray(&mut self, worker: usize, sequence: i64) {
        let of_each = self.plan.workers;
        if worker < of_each {
            self.bookings.stray(worker, sequence);
        } else {
            self.flights.stray(worker - of_each, sequence);
        }
    }

    fn hear_answers(&mut self) {
        for (n, client) in self.clients.iter_mut().enumerate() {
            if let Some(told) = client.hear(&mut self.log) {
                self.trace.note(&told);
                if let Told::Failed(why) = &told {
                    lock(&self.server).tables.counts.add(why, 1);
                }
                self.trace.say(|| format!("  client {n} is told {told:?}"));
            }
        }
    }
}
