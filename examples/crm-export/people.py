"""Makes a directory file of the CRM's list of agents: `python people.py sales_teams.csv > people.csv`.

Then `stagemark directory import people.csv`. The ids are those that the mapping's `form: id` makes of the names.
"""

import csv
import re
import sys


def main(path: str) -> None:
    """Write everybody as a row of id, name, supervisor, team, zone and language; the managers too."""
    with open(path, encoding="utf-8-sig", newline="") as file:  # noqa: PTH123  (a script of ten lines)
        agents = list(csv.DictReader(file))
    people = csv.writer(sys.stdout, lineterminator="\n")
    people.writerow(["id", "name", "supervisor", "team", "zone", "language"])
    for manager, office in sorted({(agent["manager"], agent["regional_office"]) for agent in agents}):
        people.writerow([identity(manager), manager, "", office, "America/New_York", "en"])
    for agent in agents:
        manager = identity(agent["manager"])
        office = agent["regional_office"]
        people.writerow(
            [identity(agent["sales_agent"]), agent["sales_agent"], manager, office, "America/New_York", "en"]
        )


def identity(name: str) -> str:
    """The id of a name."""
    return re.sub(r"\s+", "-", name.strip().casefold())


if __name__ == "__main__":
    main(sys.argv[1])
