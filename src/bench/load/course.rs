//! The run itself. All clients share one thread, so what they share needs no locks.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::{HeaderValue, Request, StatusCode};
use booking_http::IDEMPOTENCY_KEY;
use http_body_util::Full;
use indicatif::ProgressBar;
use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::connection::{Answer, Connection, NoAnswer};
use super::customers::Customers;
use super::offers::Offers;
use super::order::order;
use super::pace::Pace;
use super::read_back::ReadBack;
use super::receipts::Receipts;
use super::tally::{Report, Tally};
use super::{LoadArgs, Target, catalogue};
use crate::exit::Failure;
use crate::tools::progress::bar;

/// A client gives up after so many requests without an answer, one after the other.
const FAILURES_IN_A_ROW_MAX: u32 = 20;

/// How long it waits after each of them.
const PAUSE: Duration = Duration::from_millis(100);

/// How often the progress bar moves, and what was accepted is put on disk.
const TICK: Duration = Duration::from_millis(100);

/// What all clients share.
struct Course {
    target: Target,
    customers: Customers,
    bookings: u64,
    pace: Pace,
    begun: Cell<u64>,
    began: Cell<Instant>,
    until: Cell<Option<Instant>>,
    offers: RefCell<(Offers, StdRng)>,
    tally: RefCell<Tally>,
    receipts: RefCell<Option<Receipts>>,
}

/// One booking to place.
struct Next {
    request: Request<Full<Bytes>>,
    customer: HeaderValue,
    /// Not before; latency counts from then on, so that waiting for a free client is part of it.
    due: Option<Instant>,
}

/// Opens all connections, books, and says what came of it.
///
/// # Errors
/// When nothing is on sale, or nobody listens.
pub async fn run(args: &LoadArgs, customers: Customers) -> Result<Report, Failure> {
    let course = Rc::new(Course::new(args, customers).await?);
    let mut connections = vec![];
    for _ in 0..args.clients {
        let opened = open(args).await;
        connections.push(opened.map_err(|failure| Failure::dependency(&failure))?);
    }
    let began = Instant::now();
    course.began.set(began);
    course.until.set(args.seconds.map(|seconds| began + Duration::from_secs(seconds)));
    let mut clients = JoinSet::new();
    for (connection, read_back) in connections {
        clients.spawn_local(client(course.clone(), connection, read_back));
    }
    let bar = progress(args);
    let watch = tokio::task::spawn_local(watch(course.clone(), args.seconds, bar.clone()));
    let ended = clients.join_all().await;
    let elapsed = began.elapsed();
    watch.abort();
    bar.finish_and_clear();
    ended.into_iter().collect::<anyhow::Result<()>>()?;
    course.flush()?;
    Ok(course.tally.take().report(args.clients, elapsed))
}

/// A client's connection for booking, and that for reading when it reads.
async fn open(args: &LoadArgs) -> Result<(Connection, Option<ReadBack>), NoAnswer> {
    let connection = Connection::open(&args.url).await?;
    let read_back = match &args.read_back {
        Some(target) => Some(ReadBack::open(target).await?),
        None => None,
    };
    Ok((connection, read_back))
}

/// Books until there is nothing left to do.
async fn client(
    course: Rc<Course>,
    mut connection: Connection,
    mut read_back: Option<ReadBack>,
) -> anyhow::Result<()> {
    let mut failures = 0;
    while let Some(Next { request, customer, due }) = course.next() {
        if let Some(due) = due {
            tokio::time::sleep_until(due.into()).await;
        }
        let asked = due.unwrap_or_else(Instant::now);
        match connection.ask(request).await {
            Ok(answer) => {
                failures = 0;
                course.answered(&answer, asked.elapsed())?;
                if let (Some(reading), StatusCode::CREATED) = (&mut read_back, answer.status) {
                    let seen = reading.wait(&answer, &customer).await;
                    course.tally.borrow_mut().read_back(seen);
                }
            }
            Err(failure) => {
                failures += 1;
                course.unanswered(&failure);
                if FAILURES_IN_A_ROW_MAX <= failures {
                    return Ok(());
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    Ok(())
}

impl Course {
    async fn new(args: &LoadArgs, customers: Customers) -> Result<Self, Failure> {
        let mut chance = StdRng::seed_from_u64(args.seed.unwrap_or_else(rand::random));
        let on_sale = catalogue::on_sale(args, customers.of(0), &mut chance).await?;
        if on_sale.is_empty() {
            return Err(Failure::Usage("no flight is on sale: `booking seed` schedules some".to_owned()));
        }
        Ok(Self {
            target: args.url.clone(),
            customers,
            bookings: args.bookings,
            pace: Pace::new(args.rate),
            begun: Cell::new(0),
            began: Cell::new(Instant::now()),
            until: Cell::new(None),
            offers: RefCell::new((Offers::new(on_sale, args.pools_percent), chance)),
            tally: RefCell::default(),
            receipts: RefCell::new(args.keys_out.as_deref().map(Receipts::create).transpose()?),
        })
    }

    /// The next booking to place; nothing when it is enough.
    fn next(&self) -> Option<Next> {
        let due = self.pace.due(self.begun.get()).map(|after| self.began.get() + after);
        let begins = due.map_or_else(Instant::now, |due| due.max(Instant::now()));
        let is_late = self.until.get().is_some_and(|until| until <= begins);
        if self.bookings <= self.begun.get() || is_late {
            return None;
        }
        let body = {
            let (offers, chance) = &mut *self.offers.borrow_mut();
            let pick = offers.next(chance)?;
            order(&pick, chance)
        };
        let customer = self.customers.of(self.begun.replace(self.begun.get() + 1));
        Some(Next { request: self.request(&customer, body), customer, due })
    }

    fn request(&self, customer: &HeaderValue, body: Bytes) -> Request<Full<Bytes>> {
        Request::post("/api/v1/bookings")
            .header(HOST, &self.target.host)
            .header(AUTHORIZATION, customer)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header(IDEMPOTENCY_KEY, Uuid::now_v7().to_string())
            .body(Full::new(body))
            .expect("headers that were sound before make a sound request")
    }

    fn answered(&self, answer: &Answer, after: Duration) -> anyhow::Result<()> {
        self.tally.borrow_mut().answer(answer.status, after);
        match &mut *self.receipts.borrow_mut() {
            Some(receipts) if answer.status == StatusCode::CREATED => {
                receipts.add(&answer.headers, &answer.body)
            }
            Some(_) | None => Ok(()),
        }
    }

    fn unanswered(&self, failure: &NoAnswer) {
        tracing::debug!(error = failure as &dyn std::error::Error, "a request was not answered: {failure}");
        self.tally.borrow_mut().error();
    }

    fn flush(&self) -> anyhow::Result<()> {
        Ok(self.receipts.borrow_mut().as_mut().map_or(Ok(()), Receipts::flush)?)
    }
}

/// In bookings or, when they are not what ends it, in seconds.
fn progress(args: &LoadArgs) -> ProgressBar {
    match args.seconds {
        Some(seconds) => bar(seconds, "seconds"),
        None => bar(args.bookings, "bookings"),
    }
}

/// Shows how far it is, and puts on disk what was accepted.
async fn watch(course: Rc<Course>, seconds: Option<u64>, bar: ProgressBar) {
    loop {
        tokio::time::sleep(TICK).await;
        let done = course.tally.borrow().done();
        bar.set_position(seconds.map_or(done, |_| bar.elapsed().as_secs()));
        if let Err(failure) = course.flush() {
            tracing::warn!("what was accepted is not on disk yet: {failure}");
        }
    }
}
