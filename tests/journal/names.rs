//! Names that one stream alone may bear.

use booking_domain::UseCase;
use booking_domain::use_cases::{PlaceBooking, RegisterTenant, Seats};
use booking_journal::SubmitFailure;
use futures::future::join_all;

use crate::support::scene::{Scene, done, refused};

#[tokio::test]
async fn a_reference_that_is_taken_is_passed_over_for_the_next() {
    let scene = Scene::new().await;
    let first = placing(scene.place(Seats::Preferring(vec![])));
    scene.done(UseCase::PlaceBooking(first.clone())).await;
    // Through another process, which has never heard of the first booking's reference.
    let other = scene.another_journal();
    let mut second = placing(scene.place(Seats::Preferring(vec![])));
    second.references[0] = first.references[0].clone();
    let wanted = second.references[1].to_string();
    let receipt = done(scene.submit(&other, UseCase::PlaceBooking(second), None).await);
    let created = receipt.events.last().unwrap().event.to_json().unwrap();
    assert!(created.contains(&wanted));
    assert_eq!(scene.breaches().await, Vec::<String>::new());
}

/// All are decided before any is stored, so only what is hoped can tell them apart.
#[tokio::test]
async fn bookings_that_are_stored_together_never_share_a_reference() {
    let scene = Scene::new().await;
    let references = placing(scene.place(Seats::Preferring(vec![]))).references;
    let order = || {
        let case = placing(scene.place(Seats::Preferring(vec![])));
        UseCase::PlaceBooking(Box::new(PlaceBooking { references: references.clone(), ..*case }))
    };
    let answers = join_all((0..8).map(|_| scene.submit(&scene.journal, order(), None))).await;
    let (placed, turned_away): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((placed.len(), turned_away.len()), (references.len(), 8 - references.len()));
    assert!(turned_away.iter().all(|answer| matches!(answer, Err(SubmitFailure::TooBusy))));
    let all = scene.reader.after(0, 100).await.unwrap();
    for reference in references {
        let bearers = all.iter().filter(|event| event.payload.contains(reference.as_str())).count();
        assert_eq!(bearers, 1, "{reference}");
    }
}

#[tokio::test]
async fn a_subdomain_belongs_to_one_business_over_the_whole_platform() {
    let mut scene = Scene::new().await;
    let UseCase::RegisterTenant(mut register) = scene.register() else { panic!("a registration") };
    scene.tenant = uuid::Uuid::now_v7().into();
    register.business.business_id = scene.tenant;
    let register = UseCase::RegisterTenant(RegisterTenant { ..register });
    for journal in [scene.journal.clone(), scene.another_journal()] {
        assert_eq!(refused(scene.submit(&journal, register.clone(), None).await).code, "SUBDOMAIN_TAKEN");
    }
}

fn placing(case: UseCase) -> Box<PlaceBooking> {
    let UseCase::PlaceBooking(case) = case else { panic!("an order") };
    case
}
