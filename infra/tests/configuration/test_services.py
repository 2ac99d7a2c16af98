"""The tasks and Lambdas: what runs, with which settings, and how it starts."""

import json
import re
import subprocess

import pytest
from conftest import REPOSITORY, container, settings

SERVICES = {"auth-service", "chat-service", "frontend"}


def secrets(state, service):
    return {entry["name"] for entry in container(state, service)["secrets"]}


def test_services_start_without_tasks_and_deployments_decide_from_then_on(defaults):
    assert set(defaults.all("aws_ecs_service")) == SERVICES
    for service in defaults.all("aws_ecs_service").values():
        assert service["desired_count"] == 0
        assert service["deployment_circuit_breaker"] == [{"enable": True, "rollback": True}]
        assert service["deployment_minimum_healthy_percent"] == 100
    for target in defaults.all("aws_appautoscaling_target").values():
        assert target["min_capacity"] == 0
    for block in ("task_definition, desired_count", "min_capacity", "function_version"):
        assert f"ignore_changes = [{block}]" in "".join(f.read_text() for f in (REPOSITORY / "infra").glob("*.tf"))


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_a_task_has_64_mib_a_read_only_file_system_and_no_privileges(defaults, service):
    task = container(defaults, service)
    assert task["memory"] == 64
    assert task["readonlyRootFilesystem"] is True
    assert task["linuxParameters"]["capabilities"] == {"drop": ["ALL"]}
    assert task["dockerSecurityOptions"] == ["no-new-privileges"]
    assert task["logConfiguration"]["options"]["awslogs-group"] == f"/aws/ecs/chat-cluster/{service}"


def test_services_get_what_the_contract_names(defaults):
    shared = {"PORT", "FRONTEND_URL", "JWT_EXPIRES_IN", "DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_TLS"}
    assert set(settings(defaults, "auth-service")) == shared | {"TRUSTED_PROXIES", "CLIENT_ADDRESS_HEADER", "NATS_URL"}
    assert set(settings(defaults, "chat-service")) == shared | {
        "AUTH_SERVICE_URL", "DYNAMODB_TABLE", "WS_MANAGEMENT_ENDPOINT", "AWS_REGION",
    }
    for service in ("auth-service", "chat-service"):
        assert secrets(defaults, service) == {"JWT_SECRET", "INTERNAL_API_KEY", "DB_PASSWORD"}
        assert settings(defaults, service)["DB_TLS"] == "required"
    assert settings(defaults, "auth-service")["DB_NAME"] == "auth_db"
    assert settings(defaults, "chat-service")["DB_NAME"] == "chat_db"
    assert settings(defaults, "chat-service")["DYNAMODB_TABLE"] == "ws-connections"


def test_the_web_app_is_told_where_the_two_apis_are(defaults):
    frontend = settings(defaults, "frontend")
    assert frontend["API_BASE_URL"] == defaults.outputs["api_gateway_url"]
    assert frontend["WS_ENDPOINT"] == defaults.outputs["ws_endpoint"]
    assert re.fullmatch(r"wss://[a-z0-9.-]+/prod", frontend["WS_ENDPOINT"])
    assert secrets(defaults, "frontend") == set()


def test_mail_rotation_and_extra_settings_come_with_their_variables(everything):
    assert secrets(everything, "auth-service") >= {"SMTP_URL", "INTERNAL_API_KEY_PREVIOUS"}
    assert secrets(everything, "chat-service") == {
        "JWT_SECRET", "INTERNAL_API_KEY", "INTERNAL_API_KEY_PREVIOUS", "DB_PASSWORD",
    }
    assert settings(everything, "auth-service")["SIGNUPS"] == "closed"
    assert settings(everything, "auth-service")["SMTP_FROM"] == "chat@example.org"
    assert "SIGNUPS" not in settings(everything, "chat-service")


def test_the_lambdas_run_where_they_are_built_for_and_name_their_secrets(defaults, everything):
    for state, architecture in ((defaults, "x86_64"), (everything, "arm64")):
        functions = state.all("aws_lambda_function")
        assert set(functions) == {"ws", "db-init"}
        for function in functions.values():
            assert (function["runtime"], function["architectures"]) == ("provided.al2023", [architecture])
            assert function["publish"] is True
            variables = function["environment"][0]["variables"]
            for name, value in variables.items():
                assert value.startswith("arn:aws:ssm:") == name.endswith(("SECRET", "KEY", "KEY_PREVIOUS", "PASSWORD")), name


def test_the_websocket_lambda_is_told_what_the_contract_names(defaults):
    variables = defaults.one("aws_lambda_function", "ws")["environment"][0]["variables"]
    assert set(variables) == {
        "CHAT_SERVICE_INTERNAL", "DYNAMODB_TABLE", "WS_MANAGEMENT_ENDPOINT", "JWT_SECRET", "INTERNAL_API_KEY",
        "JWT_EXPIRES_IN", "SECRETS_VERSION",
    }
    assert re.fullmatch(r"https://[a-z0-9.-]+/prod", variables["WS_MANAGEMENT_ENDPOINT"])


def test_instances_fit_the_architecture(defaults, everything):
    assert defaults.one("aws_launch_template")["instance_type"] == "t2.nano"
    assert everything.one("aws_launch_template")["instance_type"] == "t4g.nano"


def test_the_instances_script_is_sound(defaults):
    import base64

    script = base64.b64decode(defaults.one("aws_launch_template")["user_data"]).decode()
    assert script.startswith("#!/bin/bash\n")
    assert "\nECS_CLUSTER=chat-cluster\n" in script
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0


def test_each_load_balancer_asks_for_the_services_health(defaults):
    groups = defaults.all("aws_lb_target_group")
    assert set(groups) == {"frontend", "auth", "chat"}
    for group in groups.values():
        (check,) = group["health_check"]
        assert (check["path"], check["matcher"]) == ("/health", "200")


def test_images_are_scanned_never_replaced_and_bounded(defaults):
    repositories = defaults.all("aws_ecr_repository")
    assert set(repositories) == set(defaults.all("aws_ecr_lifecycle_policy")) == SERVICES
    assert set(defaults.outputs["ecr_urls"]) == SERVICES
    for repository in repositories.values():
        assert repository["image_tag_mutability"] == "IMMUTABLE"
        assert repository["image_scanning_configuration"] == [{"scan_on_push": True}]
