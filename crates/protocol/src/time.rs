//! Points in time: integer milliseconds inside, RFC 3339 UTC with milliseconds outside.

use std::{fmt, fs, path::PathBuf, sync::LazyLock, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

/// Whether the clock of this build can be stepped.
const CAN_BE_STEPPED: bool = cfg!(feature = "fault-points");
/// The variable that names the file which says by how many milliseconds it is: a test may write it at any time.
const STEP: &str = "CLOCK_STEP_FILE";

static STEP_FILE: LazyLock<Option<PathBuf>> = LazyLock::new(|| std::env::var_os(STEP).map(Into::into));

/// Milliseconds since 1970-01-01 UTC; written as `2024-01-01T12:00:00.000Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = String, format = DateTime, examples("2024-01-01T12:00:00.000Z"))]
pub struct Timestamp(pub i64);

impl Timestamp {
    pub fn now() -> Self {
        let now = jiff::Timestamp::now().as_millisecond();
        Self(if CAN_BE_STEPPED { now + step_ms() } else { now })
    }

    /// Whole seconds, as JWT claims count.
    pub fn as_secs(self) -> i64 {
        self.0.div_euclid(1000)
    }
}

/// Ahead of the system's clock, or behind it where negative; 0 as long as no file says otherwise.
fn step_ms() -> i64 {
    let text = STEP_FILE.as_ref().and_then(|file| fs::read_to_string(file).ok());
    text.and_then(|text| text.parse().ok()).unwrap_or_default()
}

impl std::ops::Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl std::ops::Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = jiff::Timestamp::from_millisecond(self.0).unwrap_or_default();
        write!(f, "{time:.3}")
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time: jiff::Timestamp = text.parse().map_err(serde::de::Error::custom)?;
        Ok(Self(time.as_millisecond()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rfc_3339_with_milliseconds_and_come_back() {
        for (ms, text) in [(0, "1970-01-01T00:00:00.000Z"), (1_704_110_400_050, "2024-01-01T12:00:00.050Z")] {
            assert_eq!(Timestamp(ms).to_string(), text);
            let json = serde_json::to_string(&Timestamp(ms)).unwrap();
            assert_eq!(serde_json::from_str::<Timestamp>(&json).unwrap(), Timestamp(ms));
        }
    }
}
