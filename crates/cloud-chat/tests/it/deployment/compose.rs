//! `docker-compose.yml` and `Dockerfile`.

use serde_json::{Value, json};
use tokio::process::Command;

use super::{file, read};
use crate::harness::{output_of, run, tool};

const SERVICES: [(&str, &str); 3] =
    [("auth-service", "auth"), ("chat-service", "chat"), ("ws-service", "ws")];
const READ: &str = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))['services']))";

async fn services() -> Value {
    let mut python = Command::new(tool("python"));
    python.args(["-c", READ]).arg(file("docker-compose.yml"));
    let output = output_of("the compose file is read", python).await;
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    serde_json::from_str(&output.stdout).expect("JSON")
}

/// The variables of `.env` that the compose file asks for.
fn asked() -> Vec<String> {
    let text = read("docker-compose.yml");
    let names = text.split("${").skip(1);
    names.map(|rest| rest.chars().take_while(|c| c.is_ascii_uppercase() || *c == '_').collect()).collect()
}

#[tokio::test]
async fn each_service_is_told_only_what_it_knows() {
    let services = services().await;
    for (service, role) in SERVICES {
        // As if no line of it were wrapped.
        let help = run(&[role, "--help"]).await.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        let told = services[service]["environment"].as_object().expect("variables");
        assert!(told.contains_key("JWT_SECRET") && told.contains_key("NATS_URL"), "{service}");
        for name in told.keys() {
            assert!(help.contains(&format!("[env: {name}")), "{service} has no setting {name}");
        }
    }
    let script = read("deploy/nginx/start.sh");
    for name in services["frontend"]["environment"].as_object().expect("variables").keys() {
        assert!(
            script.contains(&format!("\n{name}=${{{name}:-")),
            "{name} is not read by deploy/nginx/start.sh"
        );
    }
}

#[tokio::test]
async fn every_variable_is_in_the_example_or_explained() {
    let (example, guide) = (read(".env.example"), read("docs/docker.md"));
    let asked = asked();
    assert!(asked.len() > 20, "{asked:?}");
    for name in asked {
        let is_required = example.lines().any(|line| line.starts_with(&format!("{name}=")));
        assert!(is_required || guide.contains(&format!("`{name}`")), "{name} is explained nowhere");
    }
}

#[tokio::test]
async fn only_the_frontend_is_reached_from_outside() {
    let services = services().await;
    let mut published = Vec::new();
    for (name, service) in services.as_object().expect("services") {
        let ports = service["ports"].as_array().cloned().unwrap_or_default();
        published.extend(ports.iter().map(|port| (name.clone(), port.as_str().expect("text").to_owned())));
        assert!(service.get("container_name").is_none(), "{name} could not run several times");
        assert!(service.get("network_mode").is_none() && service.get("privileged").is_none(), "{name}");
    }
    let wanted = ["5000:80", "5001:5001", "5002:5002", "4001:4001"];
    let wanted = wanted.map(|port| ("frontend".to_owned(), format!("${{BIND:-0.0.0.0}}:{port}")));
    assert_eq!(published, wanted);
}

#[tokio::test]
async fn every_container_has_no_more_rights_than_it_needs() {
    let services = services().await;
    for (name, service) in services.as_object().expect("services") {
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(service["cap_drop"], json!(["ALL"]), "{name}");
        assert_eq!(service["security_opt"], json!(["no-new-privileges:true"]), "{name}");
        assert_eq!(service["restart"], "unless-stopped", "{name}");
        assert_eq!(service["logging"]["options"], json!({"max-size": "10m", "max-file": "5"}), "{name}");
    }
    for service in ["auth-service", "chat-service"] {
        assert_eq!(
            (&services[service]["mem_limit"], &services[service]["memswap_limit"]),
            (&json!("64m"), &json!("64m"))
        );
    }
    let trusted = &services["auth-service"]["environment"]["TRUSTED_PROXIES"];
    assert!(
        read("docker-compose.yml")
            .contains(&format!("TRUSTED_PROXIES: &subnet \"{}\"", trusted.as_str().expect("text")))
    );
}

#[tokio::test]
async fn the_images_are_those_that_compose_builds() {
    let recipe = read("Dockerfile");
    let services = services().await;
    for (name, service) in services.as_object().expect("services") {
        let Some(target) = service["build"]["target"].as_str() else { continue };
        assert_eq!(target, name);
        assert!(recipe.contains(&format!(" AS {target}\n")), "{target}");
    }
    assert!(recipe.contains(" AS cloud-chat\n"));
    assert_eq!(recipe.matches(&format!("ARG VERSION={}\n", env!("CARGO_PKG_VERSION"))).count(), 2);
    assert_eq!(recipe.matches("USER 65532:65532").count() + recipe.matches("USER 101:101").count(), 2);
}
