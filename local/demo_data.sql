-- Invented rows without personal data, for local use and tests: programs, quotes, a policy, drivers, vehicles.
-- Every statement ends with a semicolon at the end of a line.
INSERT INTO program_type (id, code, name, status_id) VALUES (1, 'PPA', 'Private passenger auto', 1);
INSERT INTO program (id, program_type_id, status_id, name) VALUES (1, 1, 1, 'Program one'), (2, 1, 1, 'Program two'), (3, 1, 1, 'Program three');
INSERT INTO policy_type (id, code, name, status_id) VALUES (1, 'AUTO', 'Auto', 1);
INSERT INTO quote_type (id, code, name, status_id) VALUES (1, 'NEW', 'New business', 1);
INSERT INTO driver_type (id, code, name, status_id) VALUES (1, 'RATED', 'Rated', 1);
INSERT INTO vehicle_type (id, code, name, status_id) VALUES (1, 'CAR', 'Car', 1);
INSERT INTO quote (id, quote_type_id, status_id, quote_number, program_id) VALUES (4711, 1, 1, 'Q-4711', 1), (4712, 1, 1, 'Q-4712', 2), (4713, 1, 1, 'Q-4713', 3);
INSERT INTO policy (id, policy_type_id, status_id, policy_number, program_id, quote_id) VALUES (1, 1, 1, 'P-1', 1, 4711);
INSERT INTO driver (id, driver_type_id, status_id) VALUES (1, 1, 1), (2, 1, 1), (3, 1, 1);
INSERT INTO vehicle (id, vehicle_type_id, status_id) VALUES (1, 1, 1), (2, 1, 1);
