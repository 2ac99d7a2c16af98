"""Who can reach whom."""

import ipaddress


def peers(state, direction):
    groups = {values["id"]: key for key, values in state.all("aws_security_group").items()}
    return {
        (groups[rule["security_group_id"]], groups[rule["referenced_security_group_id"]], rule["from_port"], rule["to_port"])
        for rule in state.named(f"aws_vpc_security_group_{direction}_rule", "peer").values()
    }


def test_each_group_admits_only_its_peers(defaults):
    admitted = {(to, of, ports) for to, of, ports, _ in peers(defaults, "ingress")}
    assert admitted == {
        ("instances", "frontend-alb", 32768),
        ("instances", "auth-alb", 32768),
        ("instances", "chat-alb", 32768),
        ("auth-alb", "vpc-link", 80),
        ("auth-alb", "instances", 80),
        ("chat-alb", "vpc-link", 80),
        ("chat-alb", "ws", 80),
        ("database", "instances", 3306),
        ("database", "db-init", 3306),
    }


def test_what_one_end_may_send_the_other_end_admits(defaults):
    outgoing = {(of, to, low, high) for of, to, low, high in peers(defaults, "egress")}
    incoming = {(of, to, low, high) for to, of, low, high in peers(defaults, "ingress")}
    assert outgoing and outgoing == incoming


def test_the_internet_reaches_the_public_load_balancer_alone(defaults):
    (rule,) = defaults.named("aws_vpc_security_group_ingress_rule", "internet").values()
    assert rule["security_group_id"] == defaults.one("aws_security_group", "frontend-alb")["id"]
    assert (rule["from_port"], rule["to_port"], rule["cidr_ipv4"]) == (80, 80, "0.0.0.0/0")


def test_the_frontend_can_be_narrowed_to_given_addresses(everything):
    rules = everything.named("aws_vpc_security_group_ingress_rule", "internet").values()
    assert {(rule["from_port"], rule["cidr_ipv4"]) for rule in rules} == {(80, "203.0.113.0/24"), (443, "203.0.113.0/24")}


def test_nothing_goes_out_but_https_and_mail_where_there_is_a_mail_server(defaults, everything):
    def ports(state):
        return {rule["to_port"] for rule in state.named("aws_vpc_security_group_egress_rule", "internet").values()}

    assert ports(defaults) == {443}
    assert ports(everything) == {443, 465, 587}


def test_two_public_and_two_private_subnets_in_two_zones_do_not_overlap(defaults):
    public, private = (defaults.named("aws_subnet", name) for name in ("public", "private"))
    assert {subnet["availability_zone"] for subnet in public.values()} == {"us-east-1a", "us-east-1b"}
    assert {subnet["availability_zone"] for subnet in private.values()} == {"us-east-1a", "us-east-1b"}
    ranges = [ipaddress.ip_network(s["cidr_block"]) for s in [*public.values(), *private.values()]]
    assert len(ranges) == 4
    assert not any(a.overlaps(b) for i, a in enumerate(ranges) for b in ranges[i + 1 :])


def test_database_instances_lambdas_and_internal_load_balancers_are_in_private_subnets(defaults):
    private = {subnet["id"] for subnet in defaults.named("aws_subnet", "private").values()}
    assert set(defaults.one("aws_db_subnet_group")["subnet_ids"]) == private
    assert defaults.one("aws_db_instance")["publicly_accessible"] is False
    assert set(defaults.one("aws_autoscaling_group")["vpc_zone_identifier"]) == private
    for function in defaults.all("aws_lambda_function").values():
        assert set(function["vpc_config"][0]["subnet_ids"]) == private
    for name in ("auth", "chat"):
        balancer = defaults.one("aws_lb", name)
        assert balancer["internal"] is True
        assert set(balancer["subnets"]) == private
    assert defaults.one("aws_lb", "frontend")["internal"] is False


def test_one_nat_gateway_unless_each_zone_wants_its_own(defaults, everything):
    assert set(defaults.all("aws_nat_gateway")) == {"a"}
    assert set(everything.all("aws_nat_gateway")) == {"a", "b"}


def test_tasks_do_not_reach_the_instances_credentials(defaults):
    (options,) = defaults.one("aws_launch_template")["metadata_options"]
    assert options["http_tokens"] == "required"
    assert options["http_put_response_hop_limit"] == 1
