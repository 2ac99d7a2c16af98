# The open WebSocket connections: one row for each room that a connection carries, and one under `user#<id>` for one that
# carries all of its user's rooms. Rows end by themselves some minutes after API Gateway's two hours.

resource "aws_dynamodb_table" "connections" {
  # checkov:skip=CKV_AWS_28:Nothing to recover: the rows are of connections that are open now.
  # checkov:skip=CKV_AWS_119:Encrypted with AWS's key; it holds ids only.
  # checkov:skip=CKV2_AWS_16:On demand, so that there is nothing to scale.
  name         = var.connections_table
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "roomId"
  range_key    = "connectionId"

  attribute {
    name = "roomId"
    type = "S"
  }

  attribute {
    name = "connectionId"
    type = "S"
  }

  attribute {
    name = "userId"
    type = "S"
  }

  global_secondary_index {
    name            = "connectionId-index"
    hash_key        = "connectionId"
    projection_type = "ALL"
  }

  global_secondary_index {
    name            = "userId-index"
    hash_key        = "userId"
    projection_type = "ALL"
  }

  ttl {
    attribute_name = "ttl"
    enabled        = true
  }

  server_side_encryption {
    enabled = true
  }
}
