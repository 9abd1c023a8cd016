"""The vendor DCS: driver, vehicle and criminal records of Texas.

    drivers, vehicles, criminal   one package per integration: request, response, operations
    criminal_records              criminal records, shared by drivers and criminal
    settings                      the vendor's configuration keys, and its authentication
    fields, requests              field types of requests; writing XML and JSON
    second_search                 the search without an unknown apartment
    responses                     from an HTTP response to a document or an error, by status
    wire, wire_json               from bytes to a tree: bounded, without DTDs
    records, record_reader        declaring and reading records; `tally` counts what was tolerated
    normal_forms, statuses, names from texts to values: dates, flags, statuses, names; pure
    quirks                        known deviations of the vendor, numbered as in docs/quirks.md

Start with `drivers`, then `records`. docs/new-integration.md explains the contract.
"""
