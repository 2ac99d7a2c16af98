"""Applies the configuration with mocked providers (`terraform test`) and hands its state to the tests."""

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

INFRA = Path(__file__).resolve().parents[2]
REPOSITORY = INFRA.parent


class State:
    """One applied state: resources by type and key, as Terraform would have made them."""

    def __init__(self, state):
        self.text = json.dumps(state)
        self._resources = state["root_module"]["resources"]
        self.outputs = {name: output.get("value") for name, output in state.get("outputs", {}).items()}

    def all(self, kind):
        """Values of every managed resource of a type, by the key of for_each or by name."""
        return {
            r.get("index", r["name"]): r["values"]
            for r in self._resources
            if r["type"] == kind and r["mode"] == "managed"
        }

    def named(self, kind, name):
        """The same, of one block."""
        return {
            r.get("index", r["name"]): r["values"]
            for r in self._resources
            if r["type"] == kind and r["name"] == name and r["mode"] == "managed"
        }

    def one(self, kind, key=None):
        found = self.all(kind)
        return found[key] if key is not None else only(found.values())


def only(values):
    (value,) = values
    return value


def container(state, service):
    (definition,) = json.loads(state.one("aws_ecs_task_definition", service)["container_definitions"])
    return definition


def settings(state, service):
    return {entry["name"]: entry["value"] for entry in container(state, service)["environment"]}


@pytest.fixture(scope="session")
def terraform_test(tmp_path_factory):
    """Runs one file of `terraform test` on a copy and returns what it printed, one object a line."""
    folder = tmp_path_factory.mktemp("infra") / "infra"
    shutil.copytree(INFRA, folder, ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*", "*.tfvars", "__pycache__"))
    (folder / "tests/packages").mkdir()
    for name in ("ws", "db-init"):
        with zipfile.ZipFile(folder / f"tests/packages/{name}.zip", "w") as package:
            package.writestr("bootstrap", name)
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "AWS_EC2_METADATA_DISABLED": "true"}

    def run(*arguments):
        return subprocess.run(
            ["terraform", *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
        )

    initialised = run("init", "-backend=false", "-no-color")
    assert initialised.returncode == 0, initialised.stdout + initialised.stderr

    def test(name):
        done = run("test", "-json", "-verbose", f"-filter=tests/{name}.tftest.hcl")
        events = [json.loads(line) for line in done.stdout.splitlines()]
        errors = [event["@message"] + str(event.get("diagnostic")) for event in events if event["@level"] == "error"]
        assert done.returncode == 0, "\n".join(errors) + done.stderr
        return events

    return test


@pytest.fixture(scope="session")
def states(terraform_test):
    events = terraform_test("whole")
    return {event["@testrun"]: State(event["test_state"]) for event in events if event["type"] == "test_state"}


@pytest.fixture(scope="session")
def defaults(states):
    return states["defaults"]


@pytest.fixture(scope="session")
def everything(states):
    return states["everything_given"]


@pytest.fixture(scope="session")
def openapi():
    return json.loads((REPOSITORY / "openapi.json").read_text())
