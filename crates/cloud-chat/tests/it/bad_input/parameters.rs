//! Query parameters with values that they do not take.

use crate::harness::Topology;

const NOT_NUMBERS: [&str; 9] =
    ["", "x", "1.5", "%00", "1%00", "%F0%9F%97%BC", "null", "[]", "99999999999999999999999"];

pub async fn odd_query_parameters_are_refused(topology: Topology) {
    let mut app = topology.start().await;
    let alice = app.user("alice").await;
    let room = alice.create_room("plans").await;

    for value in NOT_NUMBERS {
        for (path, names) in [
            (format!("/messages/{room}"), &["limit", "before", "after"][..]),
            ("/users".to_owned(), &["limit", "after"]),
            (format!("/rooms/{room}"), &["membersAfter"]),
        ] {
            for name in names {
                alice.get(&format!("{path}?{name}={value}")).await.problem(400, "INVALID");
            }
        }
    }
    let both = alice.get(&format!("/messages/{room}?before=3&after=1")).await;
    assert!([200, 400].contains(&both.status), "{}", both.text());
    alice.get(&format!("/users?q={}", "x".repeat(5000))).await.problem(400, "INVALID");
    for harmless in ["%00", "%E2%80%AE", "%E2%80%8B", "%25", "_", "'", "%5C"] {
        let found = alice.get(&format!("/users?q={harmless}")).await.is(200).json();
        let all = found.as_array().expect("a list").len();
        // A search for what takes no room may find everybody or nobody; it never fails.
        assert!(all <= 1, "{harmless}: {found}");
    }
    for broken in ["?%ff=%fe", "?&&&=", "?limit", "?limit=1&limit=2", "?=1"] {
        let answer = alice.get(&format!("/messages/{room}{broken}")).await;
        assert!([200, 400].contains(&answer.status), "{broken}: {}", answer.text());
    }
    app.assert_healthy().await;
}
