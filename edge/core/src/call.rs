//! One request, as the edge services see it.

use std::{cell::RefCell, fmt::Display, rc::Rc};

use aw_platform::Platform;
use http::HeaderValue;

use crate::{Edge, Session, Site};

/// A request's platform, its edge and its id. A clone is another handle on the same request.
pub struct Call<P> {
    /// The platform.
    pub platform: P,
    /// What is kept between requests.
    pub edge: Rc<Edge>,
    /// The request's id.
    pub id: Rc<str>,
    notes: Rc<RefCell<String>>,
}

impl<P: Clone> Clone for Call<P> {
    fn clone(&self) -> Self {
        Self {
            platform: self.platform.clone(),
            edge: self.edge.clone(),
            id: self.id.clone(),
            notes: self.notes.clone(),
        }
    }
}

impl<P: Platform> Call<P> {
    /// A request with that id.
    pub fn new(platform: &P, edge: &Rc<Edge>, id: &str) -> Self {
        Self { platform: platform.clone(), edge: edge.clone(), id: id.into(), notes: Rc::default() }
    }

    /// The time, in seconds since 1970.
    pub fn now_s(&self) -> u64 {
        self.platform.now() / 1000
    }

    /// Adds to the request's access record what strangers are not told.
    pub fn note(&self, what: impl Display) {
        use std::fmt::Write;
        let notes = &mut *self.notes.borrow_mut();
        let gap = if notes.is_empty() { "" } else { "; " };
        // Writing to a string does not fail.
        let _ = write!(notes, "{gap}{what}");
    }

    /// What was noted.
    pub fn notes(&self) -> String {
        self.notes.borrow().clone()
    }
}

/// A request for a tenant's site, from a reader.
pub struct Context<P> {
    /// The request.
    pub call: Call<P>,
    /// The site.
    pub site: Site,
    /// The reader.
    pub session: Session,
    /// What the browser says that it is.
    pub user_agent: Option<HeaderValue>,
}
