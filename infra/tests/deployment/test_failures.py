"""What stops a deployment, what it says, and what it leaves."""

import pytest
from conftest import task_definition

OLD = [task_definition(name, 1) for name in ("auth-service", "chat-service", "frontend")]


def running(operator):
    return [operator.world["services"][name]["task_definition"] for name in ("auth-service", "chat-service", "frontend")]


def refuses(done, *words):
    assert done.returncode == 1, done.stdout
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize("command", ["aws", "docker", "git", "jq", "terraform", "zip"])
def test_a_missing_command_is_named_with_where_to_get_it(operator, command):
    done = operator.without(command).run()
    refuses(done, f"{command} is missing; install")
    assert not operator.changes()


def test_a_docker_that_does_not_answer_is_said(operator):
    operator.world["refused"]["info"] = "Cannot connect to the Docker daemon"
    refuses(operator.run(), "the Docker engine does not answer")


def test_without_an_installation_it_says_what_comes_first(operator):
    operator.world["outputs"] = {}
    refuses(operator.run(), "./deploy-aws.sh package", "terraform apply")


def test_expired_credentials_are_said(operator):
    operator.world["refused"]["sts get-caller-identity"] = "ExpiredToken"
    refuses(operator.run(), "AWS refuses the credentials")
    assert not operator.calls("docker", "build")


def test_another_accounts_credentials_are_refused(operator):
    operator.world["account"] = "999999999999"
    refuses(operator.run(), "999999999999", "123456789012")
    assert not operator.changes()


def test_uncommitted_changes_are_refused_but_not_the_operators_own_variables(operator):
    (operator.checkout / "infra/terraform.tfvars").write_text("")
    assert operator.run().returncode == 0
    (operator.checkout / "scripts/aws/images.sh").open("a").write("# changed\n")
    refuses(operator.run(), "uncommitted changes")


@pytest.mark.parametrize("target", ["lambda", "auth-service", "frontend"])
def test_what_does_not_build_stops_before_anything_is_changed(operator, target):
    operator.world["refused"][f"build {target}"] = "error: could not compile"
    refuses(operator.run(), "does not build" if target != "lambda" else "do not build", "error: could not compile")
    assert not operator.changes()


@pytest.mark.parametrize(("step", "says"), [("login", "ECR refuses the login"), ("push", "could not be pushed")])
def test_a_registry_that_refuses_stops_before_anything_is_changed(operator, step, says):
    operator.world["refused"][step] = "denied"
    refuses(operator.run(), says)
    assert not operator.changes()


def test_a_database_that_cannot_be_prepared_leaves_the_services_alone(operator):
    operator.world["db_init"] = {"fails": True, "body": '{"errorMessage": "Access denied for user admin"}'}
    refuses(operator.run(), "Access denied for user admin", "aws logs tail /aws/lambda/chat-cluster-db-init")
    assert operator.changes() == ["db-init"]
    assert running(operator) == OLD


@pytest.mark.parametrize("call", ["lambda update-function-code", "lambda invoke"])
def test_a_db_init_that_cannot_be_called_leaves_the_services_alone(operator, call):
    operator.world["refused"][call] = "AccessDeniedException"
    refuses(operator.run(), "AccessDeniedException")
    assert running(operator) == OLD


def test_a_service_that_ecs_gives_up_on_takes_everything_back(operator):
    operator.world["services"]["frontend"]["steps"] = ["COMPLETED", "IN_PROGRESS", "FAILED"]
    operator.world["services"]["frontend"]["reason"] = "ECS deployment circuit breaker: tasks failed to start."
    done = operator.run()
    refuses(
        done,
        "ECS deployment circuit breaker: tasks failed to start.",
        "unable to place a task",
        "exit code 137 OutOfMemoryError",
        "aws logs tail /aws/ecs/chat-cluster/frontend --since 30m --region us-east-1",
        "rolled back",
    )
    assert operator.changes() == [
        "db-init", "auth-service 2 x2", "chat-service 2 x2", "ws 2", "frontend 2 x2",
        "frontend 1 x0", "ws 1", "chat-service 1 x0", "auth-service 1 x0",
    ]
    assert running(operator) == OLD
    assert operator.world["live"] == "1"


def test_a_service_that_ecs_took_back_itself_is_a_failure(operator):
    operator.world["services"]["auth-service"]["steps"] = ["COMPLETED", "IN_PROGRESS", "WENT_BACK"]
    refuses(operator.run(), "ECS went back to chat-cluster-auth-service:1")
    assert running(operator) == OLD
    assert "chat-service 2 x2" not in operator.changes()


def test_a_service_that_does_not_become_healthy_in_time_is_taken_back(operator):
    operator.world["services"]["chat-service"]["steps"] = ["COMPLETED", *["IN_PROGRESS"] * 50]
    refuses(operator.run(ROLL_TIMEOUT="0"), "not healthy after 0 seconds: 0 of 2 running")
    assert running(operator) == OLD


def test_a_websocket_lambda_that_cannot_be_switched_takes_the_services_back(operator):
    operator.world["refused"]["lambda update-alias"] = "ResourceConflictException"
    refuses(operator.run(), "could not be switched", "rolled back")
    assert running(operator) == OLD


def test_a_task_definition_that_is_refused_is_said(operator):
    operator.world["refused"]["ecs register-task-definition"] = "ClientException: role is invalid"
    refuses(operator.run(), "ClientException: role is invalid", "nothing was changed")


def test_a_missing_service_is_said(operator):
    del operator.world["services"]["chat-service"]
    refuses(operator.run(), "chat-service is not in the cluster chat-cluster", "rolled back")
    assert operator.world["services"]["auth-service"]["task_definition"] == OLD[0]


def test_destroy_wants_the_clusters_name(operator):
    refuses(operator.run("destroy", types="yes\n"), "nothing was changed")
    assert not operator.calls("terraform", "-chdir=infra", "destroy")


def test_destroy_of_something_protected_keeps_the_task_definitions(operator):
    operator.world["refused"]["terraform destroy"] = "Cannot delete protected DB Instance"
    operator.world["task_definitions"]["ACTIVE"] = {"chat-cluster-frontend": [task_definition("frontend", 1)]}
    refuses(operator.run("destroy", types="chat-cluster\n"), "deletion_protection = false")
    assert operator.world["task_definitions"]["ACTIVE"] == {"chat-cluster-frontend": [task_definition("frontend", 1)]}


def test_an_unknown_command_is_answered_with_the_usage(operator):
    done = operator.run("undeploy")
    assert done.returncode == 2
    assert "Usage: ./deploy-aws.sh" in done.stderr
    assert not operator.world["calls"]
