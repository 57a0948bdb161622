//! Token buckets per client: a brake on guessing, near the guesser. The exact limit is the origin's.

use std::{cell::RefCell, collections::HashMap, net::IpAddr};

use aw_platform::RateLimit;

/// How often something may be done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// So often at once.
    pub burst: u32,
    /// And once in so many milliseconds from then on.
    pub every: u64,
}

/// The buckets. They live as long as the instance, and there are as many as there are instances.
#[derive(Debug)]
pub struct Throttle {
    buckets: RefCell<HashMap<Client, Bucket>>,
    most: usize,
}

/// A tenant's client.
type Client = (Box<str>, Option<IpAddr>);

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// When the bucket is full again, in milliseconds since 1970 (the generic cell rate algorithm's theoretical
    /// arrival time, ITU-T I.371).
    full_at: u64,
}

impl Throttle {
    /// Buckets for at most `most` clients; the fullest go first.
    pub fn new(most: usize) -> Self {
        Self { buckets: RefCell::default(), most }
    }

    /// Takes one from the bucket of this client of this tenant at `now` (milliseconds since 1970); what is left in it.
    ///
    /// # Errors
    /// It is empty: the seconds until there is one again.
    pub fn take(&self, tenant: &str, client: Option<IpAddr>, rate: Rate, now: u64) -> Result<RateLimit, u32> {
        let buckets = &mut *self.buckets.borrow_mut();
        let key = (Box::from(tenant), client.map(network));
        let full_at = buckets.get(&key).map_or(now, |bucket| bucket.full_at.max(now));
        let spent = full_at - now + rate.every;
        let room = rate.every.saturating_mul(u64::from(rate.burst));
        if spent > room {
            return Err(u32::try_from((spent - room).div_ceil(1000)).unwrap_or(u32::MAX).max(1));
        }
        if buckets.len() >= self.most && !buckets.contains_key(&key) {
            buckets.retain(|_, bucket| bucket.full_at > now);
            if buckets.len() >= self.most
                && let Some(fullest) = buckets.iter().min_by_key(|(_, bucket)| bucket.full_at).map(|(k, _)| k.clone())
            {
                buckets.remove(&fullest);
            }
        }
        buckets.insert(key, Bucket { full_at: now + spent });
        let (limit, remaining) = (rate.burst.into(), (room - spent) / rate.every.max(1));
        Ok(RateLimit { limit, remaining, reset: spent.div_ceil(1000) })
    }
}

/// Who has an IPv6 address has all of its /64.
fn network(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 3, every: 2_000 };

    fn ip(s: &str) -> Option<IpAddr> {
        s.parse().ok()
    }

    #[test]
    fn a_burst_then_one_at_a_time_each_client_for_itself() {
        let throttle = Throttle::new(10);
        let take = |client, now| throttle.take("press", ip(client), RATE, now);
        let left = |remaining, reset| Ok(RateLimit { limit: 3, remaining, reset });
        assert_eq!([0, 0, 0].map(|now| take("10.0.0.1", now)), [left(2, 2), left(1, 4), left(0, 6)]);
        assert_eq!(take("10.0.0.1", 0), Err(2));
        assert_eq!(take("10.0.0.2", 0), left(2, 2));
        assert_eq!(throttle.take("other", ip("10.0.0.1"), RATE, 0), left(2, 2));
        assert_eq!(take("10.0.0.1", 2_000), left(0, 6));
        assert_eq!(take("10.0.0.1", 2_000), Err(2));
    }

    #[test]
    fn a_network_of_ipv6_is_one_client() {
        let throttle = Throttle::new(10);
        let take = |client| throttle.take("press", ip(client), RATE, 0);
        assert!(["2001:db8::1", "2001:db8::2", "2001:db8::ffff:0:0:1"].into_iter().all(|c| take(c).is_ok()));
        assert!(take("2001:db8::3").is_err());
        assert!(take("2001:db8:0:1::3").is_ok());
    }

    #[test]
    fn it_holds_no_more_clients_than_it_may_and_forgets_the_fullest_first() {
        let throttle = Throttle::new(2);
        let take = |client: &str, now| throttle.take("press", ip(client), RATE, now);
        assert!((0..3).all(|_| take("10.0.0.1", 0).is_ok()));
        for n in 2..100 {
            assert!(take(&format!("10.0.0.{n}"), 0).is_ok());
        }
        assert!(take("10.0.0.1", 0).is_err(), "whoever is at the limit is remembered");
        assert_eq!(throttle.buckets.borrow().len(), 2);
    }
}
