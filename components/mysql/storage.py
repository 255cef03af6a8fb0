"""What the storage of RDS can do: figures of the RDS user guide, CHAP_Storage ("gp3 storage", "io2 Block Express")."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from .._args import check_range
from ..database.checks import Who
from .shapes.storage import DatabaseStorageType

STRIPED_GIB = 400
"""From here on RDS stripes gp3 over four volumes for MySQL; below, its speed cannot be changed."""

_STRIPED_IOPS = (12_000, 64_000)
_STRIPED_MIBPS = (500, 4_000)
_IOPS_PER_MIBPS = 4  # the most throughput: 0.25 MiB/s per operation
_MIBPS_RISES_ABOVE = 32_000  # then RDS wants 1 MiB/s for every 64 operations, as in its example of 40000 and 625
_IO2_IOPS = (1_000, 256_000)
_IO2_GIB = 100


class Performance(NamedTuple):
    """Kind and speed of storage; without figures it has what RDS gives for its size."""

    kind: DatabaseStorageType
    iops: int | None = None
    throughput: int | None = None

    def inputs(self) -> dict[str, Any]:
        """Return the inputs of an instance that say so."""
        given = {"iops": self.iops, "storage_throughput": self.throughput}
        return {"storage_type": self.kind.value, **{name: value for name, value in given.items() if value is not None}}


def performance(who: Who, spec: Mapping[str, Any], gib: int, ceiling_gib: int, at: str = "") -> Performance:
    """Check what *spec* says of the speed of storage of *gib* GiB that grows to *ceiling_gib*.

    *at* is the path of *spec* in the specification, such as `replicas[0].`.
    """
    kind = DatabaseStorageType(spec.get("storage_type", DatabaseStorageType.GP3))
    iops, throughput = spec.get("iops"), spec.get("storage_throughput_mibps")
    if kind is DatabaseStorageType.IO2:
        return _io2(who, at, iops, throughput, (gib, ceiling_gib))
    if iops is None and throughput is None:
        return Performance(kind)
    if gib < STRIPED_GIB:
        field = "iops" if iops is not None else "storage_throughput_mibps"
        raise who.refuse(
            f"{at}{field}",
            f"must be left out for gp3 below {STRIPED_GIB} GiB, where RDS gives 3000 IOPS and 125 MiB/s and takes no "
            f"figures, got storage_gib {gib}",
        )
    iops = _STRIPED_IOPS[0] if iops is None else iops
    check_range(who.component, f"{who.key}.{at}iops", iops, *_STRIPED_IOPS, "for gp3")
    lowest = max(_STRIPED_MIBPS[0], -(-iops // 64)) if iops > _MIBPS_RISES_ABOVE else _STRIPED_MIBPS[0]
    highest = min(_STRIPED_MIBPS[1], iops // _IOPS_PER_MIBPS)
    throughput = lowest if throughput is None else throughput
    check_range(
        who.component,
        f"{who.key}.{at}storage_throughput_mibps",
        throughput,
        lowest,
        highest,
        f"MiB/s with {iops} IOPS of gp3",
    )
    return Performance(kind, iops, throughput)


def _io2(who: Who, at: str, iops: int | None, throughput: int | None, sizes: tuple[int, int]) -> Performance:
    gib, ceiling = sizes
    if throughput is not None:
        raise who.refuse(
            f"{at}storage_throughput_mibps", f"must be left out for io2, which has it by its IOPS, got {throughput}"
        )
    if gib < _IO2_GIB:
        raise who.refuse(f"{at}storage_gib", f"must be at least {_IO2_GIB} GiB for io2, got {gib}")
    # The least ratio holds for the ceiling of storage autoscaling as well.
    lowest, highest = max(_IO2_IOPS[0], -(-ceiling // 2)), min(_IO2_IOPS[1], 1000 * gib)
    if iops is None:
        raise who.refuse(f"{at}iops", f"must be given for io2, {lowest} to {highest}")
    check_range(
        who.component,
        f"{who.key}.{at}iops",
        iops,
        lowest,
        highest,
        f"for io2 of {gib} GiB that grows to {ceiling} GiB (0.5 to 1000 per GiB)",
    )
    return Performance(DatabaseStorageType.IO2, iops)
