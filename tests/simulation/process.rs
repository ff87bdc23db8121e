//! A command process: the engine's own [`Core`], driven one turn at a time as `Writer::run` does it.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use booking_journal::writer::{Core, FlightEnd, LoadEnd, Ticket, load};

use crate::connections::Connections;
use crate::server::{Server, lock};

type Running<T> = Option<Pin<Box<dyn Future<Output = T>>>>;

pub struct Process {
    number: usize,
    families_max: usize,
    server: Arc<Mutex<Server>>,
    core: Core,
    pub inbox: VecDeque<Ticket>,
    flight: Running<FlightEnd>,
    load: Running<LoadEnd>,
    /// The head that it was last told of.
    heard: i64,
    /// Whether its last turn changed anything.
    is_astir: bool,
}

impl Process {
    pub fn start(number: usize, families_max: usize, server: Arc<Mutex<Server>>) -> Self {
        let (core, inbox) = (Core::new(families_max), VecDeque::new());
        Self { number, families_max, server, core, inbox, flight: None, load: None, heard: 0, is_astir: true }
    }

    /// Whether another turn would do anything.
    pub fn can_go_on(&self, server: &Server) -> bool {
        self.is_astir || !self.inbox.is_empty() || server.has_told(self.number)
    }

    pub fn is_idle(&self) -> bool {
        self.inbox.is_empty() && self.core.is_idle()
    }

    /// News that it has not been told.
    pub fn has_news(&self, server: &Server) -> bool {
        self.heard < server.announced
    }

    pub fn hear(&mut self) {
        self.heard = lock(&self.server).announced;
        self.core.hear(self.heard);
        self.is_astir = true;
    }

    /// Once around the loop of the writer's task.
    pub fn turn(&mut self) {
        self.is_astir = !self.inbox.is_empty();
        while self.core.has_room() && !self.core.has_enough() {
            let Some(ticket) = self.inbox.pop_front() else { break };
            self.core.take(ticket);
        }
        self.core.decide_ready();
        self.launch();
        if let Some(end) = polled(&mut self.flight) {
            self.core.land(Ok(end));
            self.is_astir = true;
        }
        if let Some(end) = polled(&mut self.load) {
            self.core.absorb(Ok(end));
            self.is_astir = true;
        }
        self.is_astir |= self.core.is_busy_deciding();
    }

    fn launch(&mut self) {
        let store = || Connections::new(Arc::clone(&self.server), self.number);
        if let Some(families) = self.core.next_load() {
            let store = store();
            self.load = Some(Box::pin(async move { load(&store, families).await }));
            self.is_astir = true;
        }
        if let Some(flight) = self.core.next_flight() {
            self.flight = Some(Box::pin(flight.fly(store())));
            self.is_astir = true;
        }
    }

    /// It is killed, and another starts in its place. Who waited for it hears that nobody is there.
    pub fn kill(&mut self, goes_on: impl FnMut() -> bool) {
        lock(&self.server).forsake(self.number, goes_on);
        *self = Self::start(self.number, self.families_max, Arc::clone(&self.server));
    }
}

/// The end of what is running, if it has come.
fn polled<T>(running: &mut Running<T>) -> Option<T> {
    match running.as_mut()?.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(end) => {
            *running = None;
            Some(end)
        }
        Poll::Pending => None,
    }
}
