use booking_http::Paging;

use super::*;

const THINGS: Source = Source {
    model: Model::Booking,
    tables: "read.thing",
    id: "thing_id",
    columns: "document",
    sorts: &[("created_at", "created_at"), ("start_time", "starts_at")],
};
const NEWEST: Sort = Sort { field: "created_at", descending: true };

fn paging(cursor: Option<&str>, sort: Option<&str>) -> Paging {
    Paging { page: 1, limit: 20, cursor: cursor.map(ToOwned::to_owned), sort: sort.map(ToOwned::to_owned) }
}

fn statement(conditions: &Conditions, paging: &Paging) -> String {
    let search = Search::new(&THINGS, conditions, paging, NEWEST).unwrap();
    search.sql(Uuid::nil()).sql().to_owned()
}

#[test]
fn every_part_of_the_statement_is_within_the_tenant() {
    let sql = statement(&Conditions::default(), &paging(None, None));
    assert_eq!(sql.matches("from read.thing where tenant_id = $").count(), 2);
    assert_eq!(sql.matches("read.thing").count(), 2);
}

#[test]
fn conditions_hold_for_the_rows_and_for_their_count() {
    let mut conditions = Conditions::default();
    conditions.and("status = any", vec!["created", "confirmed"]);
    conditions.and_if("flight_id =", Some(Uuid::nil()));
    conditions.and_if("start_time <", None::<DateTime<Utc>>);
    let sql = statement(&conditions, &paging(None, None));
    assert_eq!(sql.matches(" and status = any (").count(), 2);
    assert_eq!(sql.matches(" and flight_id = (").count(), 2);
    assert!(!sql.contains("start_time"));
}

#[test]
fn a_cursor_goes_on_after_its_row_in_either_direction() {
    let cursor = |sort| Cursor { at: DateTime::UNIX_EPOCH, id: Uuid::nil(), total: 3 }.text(sort);
    let down = statement(&Conditions::default(), &paging(Some(&cursor(NEWEST)), None));
    assert!(
        down.contains(") > (created_at, thing_id) order by created_at desc, thing_id desc limit"),
        "{down}"
    );
    let oldest = Sort { descending: false, ..NEWEST };
    let up = statement(&Conditions::default(), &paging(Some(&cursor(oldest)), Some("created_at")));
    assert!(up.contains(") < (created_at, thing_id) order by created_at asc, thing_id asc limit"), "{up}");
}

#[test]
fn rows_are_counted_for_the_first_page_only() {
    let cursor = Cursor { at: DateTime::UNIX_EPOCH, id: Uuid::nil(), total: 3 }.text(NEWEST);
    let counts = |paging: &Paging| statement(&Conditions::default(), paging).contains("count(*)");
    assert!(counts(&paging(None, None)));
    assert!(!counts(&paging(Some(&cursor), None)));
}

#[test]
fn an_order_that_there_is_not_and_a_cursor_of_another_are_refused() {
    let refused = |paging: Paging| Search::new(&THINGS, &Conditions::default(), &paging, NEWEST).unwrap_err();
    assert_eq!(refused(paging(None, Some("price"))).code(), "INVALID_QUERY");
    let cursor = Cursor { at: DateTime::UNIX_EPOCH, id: Uuid::nil(), total: 3 }.text(NEWEST);
    assert_eq!(refused(paging(Some(&cursor), Some("start_time"))).code(), "INVALID_QUERY");
}
