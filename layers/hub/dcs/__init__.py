"""The vendor DCS: what its manuals say, and what its answers really look like.

Reading order:

    drivers, vehicles, criminal   one module per integration: request, result, encode, decode, INTEGRATION
    criminal_records              criminal records, shared by drivers and criminal
    vehicle_records               title, registration and lien, shared by the three vehicle operations
    requests                      what all requests share: checked texts, the address, the writer
    records                       how a record is declared and read: one declaration per vendor element
    normal_forms                  texts to values: dates, flags, names, heights, VINs; pure
    quirks                        the vendor's known slips as tables, numbered as in docs/quirks.md
    wire, wire_json               bytes to a tree, bounded and without DTDs
    verdicts                      what a status means, as a table
    auth, vin                     the login header; the check digit, year and maker of a VIN
"""
