"""CloudWatch alarms."""

from collections.abc import Mapping
from typing import Any

from rehearsal.entry import Autoname, Call, Entry, Tags, props
from rehearsal.services._limits import elements, number, outside, plain, unlisted
from rehearsal.shapes import from_api
from rehearsal.values import is_unknown

_SHORT = (10, 20, 30)
_MINUTE = 60
_DAY = 24 * 3600
_HOUR = 3600
_MOST_ACTIONS = 5
_MISSING = ("breaching", "ignore", "missing", "notBreaching")


def _dimensions(given: Any) -> Any:
    return [{"Name": name, "Value": value} for name, value in given.items()]


def _dimensions_found(found: Any) -> Any:
    return {item["Name"]: item["Value"] for item in found} or None


def _queries(given: Any) -> Any:
    made: list[dict[str, Any]] = []
    for query in map(plain, given):
        own = {name: value for name, value in query.items() if name != "metric"}
        metric = plain(query.get("metric"))
        if metric:
            named = {k: metric[k] for k in ("metricName", "namespace") if metric.get(k)}
            of: dict[str, Any] = {"Metric": {**named, "dimensions": _dimensions(plain(metric.get("dimensions")))}}
            own["MetricStat"] = {**of, **{k: metric[k] for k in ("period", "stat", "unit") if metric.get(k)}}
        made.append({"returnData": False, **own})
    return made


def _queries_found(found: Any) -> Any:
    told: list[dict[str, Any]] = []
    for query in found:
        stat = query.get("MetricStat")
        own: Any = from_api({k: v for k, v in query.items() if k != "MetricStat"})
        if stat:
            metric: Any = from_api({k: v for k, v in stat["Metric"].items() if k != "Dimensions"})
            dimensions = _dimensions_found(stat["Metric"].get("Dimensions", []))
            rest: Any = from_api({k: v for k, v in stat.items() if k != "Metric"})
            own["metric"] = {**metric, **rest, **({"dimensions": dimensions} if dimensions else {})}
        told.append(own)
    return told or None


def _periods(inputs: Mapping[str, Any]) -> str | None:
    period, times = number(inputs.get("period")), number(inputs.get("evaluationPeriods"))
    if period is not None and period not in _SHORT and (period < _MINUTE or period % _MINUTE):
        return f"period must be 10, 20, 30 or a multiple of 60 seconds, got {inputs['period']}"
    if times is not None and times < 1:
        return f"evaluationPeriods must be at least 1, got {inputs['evaluationPeriods']}"
    if period is not None and times is not None and period * times > (_DAY if period < _HOUR else 7 * _DAY):
        span = "a day" if period < _HOUR else "seven days"
        return f"evaluationPeriods must span {span} at most with a period of {inputs['period']}, got {times:g}"
    return outside("datapointsToAlarm", inputs.get("datapointsToAlarm"), (1, times or 1)) if times else None


def _measured(inputs: Mapping[str, Any]) -> str | None:
    if inputs.get("evaluationCriteria") is not None:
        return None
    needed: list[tuple[str, ...]] = [
        ("comparisonOperator",),
        ("evaluationPeriods",),
        ("metricName", "metricQueries"),
        ("threshold", "thresholdMetricId"),
    ]
    if inputs.get("metricName"):
        needed += [("namespace",), ("period",), ("statistic", "extendedStatistic")]
    for names in needed:
        if all(inputs.get(name) is None for name in names):
            return f"{names[0]} must be given{', or ' if names[1:] else ''}{', '.join(names[1:])}, got none"
    return None


def _told(inputs: Mapping[str, Any]) -> str | None:
    for name in ("alarmActions", "insufficientDataActions", "okActions"):
        given = elements(inputs.get(name))
        if len(given) > _MOST_ACTIONS:
            return f"{name} must be at most {_MOST_ACTIONS}, got {len(given)}"
        wrong = [action for action in given if not is_unknown(action) and not str(action).startswith("arn:")]
        if wrong:
            return f"{name} must be ARNs, got {wrong[0]!r}"
    return unlisted("treatMissingData", inputs.get("treatMissingData"), _MISSING)


_ARN = "arn:{partition}:cloudwatch:{region}:{account}:alarm:{id}"

METRIC_ALARM = Entry(
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    service="cloudwatch",
    inputs=props(
        "actionsEnabled alarmActions alarmDescription comparisonOperator datapointsToAlarm dimensions"
        " evaluateLowSampleCountPercentiles evaluationPeriods extendedStatistic insufficientDataActions metricName"
        " metricQueries namespace okActions period statistic threshold thresholdMetricId treatMissingData unit",
        replaces="name",
        computed="evaluateLowSampleCountPercentiles name",
        sets="alarmActions insufficientDataActions metricQueries okActions",
        recorded="evaluationCriteria evaluationInterval evaluationWindow warmUpConfiguration",
        defaults={"actionsEnabled": True, "treatMissingData": "missing"},
        api={
            "name": "AlarmName",
            "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile",
            "metricQueries": "Metrics",
        },
        to_api={"dimensions": _dimensions, "metricQueries": _queries},
        from_api={"dimensions": _dimensions_found, "metricQueries": _queries_found},
    ),
    conflicts=(
        "metricName metricQueries",
        "statistic extendedStatistic",
        "threshold thresholdMetricId",
        *(f"metricQueries {name}" for name in ("dimensions", "namespace", "period", "statistic", "extendedStatistic")),
    ),
    checks=(_periods, _measured, _told),
    autoname=Autoname("name", 255),
    create=Call("put_metric_alarm"),
    id="{name}",
    read=(Call("describe_alarms", {"AlarmNames": ["{id}"]}, at="MetricAlarms.0"),),
    updates=(Call("put_metric_alarm", {"AlarmName": "{name}"}, whole=True),),
    delete=(Call("delete_alarms", {"AlarmNames": ["{id}"]}, done=("ResourceNotFound",)),),
    outputs={"arn": "AlarmArn"},
    tags=Tags(
        {"Tags": "{tags}"},
        put=Call("tag_resource", {"ResourceARN": _ARN, "Tags": "{tags}"}),
        remove=Call("untag_resource", {"ResourceARN": _ARN, "TagKeys": "{keys}"}),
        read=Call("list_tags_for_resource", {"ResourceARN": _ARN}),
    ),
)
