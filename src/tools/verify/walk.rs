//! One pass over the journal: it is read, folded and chained at the same time.

use std::sync::Arc;

use booking_journal::{
    Audit, Batch, Breach, Chain, ChainCheck, ChainPublicKey, ChainReport, READ_EVENTS_MAX, Reader, Recorded,
    check_heads,
};
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::task::{self, JoinHandle};

use crate::exit::Failure;
use crate::tools::progress::bar;

/// Pages that are read before those who fold them have done the last one.
const PAGES_AHEAD: usize = 2;

/// What the pass found.
#[derive(Debug)]
pub struct Walked {
    /// How many events there are.
    pub events: i64,
    /// The end of the hash chain.
    pub chained: i64,
    /// Heads that the key did sign; 0 without a key.
    pub signed_heads: u64,
    pub breaches: Vec<Breach>,
    /// Those that were not kept.
    pub more_breaches: u64,
}

/// Events, and the chain's rows that end among them.
struct Page {
    events: Vec<Recorded>,
    rows: Vec<Batch>,
}

/// Reads, folds and chains everything there is, or was when it began. With a key, the signatures of heads are
/// checked.
///
/// # Errors
/// When the journal cannot be read.
pub async fn walk(reader: &Reader, key: Option<&ChainPublicKey>) -> Result<Walked, Failure> {
    let (audit, chain) = (fold(Audit::default(), audit_page), fold(ChainCheck::default(), chain_page));
    let events = read(reader, &[&audit.0, &chain.0]).await?;
    let (mut breaches, more) = done(audit).await?.finish();
    let walked = chain_walked(reader, chain, events, key).await?;
    breaches.extend(walked.breaches);
    Ok(Walked { breaches, more_breaches: more + walked.more_breaches, ..walked })
}

/// The same without folding, which takes most of the time.
///
/// # Errors
/// When the journal cannot be read.
pub async fn walk_chain(reader: &Reader, key: Option<&ChainPublicKey>) -> Result<Walked, Failure> {
    let chain = fold(ChainCheck::default(), chain_page);
    let events = read(reader, &[&chain.0]).await?;
    chain_walked(reader, chain, events, key).await
}

async fn chain_walked(
    reader: &Reader,
    chain: Folding<ChainCheck>,
    events: i64,
    key: Option<&ChainPublicKey>,
) -> Result<Walked, Failure> {
    let ChainReport { chained, mut breaches, more_breaches } = done(chain).await?.finish();
    let (of_heads, signed_heads) = heads(&reader.chain(), key).await?;
    breaches.extend(of_heads);
    if key.is_some() && 0 < chained && signed_heads == 0 {
        let what = "no head of the chain is signed with this key".to_owned();
        breaches.push(Breach { position: chained, what });
    }
    Ok(Walked { events, chained, signed_heads, breaches, more_breaches })
}

/// Hands every page to each of those who fold. Returns the last event's position.
async fn read(reader: &Reader, folders: &[&Sender<Arc<Page>>]) -> Result<i64, Failure> {
    let chain = reader.chain();
    // Asked before the head: a row is only written when its events are there.
    let chained = chain.last().await?.position;
    let head = reader.head().await?;
    let bar = bar(head.unsigned_abs(), "journal");
    let (mut at, mut row, mut end) = (0, -1, 0);
    while at < head.max(chained) {
        let events = reader.as_found(at, READ_EVENTS_MAX).await?;
        end = events.last().map_or(end, |event| event.position);
        at = if events.is_empty() { head.max(chained) } else { end };
        let rows = chain.batches(row, at).await?;
        row = rows.last().map_or(row, |row| row.until);
        let page = Arc::new(Page { events, rows });
        for folder in folders {
            // One that has gone has panicked, and is asked about at the end.
            drop(folder.send(page.clone()).await);
        }
        bar.set_position(at.unsigned_abs());
    }
    bar.finish_and_clear();
    Ok(end)
}

type Folding<F> = (Sender<Arc<Page>>, JoinHandle<F>);

/// On a thread of its own, so that several can be busy.
fn fold<F: Send + 'static>(mut folder: F, page: fn(&mut F, &Page)) -> Folding<F> {
    let (sender, mut pages): (_, Receiver<Arc<Page>>) = mpsc::channel(PAGES_AHEAD);
    let folding = task::spawn_blocking(move || {
        while let Some(next) = pages.blocking_recv() {
            page(&mut folder, &next);
        }
        folder
    });
    (sender, folding)
}

async fn done<F>((sender, folding): Folding<F>) -> Result<F, Failure> {
    drop(sender);
    folding.await.map_err(|failure| Failure::Failed(failure.into()))
}

fn audit_page(audit: &mut Audit, page: &Page) {
    page.events.iter().for_each(|event| audit.fold(event));
}

fn chain_page(check: &mut ChainCheck, page: &Page) {
    check.expect(page.rows.clone());
    page.events.iter().for_each(|event| check.fold(event));
}

async fn heads(chain: &Chain, key: Option<&ChainPublicKey>) -> Result<(Vec<Breach>, u64), Failure> {
    let (mut breaches, mut signed, mut after) = (vec![], 0, 0);
    loop {
        let heads = chain.heads(after).await?;
        let Some(last) = heads.last() else { return Ok((breaches, signed)) };
        after = last.signed.head.link.position;
        let (found, count) = check_heads(&heads, key);
        breaches.extend(found);
        signed += count;
    }
}
