"""Whom the alarms of an environment tell: one topic for all its parts, so that people subscribe once."""

import pulumi

from .. import _topic
from ..database.alarms import DatabaseAlarms
from ..web_tier import Alarms
from ..web_tier.checks.alarms import check_alarms
from .shapes import EnvironmentArgs


def told(name: str, args: EnvironmentArgs, environment: pulumi.Resource) -> tuple[EnvironmentArgs, pulumi.Output[str]]:
    """Return *args* in which the alarms of the web tier and of the database name the topic that they tell, and its ARN.

    A topic or addresses of the database's own go before the environment's. The topic was the web tier's in stacks that
    are there already, and stays what it is.
    """
    web, database = args.get("alarms", Alarms()), args.get("database_alarms", DatabaseAlarms())
    check_alarms(web)
    shares = database.get("enabled", True) and "topic_arn" not in database and not database.get("emails")
    if not shares and not web.get("enabled", True):
        return args, pulumi.Output.from_input("")
    given = web.get("topic_arn")
    if given is None:
        tier = pulumi.create_urn(f"{name}-web", "elasticweb:index:WebTier", environment)
        owner = _topic.Owner(
            name, environment, args.get("disposable", False), args.get("tags", {}), (f"{name}-web", tier)
        )
        arn = _topic.topic(owner, web.get("emails", ()), web=True, databases=shares).usable_arn
    else:
        arn = pulumi.Output.from_input(given)
    telling_web: Alarms = {**web, "topic_arn": arn}
    telling_web.pop("emails", None)
    telling_database: DatabaseAlarms = {**database, "topic_arn": arn} if shares else database
    return {**args, "alarms": telling_web, "database_alarms": telling_database}, arn
