//! Newtyped identifiers: swapped arguments must not compile.

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de::Visitor};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type},
};
use uuid::Uuid;

/// The largest integer that a JavaScript number holds exactly.
pub const INTEGER_MAX: i64 = (1 << 53) - 1;

/// An account. Chosen at random, never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct UserId(pub Uuid);

/// A session, that is one refresh-token family: the `sid` claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct SessionId(pub Uuid);

macro_rules! uuid_id {
    ($name:ident) => {
        impl $name {
            pub fn random() -> Self {
                Self(Uuid::new_v4())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(text).map(Self)
            }
        }
    };
}

uuid_id!(UserId);
uuid_id!(SessionId);

macro_rules! integer_id {
    ($(#[$doc:meta])* $name:ident, $min:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl $name {
            /// `None` below the first valid value or past what a JavaScript number holds.
            pub fn new(value: i64) -> Option<Self> {
                ($min..=INTEGER_MAX).contains(&value).then_some(Self(value))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            /// Digits only: no sign, no spaces, no leading zero, so that an id has one spelling.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let is_padded = text.len() > 1 && text.starts_with('0');
                if is_padded || !text.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(InvalidId);
                }
                text.parse().ok().and_then(Self::new).ok_or(InvalidId)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = deserializer.deserialize_i64(Integer)?;
                Self::new(value).ok_or_else(|| serde::de::Error::custom("integer out of range"))
            }
        }

        // By hand: the derive does not see the literals that a macro hands on.
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let format = SchemaFormat::KnownFormat(KnownFormat::Int64);
                let object = ObjectBuilder::new().schema_type(Type::Integer).format(Some(format));
                object.minimum(Some($min)).maximum(Some(INTEGER_MAX)).into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}

integer_id!(
    /// A room. Never used twice.
    RoomId,
    1
);
integer_id!(
    /// A message, across all rooms. Never used twice.
    MessageId,
    1
);
integer_id!(
    /// A message's place in its room: 1, 2, 3 … without gaps. 0 stands before the first.
    Seq,
    0
);

/// A JSON number without a fraction: `7`, and also `7.0`, which JSON Schema calls an integer too.
struct Integer;

impl Visitor<'_> for Integer {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer")
    }

    fn visit_i64<E>(self, value: i64) -> Result<i64, E> {
        Ok(value)
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<i64, E> {
        i64::try_from(value).map_err(|_| E::custom("integer out of range"))
    }

    #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and far within i64")]
    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<i64, E> {
        let is_exact = value.fract() == 0.0 && value.abs() < 9e15;
        if is_exact { Ok(value as i64) } else { Err(E::custom("not an integer")) }
    }
}

impl Seq {
    pub const ZERO: Self = Self(0);

    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// Text that is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidId;

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id")
    }
}

impl std::error::Error for InvalidId {}

/// A sender's own name for a message, 1 to 64 of `A-Za-z0-9._:-`, compared byte by byte: sending it again
/// returns the original.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9._:-]{1,64}$")]
pub struct ClientMessageId(String);

impl ClientMessageId {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn random() -> Self {
        Self(Uuid::now_v7().to_string())
    }
}

impl FromStr for ClientMessageId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let valid = (1..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte));
        if valid { Ok(Self(text.to_owned())) } else { Err(InvalidId) }
    }
}

impl fmt::Display for ClientMessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for ClientMessageId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(|_| serde::de::Error::custom("1 to 64 of A-Za-z0-9._:-"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        assert_eq!("7".parse(), Ok(RoomId(7)));
        for text in ["", "0", "+7", "07", " 7", "7.0", "-1", "9007199254740992", "99999999999999999999"] {
            assert_eq!(text.parse::<RoomId>(), Err(InvalidId), "{text:?}");
        }
    }

    #[test]
    fn an_id_in_json_is_a_whole_number() {
        for json in ["7", "7.0", "7e0"] {
            assert_eq!(serde_json::from_str::<RoomId>(json).ok(), Some(RoomId(7)), "{json}");
        }
        for json in ["7.5", "0", "-1", "1e300", "9007199254740992", "18446744073709551615", "\"7\"", "null"] {
            assert!(serde_json::from_str::<RoomId>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn the_schema_of_an_id_tells_its_bounds() {
        let bounds = |schema: RefOr<Schema>| {
            let json = serde_json::to_value(schema).unwrap();
            (json["minimum"].as_i64(), json["maximum"].as_i64())
        };
        assert_eq!(bounds(RoomId::schema()), (Some(1), Some(INTEGER_MAX)));
        assert_eq!(bounds(Seq::schema()), (Some(0), Some(INTEGER_MAX)));
    }

    #[test]
    fn a_client_message_id_is_one_to_64_safe_characters() {
        assert!("a.B_9:-".parse::<ClientMessageId>().is_ok());
        for text in [String::new(), "a b".into(), "é".into(), "x".repeat(65)] {
            assert!(text.parse::<ClientMessageId>().is_err(), "{text:?}");
        }
    }
}
