//! One fill for many waiters, inside one instance.

use std::{
    cell::RefCell,
    collections::HashMap,
    future::{Future, poll_fn},
    rc::Rc,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;

use crate::Result;

/// Collapses concurrent fills of one key into one, for platforms whose own cache does not. Nothing is kept once
/// the fill is done. A leader that fails or is dropped makes one of the waiters the next leader.
#[derive(Clone, Default)]
pub struct Flights(Rc<RefCell<HashMap<String, Rc<Flight>>>>);

#[derive(Default)]
struct Flight(RefCell<State>);

#[derive(Default)]
enum State {
    /// Wakers of those who wait; one that has gone is woken in vain.
    Flying(Vec<Waker>),
    Landed(Bytes),
    Crashed,
    #[default]
    Starting,
}

impl Flight {
    /// The value, or `None` where the leader gave up.
    fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let mut state = self.0.borrow_mut();
        match &mut *state {
            State::Landed(value) => Poll::Ready(Some(value.clone())),
            State::Crashed => Poll::Ready(None),
            State::Starting => {
                *state = State::Flying(vec![cx.waker().clone()]);
                Poll::Pending
            }
            State::Flying(waiting) => {
                waiting.push(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// Ends the flight on every path out of the leader, a cancelled one included.
struct Leader<'a> {
    flights: &'a Flights,
    key: &'a str,
    flight: Rc<Flight>,
    value: Option<Bytes>,
}

impl Drop for Leader<'_> {
    fn drop(&mut self) {
        let mut flights = self.flights.0.borrow_mut();
        // Once abandoned, the key may be another's.
        if flights.get(self.key).is_some_and(|flight| Rc::ptr_eq(flight, &self.flight)) {
            flights.remove(self.key);
        }
        drop(flights);
        let end = self.value.take().map_or(State::Crashed, State::Landed);
        if let State::Flying(waiting) = self.flight.0.replace(end) {
            waiting.into_iter().for_each(Waker::wake);
        }
    }
}

impl Flights {
    /// No flights.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives up every leader, for platforms where one can end without being dropped: whoever waits becomes the next.
    pub fn abandon(&self) {
        for flight in self.0.take().into_values() {
            if let State::Flying(waiting) = flight.0.replace(State::Crashed) {
                waiting.into_iter().for_each(Waker::wake);
            }
        }
    }

    /// What `fill` gives, for everyone who asks for `key` while it runs.
    ///
    /// # Errors
    /// This caller's own fill failed.
    pub async fn run<F>(&self, key: &str, fill: impl FnOnce() -> F) -> Result<Bytes>
    where
        F: Future<Output = Result<Bytes>>,
    {
        loop {
            let under_way = self.0.borrow().get(key).cloned();
            let Some(flight) = under_way else { break };
            if let Some(value) = poll_fn(|cx| flight.poll(cx)).await {
                return Ok(value);
            }
        }
        let flight = Rc::new(Flight::default());
        self.0.borrow_mut().insert(key.to_owned(), flight.clone());
        let mut leader = Leader { flights: self, key, flight, value: None };
        let value = fill().await?;
        leader.value = Some(value.clone());
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::{pending, ready},
        pin::pin,
    };

    use super::*;

    #[test]
    fn who_waits_for_an_abandoned_leader_fills() {
        let flights = Flights::new();
        let cx = &mut Context::from_waker(Waker::noop());
        let mut stuck = pin!(flights.run("k", pending));
        let mut waiting = pin!(flights.run("k", || ready(Ok(Bytes::from_static(b"v")))));
        assert!(stuck.as_mut().poll(cx).is_pending() && waiting.as_mut().poll(cx).is_pending());
        flights.abandon();
        assert!(matches!(waiting.as_mut().poll(cx), Poll::Ready(Ok(value)) if value == "v"));
        assert!(flights.0.borrow().is_empty());
    }
}
