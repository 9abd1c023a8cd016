"""Decodes a VIN locally: check digit, model year and manufacturer."""

from integration_hub.privacy import HubModel, Vin


class VinDecoded(HubModel):
    """A VIN of the request, decoded locally."""

    vin: Vin
    check_digit_valid: bool
    model_years: tuple[int, ...]
    manufacturer: str | None
    country: str | None


def decode_vin(vin: str) -> VinDecoded:
    """Decode a VIN of 17 valid characters. `model_years` can be several: year codes repeat every 30 years."""
    # Imported on first use: loading its tables takes 10 ms, which other calls need not spend.
    from vininfo import Vin as Decoder  # noqa: PLC0415
    from vininfo.common import UnsupportedBrand  # noqa: PLC0415

    decoder = Decoder(vin)
    known = not isinstance(decoder.assembler, UnsupportedBrand)
    return VinDecoded(
        vin=vin,
        check_digit_valid=decoder.verify_checksum(check_year=False),
        model_years=tuple(sorted(decoder.years)),
        manufacturer=decoder.manufacturer if known else None,
        country=decoder.country,
    )
