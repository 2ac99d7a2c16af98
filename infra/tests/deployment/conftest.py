"""Runs the real deploy-aws.sh in a checkout of its own, with stand-ins for aws, docker and terraform that write down
every call and change a small world."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
STANDINS = Path(__file__).resolve().parent / "standins"
SERVICES = ("auth-service", "chat-service", "frontend")
ACCOUNT = "123456789012"
REGISTRY = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com"


def task_definition(service, revision):
    return f"arn:aws:ecs:us-east-1:{ACCOUNT}:task-definition/chat-cluster-{service}:{revision}"


def new_world():
    """An installation that Terraform has just made: no images, no tasks."""
    return {
        "account": ACCOUNT,
        "outputs": {
            "frontend_url": {"value": "http://chat.example.org"},
            "api_gateway_url": {"value": "https://api.example.org"},
            "ws_endpoint": {"value": "wss://ws.example.org/prod"},
            "deployment": {
                "value": {
                    "region": "us-east-1",
                    "cluster": "chat-cluster",
                    "architecture": "x86_64",
                    "registry": REGISTRY,
                    "min_tasks": 2,
                    "functions": {"ws": "chat-cluster-ws", "db-init": "chat-cluster-db-init"},
                    "services": {
                        name: {
                            "repository": f"{REGISTRY}/chat-cluster/{name}",
                            "template": task_definition(name, 1),
                            "log_group": f"/aws/ecs/chat-cluster/{name}",
                        }
                        for name in SERVICES
                    },
                },
            },
        },
        "services": {
            name: {
                "task_definition": task_definition(name, 1),
                "before": task_definition(name, 1),
                "count": 0,
                "rollout": "COMPLETED",
                "reason": "",
                "steps": [],
            }
            for name in SERVICES
        },
        "task_definitions": {"ACTIVE": {}, "INACTIVE": {}},
        "images": {},
        "live": "1",
        "next_version": "2",
        "db_init": {"fails": False, "body": '{"auth":"ready","chat":"ready"}'},
        "refused": {},
        "calls": [],
        "registered": [],
        "floors": {},
        "logins": [],
    }


class Operator:
    """Someone at a shell in a fresh checkout."""

    def __init__(self, folder):
        self.checkout = folder / "checkout"
        self.world_file = folder / "world.json"
        self.world = new_world()
        # This Python first: a version manager's wrapper would take longer than all the rest.
        self.path = f"{STANDINS}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        (self.checkout / "infra").mkdir(parents=True)
        shutil.copy(REPOSITORY / "deploy-aws.sh", self.checkout)
        shutil.copytree(REPOSITORY / "scripts/aws", self.checkout / "scripts/aws")
        (self.checkout / ".gitignore").write_text("/target/\n")
        self.git("init", "--quiet")
        self.git("add", ".")
        self.git("-c", "user.name=o", "-c", "user.email=o@example.org", "commit", "--quiet", "--message", "All of it")
        self.revision = self.git("rev-parse", "--short=12", "HEAD").strip()

    def git(self, *words):
        return subprocess.run(["git", *words], cwd=self.checkout, check=True, capture_output=True, text=True).stdout

    def run(self, *words, types="", **environment):
        self.world_file.write_text(json.dumps(self.world))
        done = subprocess.run(
            ["./deploy-aws.sh", *words],
            cwd=self.checkout,
            env={
                "PATH": self.path, "HOME": str(self.checkout), "WORLD": str(self.world_file), "POLL_SECONDS": "0",
                **environment,
            },
            input=types,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        self.world = json.loads(self.world_file.read_text())
        return done

    def calls(self, *beginning):
        return [call for call in self.world["calls"] if call[: len(beginning)] == list(beginning)]

    def changes(self):
        """What was done to AWS, in order and in short."""
        short = {
            "update-service": lambda c: f"{option(c, 'service')} {option(c, 'task-definition').rsplit(':', 1)[1]} x{option(c, 'desired-count')}",
            "update-alias": lambda c: f"ws {option(c, 'function-version')}",
            "invoke": lambda c: "db-init",
        }
        return [short[call[2]](call) for call in self.calls("aws") if call[2] in short]

    def without(self, command):
        """The same person, with a command not installed."""
        tools = self.checkout.parent / "tools"
        tools.mkdir()
        for folder in (STANDINS, Path(sys.executable).parent, "/usr/bin", "/bin"):
            for tool in Path(folder).iterdir():
                if tool.name != command and not (tools / tool.name).exists():
                    (tools / tool.name).symlink_to(tool)
        self.path = str(tools)
        return self


def option(call, name):
    return call[call.index(f"--{name}") + 1]


@pytest.fixture
def operator(tmp_path):
    return Operator(tmp_path)


@pytest.fixture(scope="session")
def deployed(tmp_path_factory):
    """An operator after a first deployment that worked; to look at only."""
    operator = Operator(tmp_path_factory.mktemp("deployed"))
    operator.done = operator.run()
    assert operator.done.returncode == 0, operator.done.stderr
    return operator
