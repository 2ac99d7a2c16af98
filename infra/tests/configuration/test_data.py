"""What is stored, what is logged, what is watched, and what is left when it goes."""

from conftest import only


def test_connections_have_the_designs_keys_indexes_and_expiry(defaults):
    table = defaults.one("aws_dynamodb_table")
    assert table["name"] == "ws-connections"
    assert (table["hash_key"], table["range_key"], table["billing_mode"]) == ("roomId", "connectionId", "PAY_PER_REQUEST")
    assert {index["name"]: index["hash_key"] for index in table["global_secondary_index"]} == {
        "connectionId-index": "connectionId",
        "userId-index": "userId",
    }
    assert {key: only(table["ttl"])[key] for key in ("attribute_name", "enabled")} == {"attribute_name": "ttl", "enabled": True}


def test_the_database_is_encrypted_backed_up_protected_and_takes_tls_only(defaults):
    database = defaults.one("aws_db_instance")
    assert (database["engine"], database["engine_version"]) == ("mysql", "8.4")
    assert database["storage_encrypted"] is True
    assert database["backup_retention_period"] == 7
    assert database["deletion_protection"] is True
    assert database["multi_az"] is False
    parameters = {p["name"]: p["value"] for p in defaults.one("aws_db_parameter_group")["parameter"]}
    assert parameters == {"require_secure_transport": "1", "max_connections": "150"}


def test_a_standby_comes_with_its_variable(everything):
    assert everything.one("aws_db_instance")["multi_az"] is True


def test_without_deletion_protection_destroying_leaves_nothing(defaults, everything):
    database = everything.one("aws_db_instance")
    assert (database["deletion_protection"], database["skip_final_snapshot"], database["delete_automated_backups"]) == (False, True, True)
    assert all(repository["force_delete"] for repository in everything.all("aws_ecr_repository").values())
    assert not any(balancer["enable_deletion_protection"] for balancer in everything.all("aws_lb").values())

    protected = defaults.one("aws_db_instance")
    assert (protected["skip_final_snapshot"], protected["delete_automated_backups"]) == (False, False)
    assert not any(repository["force_delete"] for repository in defaults.all("aws_ecr_repository").values())
    assert all(balancer["enable_deletion_protection"] for balancer in defaults.all("aws_lb").values())


def test_every_log_has_a_group_that_ends_lines_and_goes_with_the_rest(defaults):
    groups = {group["name"] for group in defaults.all("aws_cloudwatch_log_group").values()} | {
        group["name"] for name in ("service", "lambda", "api", "database") for group in defaults.named("aws_cloudwatch_log_group", name).values()
    }
    assert groups == {
        "/aws/ecs/chat-cluster/auth-service", "/aws/ecs/chat-cluster/chat-service", "/aws/ecs/chat-cluster/frontend",
        "/aws/lambda/chat-cluster-ws", "/aws/lambda/chat-cluster-db-init",
        "/aws/apigateway/chat-cluster-http", "/aws/apigateway/chat-cluster-websocket",
        "/aws/rds/instance/chat-cluster/error",
    }
    for name in ("service", "lambda", "api", "database"):
        assert {group["retention_in_days"] for group in defaults.named("aws_cloudwatch_log_group", name).values()} == {30}


def test_alarms_cover_errors_latency_memory_5xx_and_throttles(defaults):
    watched = {(alarm["namespace"], alarm["metric_name"]) for alarm in defaults.all("aws_cloudwatch_metric_alarm").values()}
    assert watched >= {
        ("AWS/Lambda", "Errors"), ("AWS/Lambda", "Throttles"), ("AWS/Lambda", "Duration"),
        ("AWS/ApiGateway", "5xx"), ("AWS/ApiGateway", "Latency"), ("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count"),
        ("AWS/ApplicationELB", "UnHealthyHostCount"), ("AWS/ECS", "MemoryUtilization"),
        ("AWS/DynamoDB", "ReadThrottleEvents"), ("AWS/DynamoDB", "WriteThrottleEvents"),
        ("AWS/RDS", "FreeStorageSpace"), ("AWS/RDS", "FreeableMemory"), ("CloudChat/chat-cluster", "auth-service-errors"),
    }
    for name, alarm in defaults.all("aws_cloudwatch_metric_alarm").items():
        assert (alarm["extended_statistic"] == "p95") == name.endswith("-latency"), name


def test_alarms_are_mailed_where_an_address_is_given(defaults, everything):
    assert not defaults.all("aws_sns_topic")
    assert not any(alarm["alarm_actions"] for alarm in defaults.all("aws_cloudwatch_metric_alarm").values())
    topic = everything.one("aws_sns_topic")["arn"]
    assert everything.one("aws_sns_topic_subscription")["endpoint"] == "operator@example.org"
    assert all(alarm["alarm_actions"] == [topic] for alarm in everything.all("aws_cloudwatch_metric_alarm").values())


def test_the_outputs_that_people_and_scripts_rely_on_are_there(defaults):
    assert set(defaults.outputs) == {
        "frontend_url", "frontend_load_balancer", "api_gateway_url", "ws_endpoint", "chat_db_endpoint", "ecr_urls",
        "deployment",
    }
