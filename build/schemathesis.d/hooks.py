"""What schemathesis must be told: rules between parameters, which OpenAPI 3.1 has no words for, and HTML."""

import schemathesis
from schemathesis import GenerationMode


@schemathesis.hook
def before_call(context, case, kwargs):
    """Makes requests that are meant to be valid keep the document's rules between query parameters."""
    if case.meta is not None and case.meta.generation.mode != GenerationMode.POSITIVE:
        return
    raw = case.operation.definition.raw
    for rule, needed in (("x-exactly-one-of", True), ("x-at-most-one-of", False)):
        names = raw.get(rule, [])
        query = dict(case.query or {})
        given = [name for name in names if name in query]
        if len(given) > 1:
            keep = given[len(repr(query)) % len(given)]
            case.query = {name: value for name, value in query.items() if name not in names or name == keep}
        elif names and needed and not given:
            examples = {each["name"]: each.get("example") for each in raw["parameters"] if "name" in each}
            case.query = {**query, names[0]: str(examples[names[0]])}


@schemathesis.deserializer("text/html")
def html(context, response):
    return response.text
