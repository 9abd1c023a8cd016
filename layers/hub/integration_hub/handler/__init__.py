"""The edge of the hub: from a Lambda event to a typed call, and from an answer or an error to a response.

In reading order: `event` (what invoked the function), `document` (bytes to a checked model, with bounded work),
`options` (what a caller may say in headers), `validation` (the two entry points: parse_call and parse_document),
`response` (problem documents and HTTP responses), `decorators` (what wraps every handler).
"""
