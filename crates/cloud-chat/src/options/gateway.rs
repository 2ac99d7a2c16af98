//! The AWS shape: sockets that API Gateway holds, in place of NATS.

use clap::Args;

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "AWS")]
pub struct GatewayOptions {
    /// Where API Gateway takes what sockets are told, instead of NATS, such as
    /// https://abc123.execute-api.us-east-1.amazonaws.com/prod; AWS_REGION and the credentials are AWS's own variables.
    #[arg(long, env = "WS_MANAGEMENT_ENDPOINT", value_parser = endpoint, value_name = "URL", requires = "dynamodb_table")]
    pub ws_management_endpoint: Option<String>,

    /// DynamoDB table of the connections.
    #[arg(long, env = "DYNAMODB_TABLE", value_name = "NAME", requires = "ws_management_endpoint")]
    pub dynamodb_table: Option<String>,
}

fn endpoint(text: &str) -> Result<String, String> {
    let is_one =
        ["https://", "http://"].iter().any(|scheme| text.len() > scheme.len() && text.starts_with(scheme));
    if is_one {
        return Ok(text.trim_end_matches('/').to_owned());
    }
    Err("must be an address such as https://abc123.execute-api.us-east-1.amazonaws.com/prod".into())
}
