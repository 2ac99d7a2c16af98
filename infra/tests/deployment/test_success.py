"""Deployments that work."""

import json
import zipfile

from conftest import REGISTRY, SERVICES, option, task_definition


def test_a_first_deployment_goes_from_no_image_to_running_services(deployed):
    assert deployed.changes() == [
        "db-init", "auth-service 2 x2", "chat-service 2 x2", "ws 2", "frontend 2 x2",
    ]
    for url in ("http://chat.example.org", "https://api.example.org", "wss://ws.example.org/prod"):
        assert url in deployed.done.stdout


def test_images_are_named_after_the_revision_and_run_by_digest(deployed):
    assert set(deployed.world["images"]) == {f"chat-cluster/{name}:{deployed.revision}" for name in SERVICES}
    for definition in deployed.world["registered"]:
        service = definition["family"].removeprefix("chat-cluster-")
        digest = deployed.world["images"][f"chat-cluster/{service}:{deployed.revision}"]
        (container,) = definition["containerDefinitions"]
        assert container["image"] == f"{REGISTRY}/chat-cluster/{service}@{digest}"
        assert container["memory"] == 64
    assert len(deployed.world["registered"]) == 3


def test_images_and_lambdas_are_built_for_the_clusters_processors(operator):
    operator.world["outputs"]["deployment"]["value"]["architecture"] = "arm64"
    assert operator.run().returncode == 0
    builds = operator.calls("docker", "build")
    assert len(builds) == 4
    assert {option(build, "platform") for build in builds} == {"linux/arm64"}


def test_the_registrys_password_goes_through_standard_input_only(deployed):
    assert deployed.world["logins"] == ["registry-password"]
    assert "registry-password" not in json.dumps(deployed.world["calls"])


def test_autoscaling_gets_its_floor_once_a_service_is_healthy(deployed):
    assert deployed.world["floors"] == {f"service/chat-cluster/{name}": 2 for name in SERVICES}


def test_a_deployment_keeps_the_tasks_that_autoscaling_added(operator):
    operator.world["services"]["chat-service"]["count"] = 5
    assert operator.run().returncode == 0
    assert operator.world["services"]["chat-service"]["count"] == 5
    assert operator.world["services"]["auth-service"]["count"] == 2


def test_it_waits_while_tasks_are_being_replaced(operator):
    # The first look is before the roll.
    operator.world["services"]["auth-service"]["steps"] = ["COMPLETED", "IN_PROGRESS", "IN_PROGRESS", "COMPLETED"]
    assert operator.run().returncode == 0
    looks = [call for call in operator.calls("aws", "ecs", "describe-services") if option(call, "services") == "auth-service"]
    assert len(looks) == 4


def test_running_it_again_builds_no_image_twice_and_changes_nothing_else(operator):
    assert operator.run().returncode == 0
    images = dict(operator.world["images"])
    operator.world["calls"] = []
    operator.world["next_version"] = "2"  # AWS publishes no new version of the same code
    assert operator.run().returncode == 0
    assert operator.world["images"] == images
    assert not operator.calls("docker", "push")
    assert [option(build, "target") for build in operator.calls("docker", "build")] == ["lambda"]
    assert operator.world["live"] == "2"
    assert not operator.calls("aws", "lambda", "update-alias")


def test_package_needs_no_installation_and_makes_a_zip_for_each_lambda(operator):
    operator.world["outputs"] = {}
    done = operator.run("package")
    assert done.returncode == 0, done.stderr
    assert not operator.calls("aws")
    for name in ("ws", "db-init"):
        with zipfile.ZipFile(operator.checkout / f"target/lambda/{name}.zip") as package:
            (entry,) = package.infolist()
            assert entry.filename == "bootstrap"
            assert entry.external_attr >> 16 & 0o777 == 0o755
            assert package.read("bootstrap") == f"program of {name}".encode()


def test_the_same_program_makes_the_same_package(operator):
    assert operator.run("package").returncode == 0
    with zipfile.ZipFile(operator.checkout / "target/lambda/ws.zip") as package:
        assert package.getinfo("bootstrap").date_time == (2020, 1, 1, 0, 0, 0)
        assert package.getinfo("bootstrap").extra == b""


def test_package_builds_for_what_the_variables_say(operator):
    (operator.checkout / "infra/terraform.tfvars").write_text('region = "eu-west-3"\narchitecture = "arm64"\n')
    assert operator.run("package").returncode == 0
    assert operator.run("package", TF_VAR_architecture="x86_64").returncode == 0
    assert [option(build, "platform") for build in operator.calls("docker", "build")] == ["linux/arm64", "linux/amd64"]


def test_destroy_removes_the_task_definitions_that_terraform_does_not_know(operator):
    operator.world["task_definitions"]["ACTIVE"] = {
        f"chat-cluster-{name}": [task_definition(name, revision) for revision in range(1, 13)] for name in SERVICES
    }
    done = operator.run("destroy", types="chat-cluster\n")
    assert done.returncode == 0, done.stderr
    assert operator.calls("terraform", "-chdir=infra", "destroy")
    for status in ("ACTIVE", "INACTIVE"):
        assert not any(operator.world["task_definitions"][status].values())
