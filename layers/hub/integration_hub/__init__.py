"""The hub: everything between an event and a vendor that is the same for every vendor.

In reading order: `handler` (event to call, answer to response), `pipeline` (the straight line of a call), then the
parts that it uses: `configuration`, `answers` (kept ones), `integration_log`, `credentials`, `admission`, `vendor`
(transport), `db`. `administration` is what operators do. The words that all use are in `models`, `integration` (what a
vendor package declares), `errors` (what can go wrong, with consequences) and `privacy` (marks and masks). `wiring`
builds the services, `settings` reads the environment, `observability` tells CloudWatch.
"""
