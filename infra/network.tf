# Two public and two private subnets in two zones. The instances and Lambdas are private and go out through NAT, to
# DynamoDB and S3 (image layers) through gateway endpoints, which cost nothing.

data "aws_availability_zones" "usable" {
  # checkov:skip=CKV_AWS_394:The first two by name are used, and a new zone comes last; availability_zones pins them.
  state = "available"
  # API Gateway has no VPC links in these.
  exclude_zone_ids = ["use1-az3", "usw1-az2", "cac1-az3", "apne1-az3"]

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  zones = length(var.availability_zones) == 2 ? var.availability_zones : slice(data.aws_availability_zones.usable.names, 0, 2)
  # Named by place, not by zone, so that another zone changes subnets and not addresses in the state.
  places = { a = 0, b = 1 }

  nat_places = var.nat_gateway_per_zone ? local.places : { a = 0 }
}

resource "aws_vpc" "this" {
  # checkov:skip=CKV2_AWS_11:Flow logs cost more than they tell here: the security groups admit only named peers, and who asked what is in the access logs.
  cidr_block           = var.vpc_cidr
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = var.cluster_name }
}

# Without rules: nothing may rely on the group that everything gets that names none.
resource "aws_default_security_group" "unused" {
  vpc_id = aws_vpc.this.id
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = var.cluster_name }
}

resource "aws_subnet" "public" {
  for_each = local.places

  vpc_id            = aws_vpc.this.id
  availability_zone = local.zones[each.value]
  cidr_block        = cidrsubnet(var.vpc_cidr, 4, each.value)

  tags = { Name = "${var.cluster_name}-public-${each.key}" }
}

resource "aws_subnet" "private" {
  for_each = local.places

  vpc_id            = aws_vpc.this.id
  availability_zone = local.zones[each.value]
  cidr_block        = cidrsubnet(var.vpc_cidr, 4, 8 + each.value)

  tags = { Name = "${var.cluster_name}-private-${each.key}" }
}

resource "aws_eip" "nat" {
  for_each = local.nat_places

  domain = "vpc"

  tags = { Name = "${var.cluster_name}-nat-${each.key}" }

  depends_on = [aws_internet_gateway.this]
}

resource "aws_nat_gateway" "this" {
  for_each = local.nat_places

  allocation_id = aws_eip.nat[each.key].id
  subnet_id     = aws_subnet.public[each.key].id

  tags = { Name = "${var.cluster_name}-${each.key}" }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.this.id
  }

  tags = { Name = "${var.cluster_name}-public" }
}

resource "aws_route_table_association" "public" {
  for_each = local.places

  subnet_id      = aws_subnet.public[each.key].id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table" "private" {
  for_each = local.places

  vpc_id = aws_vpc.this.id

  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.this[var.nat_gateway_per_zone ? each.key : "a"].id
  }

  tags = { Name = "${var.cluster_name}-private-${each.key}" }
}

resource "aws_route_table_association" "private" {
  for_each = local.places

  subnet_id      = aws_subnet.private[each.key].id
  route_table_id = aws_route_table.private[each.key].id
}

resource "aws_vpc_endpoint" "gateway" {
  for_each = toset(["dynamodb", "s3"])

  vpc_id            = aws_vpc.this.id
  vpc_endpoint_type = "Gateway"
  service_name      = "com.amazonaws.${var.region}.${each.key}"
  route_table_ids   = [for table in aws_route_table.private : table.id]

  tags = { Name = "${var.cluster_name}-${each.key}" }
}
