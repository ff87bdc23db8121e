//! Names that one stream alone may bear.

use booking_domain::UseCase;
use booking_domain::use_cases::{PlaceBooking, RegisterTenant, Seats};

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
