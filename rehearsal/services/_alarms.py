"""CloudWatch alarms."""

from collections.abc import Mapping
from typing import Any

from rehearsal.entry import Autoname, Call, Entry, Tags, props
from rehearsal.shapes import from_api
from rehearsal.values import is_unknown

_SHORT = (10, 20, 30)
_DAY = 24 * 3600
_HOUR = 3600
_MISSING = ("breaching", "ignore", "missing", "notBreaching")


def _dimensions(given: Any) -> Any:
    return [{"Name": name, "Value": value} for name, value in given.items()]


def _dimensions_found(found: Any) -> Any:
    return {item["Name"]: item["Value"] for item in found} or None


def _queries(given: Any) -> Any:
    made: list[dict[str, Any]] = []
    for query in given:
        own = {name: value for name, value in query.items() if name != "metric" and value is not None}
        metric = query.get("metric")
        if metric:
            named = {k: metric[k] for k in ("metricName", "namespace") if metric.get(k)}
            of = {"Metric": {**named, "dimensions": _dimensions(metric.get("dimensions") or {})}}
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


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _periods(inputs: Mapping[str, Any]) -> str | None:
    period, times = inputs.get("period"), inputs.get("evaluationPeriods")
    if _number(period) and int(period or 0) not in _SHORT and (int(period or 0) < 60 or int(period or 0) % 60):  # noqa: PLR2004
        return f"period must be 10, 20, 30 or a multiple of 60 seconds, got {period}"
    if _number(times) and int(times or 0) < 1:
        return f"evaluationPeriods must be at least 1, got {times}"
    if _number(period) and _number(times):
        seconds, most = int(period or 0) * int(times or 0), _DAY if int(period or 0) < _HOUR else 7 * _DAY
        if seconds > most:
            return f"evaluationPeriods must span at most {most // _DAY} day(s) with a period of {period}, got {times}"
    points = inputs.get("datapointsToAlarm")
    if _number(points) and _number(times) and not 1 <= int(points or 0) <= int(times or 0):
        return f"datapointsToAlarm must be between 1 and evaluationPeriods ({times}), got {points}"
    return None


def _measured(inputs: Mapping[str, Any]) -> str | None:
    if inputs.get("evaluationCriteria") is not None:
        return None
    if inputs.get("comparisonOperator") is None:
        return "comparisonOperator must be given, got none"
    if inputs.get("evaluationPeriods") is None:
        return "evaluationPeriods must be given, got none"
    if not inputs.get("metricName") and not inputs.get("metricQueries"):
        return "metricName must be given, or metricQueries, got neither"
    if inputs.get("metricName"):
        for name in ("namespace", "period"):
            if inputs.get(name) is None:
                return f"{name} must come with metricName, got none"
        if not inputs.get("statistic") and not inputs.get("extendedStatistic"):
            return "statistic must come with metricName, or extendedStatistic, got neither"
    if inputs.get("threshold") is None and not inputs.get("thresholdMetricId"):
        return "threshold must be given, or thresholdMetricId, got neither"
    return None


def _told(inputs: Mapping[str, Any]) -> str | None:
    missing = inputs.get("treatMissingData")
    if missing is not None and not is_unknown(missing) and missing not in _MISSING:
        return f"treatMissingData must be one of {', '.join(_MISSING)}, got {missing!r}"
    for name in ("alarmActions", "insufficientDataActions", "okActions"):
        given = inputs.get(name)
        if not isinstance(given, list):
            continue
        if len(given) > 5:  # noqa: PLR2004  # pyright: ignore[reportUnknownArgumentType]
            return f"{name} must be at most 5, got {len(given)}"  # pyright: ignore[reportUnknownArgumentType]
        for action in given:  # pyright: ignore[reportUnknownVariableType]
            if isinstance(action, str) and not is_unknown(action) and not action.startswith("arn:"):
                return f"{name} must be ARNs, got {action!r}"
    return None


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
