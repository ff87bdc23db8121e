use std::collections::BTreeMap;

use utoipa::ToSchema;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{Ref, RefOr};

/// The named shapes that operations speak of.
#[derive(Default, Clone)]
pub struct Schemas(BTreeMap<String, RefOr<Schema>>);

impl Schemas {
    /// Takes a shape in with all that it is made of, and points at it.
    pub fn refer<T: ToSchema>(&mut self) -> RefOr<Schema> {
        let mut parts = vec![];
        T::schemas(&mut parts);
        self.0.extend(parts);
        let name = T::name().into_owned();
        self.0.insert(name.clone(), T::schema());
        Ref::from_schema_name(name).into()
    }

    /// Adds others.
    ///
    /// # Panics
    /// When two shapes bear one name: one of them would be told wrongly. It shows in every test of the document.
    pub fn extend(&mut self, others: Self) {
        for (name, schema) in others.0 {
            let before = self.0.insert(name.clone(), schema.clone());
            assert!(before.is_none_or(|before| before == schema), "two shapes are called {name}");
        }
    }

    /// All of them, by name.
    pub fn by_name(self) -> impl Iterator<Item = (String, RefOr<Schema>)> {
        self.0.into_iter()
    }
}
