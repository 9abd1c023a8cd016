"""The requests whose vendor form is `request.xml` in each folder of vendor_samples. All people are invented."""

from typing import Any

ADDRESS = {
    "street": "2718 Fictional Oaks Dr",
    "apartment": "314",
    "city": "Sampleville",
    "state": "TX",
    "zip_code": "75999",
    "zip_plus4": "0314",
}
HOUSEHOLD_DRIVERS: dict[str, Any] = {
    "address": ADDRESS,
    "drivers": [
        {
            "id": "D-1",
            "first_name": "Rosalind",
            "last_name": "Testerman",
            "birth_date": "1984-04-17",
            "license_state": "TX",
            "license_number": "09990001",
            "household": True,
            "criminal_history": True,
        },
        {
            "id": "D-2",
            "first_name": "Barnaby",
            "last_name": "Testerman",
            "birth_date": "1986-11-02",
            "criminal_history": True,
        },
        {"id": "D-3", "first_name": "Ottoline", "last_name": "Placeholder", "birth_date": "2003-07-30"},
    ],
}
HOUSEHOLD_VEHICLES: dict[str, Any] = {"address": ADDRESS, "vins": ["1ZZTESTA9KX000101", "1ZZTESTBXMX000202"]}
CRIMINAL: dict[str, Any] = {
    "persons": [
        {"id": "P-1", "first_name": "Rosalind", "last_name": "Testerman", "birth_date": "1984-04-17"},
        {"id": "P-2", "first_name": "Barnaby", "last_name": "Testerman", "birth_date": "1986-11-02"},
    ]
}
