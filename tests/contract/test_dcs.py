"""The five DCS operations fulfil the contract of DCS operations."""

from dcs.criminal import CRIMINAL_SEARCH
from dcs.drivers import HOUSEHOLD_DRIVERS
from dcs.vehicles import HOUSEHOLD_VEHICLES, VEHICLE_TAG, VEHICLE_VIN
from tests.support.dcs import requests
from tests.support.dcs.contract_suite import contract_suite

TestHouseholdDrivers = contract_suite(HOUSEHOLD_DRIVERS, "household_drivers", requests.HOUSEHOLD_DRIVERS)
TestHouseholdVehicles = contract_suite(HOUSEHOLD_VEHICLES, "household_vehicles", requests.HOUSEHOLD_VEHICLES)
TestVehicleVin = contract_suite(VEHICLE_VIN, "vehicle_vin", {"vins": ["1ZZTESTA9KX000101", "1ZZTESTC9GX000303"]})
TestVehicleTag = contract_suite(VEHICLE_TAG, "vehicle_tag", {"tags": ["TST4271", "ZZZ9999"]})
TestCriminal = contract_suite(CRIMINAL_SEARCH, "criminal", requests.CRIMINAL)
