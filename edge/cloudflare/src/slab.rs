//! Numbered slots. A number that has been given back does not name the slot's next owner.

/// The low bits of an id are the slot's place, the rest its generation.
const PLACE: u32 = 20;

/// Things by number. Ids are never 0.
pub(crate) struct Slab<T> {
    slots: Vec<(u32, Option<T>)>,
    free: Vec<u32>,
}

impl<T> Slab<T> {
    pub(crate) const fn new() -> Self {
        Self { slots: Vec::new(), free: Vec::new() }
    }

    /// Keeps `value` and gives its id. At most 2²⁰ things: far more than a worker's memory holds.
    pub(crate) fn insert(&mut self, value: T) -> u32 {
        if let Some(place) = self.free.pop() {
            let slot = &mut self.slots[place as usize];
            slot.1 = Some(value);
            return (slot.0 << PLACE) | (place + 1);
        }
        let place = self.slots.len() as u32;
        assert!(place < (1 << PLACE) - 1, "too much at once for one instance");
        self.slots.push((0, Some(value)));
        place + 1
    }

    fn place(&self, id: u32) -> Option<usize> {
        let place = (id & ((1 << PLACE) - 1)).checked_sub(1)? as usize;
        self.slots.get(place).is_some_and(|slot| slot.0 == id >> PLACE).then_some(place)
    }

    pub(crate) fn get_mut(&mut self, id: u32) -> Option<&mut T> {
        let place = self.place(id)?;
        self.slots[place].1.as_mut()
    }

    pub(crate) fn remove(&mut self, id: u32) -> Option<T> {
        let place = self.place(id)?;
        let slot = &mut self.slots[place];
        let value = slot.1.take()?;
        slot.0 = (slot.0 + 1) & (u32::MAX >> PLACE);
        self.free.push(place as u32);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::Slab;

    #[test]
    fn an_old_id_is_nobody() {
        let mut slab = Slab::new();
        let (a, b) = (slab.insert('a'), slab.insert('b'));
        assert_eq!(slab.remove(a), Some('a'));
        let c = slab.insert('c');
        assert_ne!(a, c, "the place is used again, the id is not");
        assert_eq!((slab.get_mut(a).copied(), slab.remove(a)), (None, None));
        assert_eq!((slab.get_mut(b).copied(), slab.get_mut(c).copied()), (Some('b'), Some('c')));
        assert_eq!(slab.get_mut(0), None);
    }

    #[test]
    fn generations_wrap() {
        let mut slab = Slab::new();
        for n in 0..10_000 {
            let id = slab.insert(n);
            assert!(id != 0 && slab.remove(id) == Some(n));
        }
        assert_eq!(slab.slots.len(), 1);
    }
}
