use std::fmt;

/// A place in a body; displayed as its JSON pointer. Costs nothing until it is.
#[derive(Debug, Clone, Copy)]
pub enum At<'a> {
    /// The whole of it.
    Body,
    /// A member of an object. The names of ours hold neither `~` nor `/`.
    Field(&'a At<'a>, &'static str),
    /// An element of an array.
    Index(&'a At<'a>, usize),
}

impl At<'_> {
    /// The member of that name.
    pub const fn field(&self, name: &'static str) -> At<'_> {
        At::Field(self, name)
    }

    /// The element at that place.
    pub const fn index(&self, index: usize) -> At<'_> {
        At::Index(self, index)
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body => Ok(()),
            Self::Field(parent, name) => write!(f, "{parent}/{name}"),
            Self::Index(parent, index) => write!(f, "{parent}/{index}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_as_a_pointer() {
        let passengers = At::Body.field("passengers");
        assert_eq!(passengers.index(0).field("email").to_string(), "/passengers/0/email");
        assert_eq!(At::Body.to_string(), "");
    }
}
