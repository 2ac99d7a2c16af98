"""What each role may do: what it needs, on what it needs it for."""

import json

from conftest import only

# These have no resource to name.
WITHOUT_RESOURCE = {"ecr:GetAuthorizationToken"}
# What whoever looks after connections does; Scan is not in it.
CONNECTIONS = {
    "execute-api:ManageConnections",
    "dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query",
}


def statements(state, role):
    return json.loads(state.one("aws_iam_role_policy", role)["policy"])["Statement"]


def allowed(state, role):
    return {action for s in statements(state, role) if s["Effect"] == "Allow" for action in s["Action"]}


def resources(state, role, action):
    return {r for s in statements(state, role) if action in s["Action"] for r in s["Resource"]}


def test_there_is_a_role_for_each_task_lambda_and_instance(defaults):
    assert set(defaults.all("aws_iam_role")) == {
        "auth-service-execution", "chat-service-execution", "frontend-execution", "chat-service-task", "ws", "db-init",
        "instance", "api-gateway-logs",
    }


def test_no_policy_has_a_wildcard_action_or_names_no_resource(defaults):
    for role in defaults.all("aws_iam_role_policy"):
        for statement in statements(defaults, role):
            assert not any("*" in action for action in statement["Action"]), role
            if statement["Effect"] == "Allow" and not set(statement["Action"]) <= WITHOUT_RESOURCE:
                assert all(r.split(":", 5)[5] not in ("", "*") and "*" not in r.split(":", 5)[2] for r in statement["Resource"]), role


def test_the_websocket_lambda_may_do_what_it_does_and_never_scan(defaults):
    assert allowed(defaults, "ws") == CONNECTIONS | {"ssm:GetParameter", "lambda:InvokeFunction"}
    function = "arn:aws:lambda:us-east-1:123456789012:function:chat-cluster-ws"
    assert resources(defaults, "ws", "lambda:InvokeFunction") == {function, f"{function}:live"}


def test_chat_service_finds_posts_to_and_removes_connections(defaults):
    assert allowed(defaults, "chat-service-task") == CONNECTIONS
    table = "arn:aws:dynamodb:us-east-1:123456789012:table/ws-connections"
    for role in ("chat-service-task", "ws"):
        assert resources(defaults, role, "dynamodb:Query") == {table, f"{table}/index/connectionId-index"}
        assert {r.rsplit(":", 1)[1] for r in resources(defaults, role, "execute-api:ManageConnections")} == {
            f"abcdef1234/prod/{method}/@connections/*" for method in ("POST", "DELETE")
        }


def test_each_role_reads_its_own_secrets_only(defaults):
    def readable(role):
        return {r.rsplit("/", 1)[1] for r in resources(defaults, role, "ssm:GetParameters") | resources(defaults, role, "ssm:GetParameter")}

    shared = {"jwt-secret", "internal-api-key"}
    assert readable("auth-service-execution") == shared | {"auth-db-password"}
    assert readable("chat-service-execution") == shared | {"chat-db-password"}
    assert readable("frontend-execution") == set()
    assert readable("ws") == shared
    assert readable("db-init") == {"db-password", "auth-db-password", "chat-db-password"}


def test_a_service_pulls_its_own_image_and_writes_its_own_log(defaults):
    for service in ("auth-service", "chat-service", "frontend"):
        role = f"{service}-execution"
        assert {r.rsplit("/", 1)[1] for r in resources(defaults, role, "ecr:BatchGetImage")} == {service}
        assert {r.rsplit("/", 1)[1] for r in resources(defaults, role, "logs:PutLogEvents")} == {f"{service}:*"}


def test_code_in_a_lambda_cannot_make_network_interfaces(defaults):
    for role in ("ws", "db-init"):
        (denied,) = (s for s in statements(defaults, role) if s["Effect"] == "Deny")
        assert "ec2:CreateNetworkInterface" in denied["Action"]
        assert denied["Condition"]["ArnEquals"]["lambda:SourceFunctionArn"] == [
            f"arn:aws:lambda:us-east-1:123456789012:function:chat-cluster-{role}"
        ]


def test_each_role_is_for_one_kind_of_service(defaults):
    def trusts(role):
        document = json.loads(defaults.one("aws_iam_role", role)["assume_role_policy"])
        return only(document["Statement"])["Principal"]["Service"]

    assert trusts("ws") == trusts("db-init") == "lambda.amazonaws.com"
    assert trusts("chat-service-task") == trusts("auth-service-execution") == "ecs-tasks.amazonaws.com"
    assert trusts("instance") == "ec2.amazonaws.com"
    assert trusts("api-gateway-logs") == "apigateway.amazonaws.com"


def test_with_a_lab_role_nothing_is_created_and_everything_runs_as_it(everything):
    for kind in ("aws_iam_role", "aws_iam_role_policy", "aws_iam_role_policy_attachment", "aws_iam_instance_profile"):
        assert not everything.all(kind)
    given = "arn:aws:iam::123456789012:role/LabRole"
    assert {function["role"] for function in everything.all("aws_lambda_function").values()} == {given}
    for task in everything.all("aws_ecs_task_definition").values():
        assert task["execution_role_arn"] == given
    assert everything.one("aws_ecs_task_definition", "chat-service")["task_role_arn"] == given
    assert only(everything.one("aws_launch_template")["iam_instance_profile"])["name"] == "LabInstanceProfile"
