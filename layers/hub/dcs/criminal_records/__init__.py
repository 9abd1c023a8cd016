"""Criminal records as DCS returns them with drivers and on their own (vendor manuals, "Criminal data").

A record is found by last name, first name and birth date and by nothing else. Each one is therefore a POSSIBLE match
that a person or other evidence must confirm, never a property of the driver.

    records     the records: PossibleMatch, Offense, aliases
    histories   reads CriminalHistories and detects merged or unread records
    findings    the status of one person: CLEAR, RECORDS, REVIEW, NO_ANSWER, NOT_SEARCHED
"""
