"""Bad values are refused: validations.tftest.hcl has them."""


def test_bad_values_are_refused_by_the_variable_that_they_are_of(terraform_test):
    (summary,) = (event["test_summary"] for event in terraform_test("validations") if event["type"] == "test_summary")
    assert summary["passed"] >= 7
    assert summary["failed"] == summary["errored"] == summary["skipped"] == 0
