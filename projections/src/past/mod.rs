//! How things were: states folded out of the journal up to a position, with the same code as the read models'.
//!
//! ```text
//!   ?as_of=, ?at_position= --> When --> Then (a position) --> events up to it --> Projection::apply --> row
//! ```
//! What is absent: any look at a row of a read model for what it says. Rows are as of now; the journal alone knows
//! how things were. So nothing here waits for a projection.

mod cursor;
mod fold;
mod survey;
mod then;
mod when;

pub use cursor::PositionCursor;
pub use fold::folded;
pub use survey::{Survey, SurveyOf};
pub use then::{Seen, Then};
pub use when::{Place, When, refused};
