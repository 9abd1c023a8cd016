"""The bundle on one machine: database, AWS APIs, vendor twin, functions and HTTP gateway, without an AWS account."""
