//! Somebody with a session.

use serde_json::{Value, json};

use super::{Answer, PASSWORD, TestApp};

pub struct Person<'a> {
    app: &'a TestApp,
    pub id: String,
    pub username: String,
    pub email: String,
    pub token: String,
    pub refresh_token: String,
}

impl<'a> Person<'a> {
    pub fn new(app: &'a TestApp, body: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Self {
            app,
            id: text(&body["user"]["id"]),
            username: text(&body["user"]["username"]),
            email: text(&body["user"]["email"]),
            token: text(&body["token"]),
            refresh_token: text(&body["refreshToken"]),
        }
    }

    /// The same person in another browser.
    pub async fn log_in_again(&self) -> Person<'a> {
        let answer = self.app.log_in(&self.email, PASSWORD).await.expect(200);
        Person::new(self.app, &answer.body)
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.app.request("GET", path).bearer_auth(&self.token)).await
    }

    /// Changes the own account.
    pub async fn change(&self, patch: Value) -> Answer {
        self.call("PATCH", &format!("/users/{}", self.id), &patch).await
    }

    pub async fn delete(&self, password: &str) -> Answer {
        self.call("DELETE", &format!("/users/{}", self.id), &json!({"currentPassword": password})).await
    }

    pub async fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        Answer::of(self.app.request(method, path).bearer_auth(&self.token).json(body)).await
    }

    pub async fn refresh(&self) -> Answer {
        self.app.refresh(&self.refresh_token).await
    }

    pub async fn forgot(&self) -> String {
        let answer = self.app.post("/auth/forgot-password", json!({"email": self.email})).await.expect(200);
        answer.text("resetLink").to_owned()
    }

    pub fn sid(&self) -> protocol::SessionId {
        self.app.tokens.verify(&self.token).expect("a live token").sid
    }

    pub async fn is_out(&self) {
        self.get("/users/me").await.refused(401, "SESSION_REVOKED");
        self.refresh().await.refused(401, "BAD_REFRESH_TOKEN");
    }

    pub async fn is_in(&self) {
        self.get("/users/me").await.expect(200);
    }
}
