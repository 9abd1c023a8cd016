"""What a VIN says by itself: check digit, model year and maker, decoded here and not bought (design ruling R14)."""

from integration_hub.privacy import HubModel, Vin


class VinDecoded(HubModel):
    """A VIN of the request, decoded locally."""

    vin: Vin
    check_digit_valid: bool
    model_years: tuple[int, ...]
    manufacturer: str | None
    country: str | None


def decode_vin(vin: str) -> VinDecoded:
    """Decode a VIN of 17 valid characters. The same code of a year comes again after 30 years, hence the tuple."""
    # Imported here because its tables take 10 ms, which only a call that names a VIN should pay.
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
