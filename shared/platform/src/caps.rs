//! What a platform can do, as a set known at compile time.

/// A set of optional capabilities. An app names what it needs ([`App::NEEDS`](crate::App::NEEDS)), a platform
/// what it has ([`Platform::CAPS`](crate::Platform::CAPS)); [`check`](crate::check) compares them in the build.
///
/// ```
/// use aw_platform::Caps;
/// const HAS: Caps = Caps::KV_TTL.and(Caps::PASSTHROUGH);
/// assert!(HAS.contains(Caps::KV_TTL) && !HAS.contains(Caps::CACHE_TAGS));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps(u32);

impl Caps {
    /// Nothing beyond the floor that every platform has.
    pub const NONE: Self = Self(0);
    /// [`Kv::put`](crate::Kv::put) honours its time to live.
    pub const KV_TTL: Self = Self(1);
    /// [`Cache::purge`](crate::Cache::purge) removes entries by tag.
    pub const CACHE_TAGS: Self = Self(1 << 1);
    /// Concurrent misses of one cache key run one fill.
    pub const CACHE_COLLAPSE: Self = Self(1 << 2);
    /// A [`Body::Native`](crate::Body::Native) goes from fetch or KV to the client without entering guest memory.
    pub const PASSTHROUGH: Self = Self(1 << 3);
    /// State built by [`App::build`](crate::App::build) outlives a request.
    pub const RETAINED: Self = Self(1 << 4);
    /// Requests of one instance overlap in time.
    pub const CONCURRENT: Self = Self(1 << 5);

    /// Both sets together.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether every capability of `other` is in this set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}
