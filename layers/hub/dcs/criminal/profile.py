"""The profiles of the Criminal response."""

from dcs import normal_forms, statuses
from dcs.criminal.request import Person
from dcs.criminal_records.findings import CriminalFindings, findings
from dcs.criminal_records.histories import Histories, read_histories
from dcs.names import comparable
from dcs.records import Record, element
from dcs.statuses import RecordStatus
from integration_hub.privacy import BirthDate, PersonName


class Profile(Record):
    """A profile of the response; its names and birth date repeat the request."""

    id: str | None = element("Id", "key of the request", read=normal_forms.identifier)
    first_name: PersonName | None = element("FirstName", "as requested")
    last_name: PersonName | None = element("LastName", "as requested")
    birth_date: BirthDate | None = element("BirthDate", "as requested")
    status: RecordStatus | None = element("CriminalStatus", "stated result", read=statuses.record_status)
    histories: Histories = element("CriminalHistories", "records", node=read_histories, default=Histories())

    def fits(self, person: Person) -> bool:
        """Whether everything in the profile can be read and fits the person (C5: it can be in upper case)."""
        unread = {"first_name", "last_name", "birth_date"} & self.raw.keys() - self.model_dump(exclude_none=True).keys()
        return (
            not unread
            and (self.birth_date or person.birth_date) == person.birth_date
            and comparable(self.first_name or person.first_name) == comparable(person.first_name)
            and comparable(self.last_name or person.last_name) == comparable(person.last_name)
            and all(
                record.fits(person.last_name, person.first_name, person.birth_date) for record in self.histories.records
            )
        )

    def findings(self) -> CriminalFindings:
        """Decide the status from the stated status and the records. Records without a status need a review."""
        unclear = self.status is None and (self.histories.records or "status" in self.raw)
        return findings(self.histories, RecordStatus.UNKNOWN if unclear else self.status)
