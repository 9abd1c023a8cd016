"""The hub: everything between an event and a vendor that is the same for every vendor.

In reading order:

    handler               a Lambda event to a typed call; an answer or an error to the caller
    pipeline              the phases of a call: authorize, claim, replay | cached | send, settle
    admission             rate limits, circuit breaker, retry budget, credential lockout, backoff
    idempotency           idempotency records and replay
    response_cache        fingerprints, encryption, stored responses
    integration_log       the record of every call; all SQL on that table
    configuration         settings: keys, effective values, changes
    credentials           vendor credentials from KMS and Secrets Manager
    vendor                what a vendor package declares (contract), authentication, the HTTPS transport
    db                    the connection, and the migration runner

What all of them use: `models` (the values of a call), `errors` (with their consequences), `privacy` (marks and masks),
`events` (what is reported), `deadline`, `configuration_key`, `ttl_cache`. `wiring` builds the services, `settings`
reads the environment, `observability` writes logs and metrics, `administration` is what operators do.
"""
