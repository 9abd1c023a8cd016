"""Personal data is masked wherever its field is marked, however deep, and a repr never shows it."""

from datetime import date
from typing import Annotated

import pytest
from pydantic import Field, SecretStr, ValidationError

from integration_hub.privacy import (
    COUNT_ONLY,
    RESTRICTED,
    BirthDate,
    City,
    HubModel,
    LicenseNumber,
    PersonName,
    Plate,
    Reference,
    Street,
    Vin,
    ZipCode,
    masked,
)


class Person(HubModel):
    """A person with every kind of mark."""

    name: PersonName
    born: BirthDate | None = None
    license_number: LicenseNumber | None = None
    street: Street | None = None
    city: City | None = None
    zip_code: ZipCode | None = None
    vin: Vin | None = None
    plates: tuple[Plate, ...] = ()
    title: Reference | None = None
    ssn: Annotated[str | None, RESTRICTED] = None
    note: str | None = None


class Household(HubModel):
    """People below another model, a tuple and a mapping."""

    people: tuple[Person, ...]
    by_role: dict[str, Person] = Field(default_factory=dict)
    secret: SecretStr = SecretStr("")


CANARY = Person(
    name="Rosalind Testerman",
    born=date(1984, 4, 17),
    license_number="09990001",
    street="2718 Fictional Oaks Dr",
    city="Sampleville",
    zip_code="75999",
    vin="1ZZTESTA9KX000101",
    plates=("TST4271", "AB1"),
    title="90010000000000101",
    ssn="987654321",
    note="plain",
)


def test_each_mark_has_its_log_form() -> None:
    """The forms are those of the vendor manuals' personal data table."""
    assert masked(CANARY) == {
        "name": "R*** T***",
        "born": "****-**-**",
        "license_number": "******01",
        "street": "[street]",
        "city": "[city]",
        "zip_code": "759**",
        "vin": "1ZZTESTA*********",
        "plates": ["TST****", "***"],
        "title": "*************0101",
        "ssn": "[removed]",
        "note": "plain",
    }


@pytest.mark.parametrize("number", ["1", "12", "12345"])
def test_short_numbers_are_masked_whole(number: str) -> None:
    """Two visible characters of five would be nearly the number."""
    assert masked(Person(name="A", license_number=number))["license_number"] == "*" * len(number)


def test_marks_hold_below_other_models() -> None:
    """A list or mapping of models masks each of them, and a SecretStr is removed without any mark."""
    projection = masked(Household(people=(CANARY,), by_role={"owner": CANARY}, secret=SecretStr("S3cret-Example")))
    assert projection["people"] == [masked(CANARY)]
    assert projection["by_role"] == {"owner": masked(CANARY)}
    assert projection["secret"] == "[removed]"


def test_a_restricted_record_is_replaced_whole() -> None:
    """Neither the fields of a criminal record show nor whether there is one."""

    class Subject(HubModel):
        record: Annotated[Person | None, RESTRICTED]

    assert masked(Subject(record=CANARY)) == masked(Subject(record=None)) == {"record": "[removed]"}


def test_of_unnamed_people_only_the_number_shows() -> None:
    """That somebody lives at an address is telling in itself."""

    class Found(HubModel):
        others: Annotated[tuple[Person, ...], COUNT_ONLY]

    assert masked(Found(others=(CANARY, CANARY))) == {"others": {"count": 2}}


def test_a_repr_shows_nothing_marked() -> None:
    """Reprs end up in tracebacks and logs."""
    shown = repr(Household(people=(CANARY,)))
    for value in ("Rosalind", "1984", "09990001", "Fictional", "Sampleville", "75999", "000101", "4271", "987654321"):
        assert value not in shown
    assert "R*** T***" in shown


def test_a_validation_error_shows_no_input() -> None:
    """What a caller sent wrongly may be a licence number in the wrong field."""
    with pytest.raises(ValidationError) as caught:
        Person.model_validate({"name": "A", "born": "canary-date", "unknown-field": "canary-value"})
    assert "canary-date" not in str(caught.value)
    assert "canary-value" not in str(caught.value)
