"""Declaration of the vendor's records: each field names the element that it is read from.

    class PriorAddress(Record):
        address: Street | None = element("Address", "street, apartment and ZIP in one line")

`record_reader` reads every record from its declaration.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from xml.etree.ElementTree import Element

from pydantic import Field

from dcs import normal_forms
from dcs.tally import Tally
from integration_hub.privacy import RESTRICTED, HubModel

type TextReader = Callable[[str], normal_forms.Reading[Any]]
"""Reads the text of an element."""

type NodeReader = Callable[[Element, Tally, Any], Any]
"""Reads a whole element; the third argument is the value of an earlier element of the same name, or None."""


class Record(HubModel):
    """A record of the vendor. `raw` keeps the vendor's text of each field whose value differs from it."""

    raw: Annotated[Mapping[str, str], RESTRICTED] = Field({}, description="vendor's text by field name")

    @classmethod
    def derive(cls, values: dict[str, Any], tally: Tally) -> None:
        """Add values that follow from those that were read. Subclasses override this."""


class SearchResult(HubModel):
    """What every result states about the reading of the vendor's response.

    The caller and the metrics get all counts. The log row of one call gets only `tolerances_on_record`, because some
    quirks occur in criminal records only and would reveal that there is one.
    """

    tolerances: Annotated[Mapping[str, int], RESTRICTED] = Field({}, description="by quirk number (docs/quirks.md)")
    tolerances_on_record: Mapping[str, int] = Field(
        {}, exclude=True, description="tolerances that reveal nothing about a criminal record"
    )
    unknown_elements: Annotated[Mapping[str, int], RESTRICTED] = Field({}, description="unknown elements, by name")
    unreadable_values: Annotated[Mapping[str, int], RESTRICTED] = Field({}, description="kept as raw only, by element")
    records_set_aside: int = Field(0, description="list entries that are not a record")


@dataclass(frozen=True, slots=True)
class Source:
    """The vendor element of a field. Also names the element in the JSON schema of the record."""

    name: str
    read: TextReader | None
    item: str | None
    node: NodeReader | None

    def __call__(self, schema: dict[str, Any]) -> None:
        """Add the vendor's name to the schema of the field (pydantic's json_schema_extra)."""
        schema["vendor_element"] = self.name


def element(
    name: str,
    description: str,
    *,
    read: TextReader | None = None,
    item: str | None = None,
    node: NodeReader | None = None,
    default: Any = None,
) -> Any:
    """Declare the vendor element of a field.

    The field's type selects the reader, unless `read` is given for the element's text or `node` for all of it. A list
    names its `item`; where the items have no wrapper, `name` and `item` are the same.
    """
    source = Source(name, read, item, node)
    return Field(() if item else default, description=description, json_schema_extra=source)
