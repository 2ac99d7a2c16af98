"""Secrets are named everywhere and written nowhere."""

import json

GIVEN = {
    "db_password": "password-password-password-password",
    "jwt_secret": "token-token-token-token-token-token-token",
    "internal_api_key": "inside-inside-inside-inside-inside-inside",
}
ALSO_GIVEN = {
    "internal_api_key_previous": "before-before-before-before-before-before",
    "smtp_url": "smtps://mailer:mailer-mailer@mail.example.org",
}
# Arguments that the provider forgets once it has used them; the mocks do not, and so show what would have been sent.
WRITE_ONLY = {"aws_ssm_parameter": "value_wo", "aws_db_instance": "password_wo"}


def leaks(state, secrets):
    """Where a secret is written other than in a write-only argument."""
    found = []
    for resource in state._resources:
        values = {k: v for k, v in resource["values"].items() if k != WRITE_ONLY.get(resource["type"])}
        text = json.dumps(values)
        found += [(resource["address"], name) for name, secret in secrets.items() if secret in text]
    return found


def test_no_secret_is_in_the_state_an_environment_or_an_output(defaults, everything):
    assert GIVEN["jwt_secret"] in defaults.text  # it did get to where it belongs
    assert leaks(defaults, GIVEN) == []
    assert leaks(everything, {**GIVEN, **ALSO_GIVEN}) == []
    for secret in [*GIVEN.values(), *ALSO_GIVEN.values()]:
        assert secret not in json.dumps(everything.outputs)


def test_every_secret_is_an_encrypted_parameter(defaults, everything):
    names = {"jwt-secret", "internal-api-key", "db-password", "auth-db-password", "chat-db-password"}
    assert set(defaults.all("aws_ssm_parameter")) == names
    assert set(everything.all("aws_ssm_parameter")) == names | {"smtp-url", "previous-api-key"}
    for name, parameter in everything.all("aws_ssm_parameter").items():
        assert (parameter["type"], parameter["name"]) == ("SecureString", f"/team/{name}")
        assert parameter["value"] is None or parameter["value"] not in {**GIVEN, **ALSO_GIVEN}.values()


def test_each_service_has_a_database_password_of_its_own(defaults):
    written = {name: parameter["value_wo"] for name, parameter in defaults.all("aws_ssm_parameter").items()}
    passwords = {written[name] for name in ("db-password", "auth-db-password", "chat-db-password")}
    assert len(passwords) == 3


def test_changed_secrets_are_written_again_with_their_version(defaults):
    assert defaults.one("aws_db_instance")["password_wo_version"] == 1
    assert {parameter["value_wo_version"] for parameter in defaults.all("aws_ssm_parameter").values()} == {1}
