//! What `journal.append` of `migrations/0002_append.sql` does, guard by guard.

use std::collections::BTreeSet;

use booking_domain::StreamId;
use booking_domain::world::{Name, NewName, Placed, Touch};
use booking_journal::writer::{Appended, Stored};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::guards::Guard;
use crate::statement::{Asked, Statement};
use crate::tables::{Clash, Kept, Landed, Tables};

/// What an append has seen before it stores.
#[derive(Debug)]
pub struct Seen {
    appended: Appended,
    /// Positions follow this one.
    after: i64,
    left_out: BTreeSet<i32>,
}

impl Tables {
    /// All that `journal.append` does before it stores.
    pub fn look(&mut self, statement: &Statement) -> Seen {
        let head = self.head();
        let last_at = self.events.last().map_or(self.now, |row| row.recorded.recorded_at);
        let recorded_at = self.now.max(last_at);
        let (repeated, answers) = self.repeated(statement, recorded_at);
        let moved = if statement.known < head { self.moved(statement) } else { vec![] };
        let (clashed, bearers) = self.clashed(statement);
        let group = |n: &i64| statement.asked[usize::try_from(n - 1).expect("from 1")].group;
        let mut left_out: BTreeSet<i32> = moved.iter().copied().collect();
        left_out.extend(repeated.iter().map(group));
        left_out.extend(clashed.iter().map(|n| owner_of_name(statement, *n).group));
        let column = |column: fn(&Stored) -> i64| answers.iter().map(column).collect();
        self.counts.add("group left out: moved", moved.len());
        self.counts.add("answered from the ledger", repeated.len());
        self.counts.add("name found to be another's", clashed.len());
        let appended = Appended {
            head,
            recorded_at,
            moved,
            repeated,
            same: Some(answers.iter().map(|stored| stored.same).collect()),
            status: Some(answers.iter().map(|stored| stored.status).collect()),
            code: Some(answers.iter().map(|stored| stored.code.clone()).collect()),
            subject: Some(answers.iter().map(|stored| stored.subject.clone()).collect()),
            positions: Some(column(|stored| stored.position)),
            clashed,
            bearers: Some(bearers),
        };
        let after = self.positions_after(statement, &left_out, head);
        Seen { appended, after, left_out }
    }

    fn repeated(&self, statement: &Statement, at: DateTime<Utc>) -> (Vec<i64>, Vec<Stored>) {
        let known = |(n, asked): (i64, &Asked)| Some((n, self.answer(&asked.key, asked.fingerprint, at)?));
        (1..).zip(&statement.asked).filter_map(known).unzip()
    }

    fn moved(&self, statement: &Statement) -> Vec<i32> {
        if !self.guards.up(Guard::Moved) {
            return vec![];
        }
        let newer = self.events.iter().rev().take_while(|row| statement.known < row.recorded.position);
        let newer: Vec<&StreamId> = newer.map(|row| &row.placed.stream).collect();
        let touches = |touch: &Touch| match touch {
            Touch::Stream(stream) => newer.contains(&stream),
            Touch::Family(family) => newer.iter().any(|stream| stream.family() == *family),
        };
        let moved = statement.asked.iter().filter(|asked| asked.touched.iter().any(touches));
        let groups: BTreeSet<i32> = moved.map(|asked| asked.group).collect();
        groups.into_iter().collect()
    }

    fn clashed(&self, statement: &Statement) -> (Vec<i64>, Vec<String>) {
        let names = statement.asked.iter().flat_map(|asked| &asked.names);
        let anothers = |(n, new): (i64, &NewName)| {
            let bearer = self.names.get(&name_key(&new.name)).filter(|_| self.guards.up(Guard::Names))?;
            (*bearer != new.owner.aggregate_id()).then(|| (n, bearer.clone()))
        };
        (1..).zip(names).filter_map(anothers).unzip()
    }

    /// From the head; or drawn from a sequence, which knows of those that have not committed.
    fn positions_after(&mut self, statement: &Statement, left_out: &BTreeSet<i32>, head: i64) -> i64 {
        if self.guards.up(Guard::PositionsFromHead) {
            return head;
        }
        let stored = statement.asked.iter().filter(|asked| !left_out.contains(&asked.group));
        let count: usize = stored.map(|asked| asked.events.len()).sum();
        let after = self.drawn.max(head);
        self.drawn = after + i64::try_from(count).expect("a few");
        after
    }

    /// Stores what is not left out, all of it or nothing.
    pub fn store(&mut self, statement: Statement, seen: Seen) -> Result<Appended, Clash> {
        let Seen { appended, after, left_out } = seen;
        let stays = |asked: &Asked| !left_out.contains(&asked.group);
        let (stored, _): (Vec<Asked>, Vec<Asked>) = statement.asked.into_iter().partition(stays);
        if self.stands_in_the_way(&stored, after) {
            self.clashes += 1;
            return Err(Clash);
        }
        let mut position = after;
        for mut asked in stored {
            self.counts.add(asked.code.unwrap_or("accepted"), 1);
            let events = std::mem::take(&mut asked.events);
            let count = events.len();
            for placed in events {
                position += 1;
                self.counts.add(placed.event.name(), 1);
                let metadata = asked.metadata.clone();
                self.insert(placed, position, metadata, Some(asked.attempt), appended.recorded_at);
            }
            self.keep(asked, position, count, appended.recorded_at);
        }
        Ok(appended)
    }

    fn stands_in_the_way(&self, stored: &[Asked], after: i64) -> bool {
        let events = || stored.iter().flat_map(|asked| &asked.events);
        let is_held = |placed: &Placed| self.places.contains(&(placed.stream.clone(), placed.sequence));
        let ends_before = after < self.head() && events().next().is_some();
        let position_taken = ends_before && self.guards.up(Guard::PositionsFromHead);
        let by_position = position_taken && self.guards.up(Guard::PositionKey);
        by_position || (self.guards.up(Guard::PrimaryKey) && events().any(is_held))
    }

    fn keep(&mut self, asked: Asked, position: i64, events: usize, at: DateTime<Utc>) {
        for new in &asked.names {
            self.names.entry(name_key(&new.name)).or_insert_with(|| new.owner.aggregate_id());
        }
        let Asked { key, fingerprint, status, code, subject, lives_s, case, attempt, .. } = asked;
        self.landed.push(Landed { attempt, case, code, position, events });
        let is_free = self.ledger.get(&key).is_none_or(|kept| kept.expires_at <= at);
        if 0 < lives_s && is_free {
            let stored = Stored { same: true, status, code: code.map(str::to_owned), subject, position };
            let expires_at = at + TimeDelta::seconds(i64::from(lives_s));
            self.ledger.insert(key, Kept { fingerprint, stored, expires_at });
        }
    }
}

fn owner_of_name(statement: &Statement, n: i64) -> &Asked {
    let owners = statement.asked.iter().flat_map(|asked| asked.names.iter().map(move |_| asked));
    owners.zip(1..).find(|(_, at)| *at == n).expect("a name that was sent").0
}

fn name_key(name: &Name) -> (Uuid, &'static str, String) {
    (name.tenant.map_or_else(Uuid::nil, |tenant| tenant.uuid()), name.kind.as_str(), name.value.clone())
}
