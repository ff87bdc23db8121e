//! The model: every order in which the steps of a story can come.

use stateright::{Model, Property};

use crate::decision::Judge;
use crate::guards::Guards;
use crate::journal::Answer;
use crate::promises::{always, sometimes};
use crate::requests::{Ask, Buyer, Ticket};
use crate::story::{Step, Story};

/// How far a story goes.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    /// What is asked about each buyer's booking, each of it once; repeats come on top.
    pub asks: &'static [Ask],
    /// Deliveries beyond the first, of whatever requests, all together.
    pub repeats_max: u8,
    /// Processes that are killed, all together; at most 1.
    pub crashes_max: u8,
    /// Requests that one process has under way. More than 1: the later ones are decided on hope.
    pub under_way_max: usize,
}

/// Who books, how far it goes, and which guards are up.
pub struct Bookings {
    buyers: Vec<Buyer>,
    scope: Scope,
    guards: Guards,
    judge: Judge,
}

impl Bookings {
    pub fn of(buyers: &[Buyer], scope: Scope, guards: Guards) -> Self {
        Self { buyers: buyers.to_vec(), scope, guards, judge: Judge::new() }
    }

    /// What may be delivered next.
    fn tickets(&self, story: &Story) -> Vec<Ticket> {
        let may_repeat = story.repeats() < self.scope.repeats_max;
        let keys = self.buyers.iter().flat_map(|buyer| self.scope.asks.iter().map(|ask| (*buyer, *ask)));
        let due = keys.filter(|key| may_repeat || story.delivered(*key) == 0);
        due.filter_map(|(buyer, ask)| story.ticket(buyer, ask)).collect()
    }

    fn steps_of(&self, story: &Story, process: usize, steps: &mut Vec<Step>) {
        let of = &story.processes[process];
        if of.under_way.len() < self.scope.under_way_max {
            for ticket in self.tickets(story).into_iter().filter(|ticket| !of.is_busy_with(ticket.key())) {
                let worlds = of.may_know(story.journal.commits.len());
                steps.extend(worlds.map(|known| Step::Deliver { process, known, ticket }));
            }
        }
        if of.under_way.is_empty() {
            return;
        }
        steps.push(Step::Store { process });
        if story.crashes < self.scope.crashes_max {
            steps.push(Step::Crash { process });
        }
    }

    fn deliver(&self, story: &mut Story, process: usize, known: usize, ticket: Ticket) {
        story.count(ticket);
        story.processes[process].known = known;
        let decision = story.processes[process].decide(&self.judge, &story.journal, ticket);
        match decision.refusal {
            Some(code) if !self.guards.refusals_land => story.tell(ticket, Answer::Refused(code)),
            Some(_) | None => story.processes[process].under_way.push(decision),
        }
    }

    fn store(&self, story: &mut Story, process: usize) {
        let told = story.processes[process].store(&self.judge, &self.guards, &mut story.journal);
        if let Some((ticket, answer)) = told {
            story.tell(ticket, answer);
        }
    }

    fn store_adrift(&self, story: &mut Story) {
        if let Some((known, sent)) = story.adrift.take() {
            story.journal.append(&self.judge, &self.guards, known, &sent);
        }
    }
}

impl Model for Bookings {
    type State = Story;
    type Action = Step;

    fn init_states(&self) -> Vec<Story> {
        vec![Story::default()]
    }

    fn actions(&self, story: &Story, steps: &mut Vec<Step>) {
        for process in 0..story.processes.len() {
            self.steps_of(story, process, steps);
        }
        if story.adrift.is_some() {
            steps.push(Step::StoreAdrift);
        }
        if !story.late && !story.journal.commits.is_empty() {
            steps.push(Step::TimePasses);
        }
    }

    fn next_state(&self, story: &Story, step: Step) -> Option<Story> {
        let mut story = story.clone();
        match step {
            Step::Deliver { process, known, ticket } => self.deliver(&mut story, process, known, ticket),
            Step::Store { process } => self.store(&mut story, process),
            Step::Crash { process } => story.crash(process),
            Step::StoreAdrift => self.store_adrift(&mut story),
            Step::TimePasses => story.late = true,
        }
        Some(story.plain())
    }

    fn properties(&self) -> Vec<Property<Self>> {
        [always(), sometimes(&self.scope)].concat()
    }
}
