"""Volumes."""

from collections.abc import Mapping
from typing import Any, ClassVar

from .errors import ApiError, CommandError
from .points import FROM_TAG, RESTORED_TAG, tags
from .target import Check, Target, check, merged


class Volume(Target):
    """A volume, restored into one beside it: in the same zone, encrypted with the same key."""

    type: ClassVar[str] = "EBS"

    @property
    def made(self) -> str:
        """What is made."""
        return f"a new volume in {self._zone()}"

    def metadata(self) -> dict[str, str]:
        """Say where it goes."""
        kept, source = self.kept_metadata(), self._described(self.data.name)
        wanted = {"availabilityZone": self._zone(), "encrypted": "true"}
        if source:
            wanted |= {"volumeType": str(source["VolumeType"]), "volumeSize": str(source["Size"])}
            wanted |= {key: str(source[name]) for key, name in _MORE.items() if source.get(name)}
        return merged(kept, wanted)

    def check_place(self) -> None:
        """Refuse a zone of another region."""
        self._zone()

    def there(self) -> str:
        """Find it by its tags, or by the job that has made it and was not seen to its end."""
        filters = [{"Name": f"tag:{FROM_TAG}", "Values": [self.point.arn]}]
        for found in self.api.pages("ec2", "describe_volumes", "Volumes", Filters=filters):
            return self._arn(found["VolumeId"])
        for job in self._jobs("COMPLETED"):
            made = str(job.get("CreatedResourceArn", ""))
            if self._described(made.rsplit("/", 1)[-1]):
                return made
        return ""

    def same(self, metadata: Mapping[str, str]) -> bool:
        """Compare by the zone: what is in it is the same."""
        return metadata.get("availabilityzone") == self._zone()

    def tag(self, arn: str) -> None:
        """Tag it by EC2, which has no delay."""
        wanted = {**tags(self.stack.name, self.point, self.data.arn), "Name": f"{self.data.name} restored"}
        ids = [arn.rsplit("/", 1)[-1]]
        self.api.call("ec2", "delete_tags", Resources=ids, Tags=[{"Key": "elasticweb:data"}])
        self.api.call("ec2", "create_tags", Resources=ids, Tags=[{"Key": k, "Value": v} for k, v in wanted.items()])

    def checks(self, arn: str) -> list[Check]:
        """Look at the volume."""
        found, source = self._described(arn.rsplit("/", 1)[-1]), self._described(self.data.name)
        if not found:
            return [check(well=False, shown=f"{arn} is not there")]
        tagged = {tag["Key"]: tag["Value"] for tag in found.get("Tags", ())}.get(RESTORED_TAG) == self.stack.name
        made = [
            check(found["State"] == "available", f"status {found['State']}"),
            check(found["Encrypted"], "encrypted" if found["Encrypted"] else "not encrypted"),
            check(found["AvailabilityZone"] == self._zone(), f"in {found['AvailabilityZone']}"),
            check(tagged, f"tagged {RESTORED_TAG}"),
        ]
        if source:
            made.append(
                check(found["Size"] >= source["Size"], f"{found['Size']} GiB, the source has {source['Size']} GiB")
            )
        return made

    def switch(self, arn: str) -> list[str]:
        """Bring it to a server: the files are copied back from there."""
        volume = arn.rsplit("/", 1)[-1]
        disk = f"/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_{volume.replace('-', '')}"
        first = [
            "Attach it to the server, beside the volume that is there, and copy back what is missing:",
            "",
        ]
        if not self.data.there:
            first = [
                f"{self.data.name} is gone: `pulumi up --refresh` makes an empty volume in its place, which the server",
                "mounts. Then attach what was restored beside it, and copy everything back:",
                "",
                "  pulumi up --refresh",
            ]
        return [
            *first,
            f"  aws ec2 attach-volume --volume-id {volume} --instance-id <the server> --device /dev/sdz",
            f"  sudo mount -o ro {disk} /mnt   # XFS beside its original: -o ro,nouuid",
            "",
            "Then detach it, and delete it:",
            f"  aws ec2 detach-volume --volume-id {volume}",
            f"  aws ec2 delete-volume --volume-id {volume}",
        ]

    def _zone(self) -> str:
        source = None if self.place.zone else self._described(self.data.name)
        zone = self.place.zone or (str(source["AvailabilityZone"]) if source else self._kept_zone())
        if not zone.startswith(self.api.region):
            was = f"is {zone}" if zone else "is not known"
            raise CommandError(
                f"volume {self.data.name}: its zone {was}, not one of {self.api.region}: "
                f"give --zone, such as {self.api.region}a"
            )
        return zone

    def _kept_zone(self) -> str:
        kept = {key.lower(): value for key, value in self.kept_metadata().items()}
        return kept.get("availabilityzone", "")

    def _described(self, volume: str) -> dict[str, Any] | None:
        try:
            found = self.api.call("ec2", "describe_volumes", VolumeIds=[volume])["Volumes"]
        except ApiError as error:
            if error.gone:
                return None
            raise
        return found[0] if found else None

    def _arn(self, volume: str) -> str:
        *_, account, _ = self.data.arn.split(":")
        return f"{':'.join(self.data.arn.split(':')[:3])}:{self.api.region}:{account}:volume/{volume}"


_MORE = {"iops": "Iops", "throughput": "Throughput", "kmsKeyId": "KmsKeyId"}
